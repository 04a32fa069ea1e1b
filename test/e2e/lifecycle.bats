#!/usr/bin/env bats
# Which starts the worker acts on, and how often: a lost stream, what ran
# before it, what needs no look.

load watch_lib

setup_file() { use_engine; }
teardown_file() { drop_engine; }
teardown() {
	end_worker
	show_log
	end_proxy
	remove_apps
}

ADDRESS='docker-events.address=add 10.7.0.1/24 dev lo'

# --- a proxy between engine and worker

start_proxy() {
	SOCKET=$BATS_TEST_TMPDIR/engine.sock
	REQUESTS=$BATS_TEST_TMPDIR/requests
	"$ENGINE" run "$ENGINE_DIR" -- "$BATS_TEST_DIRNAME/engine_proxy.py" \
		"$SOCKET" /var/run/docker.sock "$REQUESTS" 3>&- &
	PROXY=$!
	wait_for 5 test -S "$SOCKET"
}
end_proxy() {
	[ -n "${PROXY:-}" ] || return 0
	kill -TERM "$PROXY"
	wait "$PROXY" || true
}
requests() { grep -c '^[A-Z]' "$REQUESTS"; }
requested() { [ "$(grep -c "$1" "$REQUESTS")" -ge "$2" ]; }
noted() { requested "^$1\$" "$2"; }
# signal_proxy SIGNAL WORD: until it has done what the signal asks for.
signal_proxy() {
	local before
	before=$(grep -c "^$2\$" "$REQUESTS" || true)
	kill -s "$1" "$PROXY"
	wait_for 5 noted "$2" $((before + 1))
}
watching() { [ "$(times_said 'watching: ')" -ge "$1" ]; }

@test "a container without our labels costs no call to the engine, one with them costs one" {
	start_proxy
	start_worker --host "unix://$SOCKET"
	wait_for 5 requested /containers/json 1
	before=$(requests)
	start_app lifecycle-plain
	docker exec lifecycle-plain true || true
	docker restart -t 0 lifecycle-plain
	start_app lifecycle-other --network none -l 'docker-eventful.address=x' -l com.example.docker-events.route=x
	start_app lifecycle-ours --network none -l "$ADDRESS"
	applied lifecycle-ours 1
	[ "$(requests)" = $((before + 1)) ]
	[[ $(tail -n 1 "$REQUESTS") = *"/containers/$(docker inspect -f '{{.Id}}' lifecycle-ours)/json "* ]]
}

@test "a stream that is cut again and again runs nothing twice" {
	start_proxy
	start_worker --host "unix://$SOCKET"
	start_app lifecycle-before --network none -l "$ADDRESS"
	applied lifecycle-before 1
	for n in 2 3 4; do
		signal_proxy USR1 cut
		wait_for 5 watching $n
		start_app lifecycle-cut-$n --network none -l "$ADDRESS"
	done
	for n in 2 3 4; do
		applied lifecycle-cut-$n 1
	done
	wait_for 5 requested /containers/json 4
	settled
	for name in before cut-2 cut-3 cut-4; do
		[ "$(done_count "lifecycle-$name")" = 1 ]
	done
	[ "$(times_said 'there already')" = 0 ]
	[ "$(times_said level=error)" = 0 ]
}

@test "starts that fall into a gap are caught up, once each" {
	start_proxy
	start_worker --host "unix://$SOCKET"
	start_app lifecycle-restarted --network none -l "$ADDRESS"
	applied lifecycle-restarted 1
	signal_proxy USR2 cut
	start_app lifecycle-gap --network none -l "$ADDRESS"
	docker restart -t 0 lifecycle-restarted
	wait_for 5 said 'engine lost'
	absent has_done lifecycle-gap 1
	signal_proxy HUP back
	applied lifecycle-gap 1
	applied lifecycle-restarted 2
	settled
	[ "$(done_count lifecycle-gap)" = 1 ]
	[ "$(done_count lifecycle-restarted)" = 2 ]
	[ "$(times_said level=error)" = 0 ]
}

@test "an engine that comes back after a while is noticed at once" {
	start_proxy
	start_worker --host "unix://$SOCKET"
	signal_proxy USR2 cut
	wait_for 5 said 'engine lost'
	sleep 4		# by then the worker tries every 3 s
	signal_proxy HUP back
	wait_for 1 watching 2
}

@test "an engine whose events no longer reach back to the gap is caught up by its list" {
	start_proxy
	start_worker --host "unix://$SOCKET"
	signal_proxy USR2 cut
	start_app lifecycle-old --network none -l "$ADDRESS"
	fill_buffer lifecycle-old
	[ -z "$(docker events --since 10m --until "$(date +%s)" --filter container=lifecycle-old --filter event=start)" ]
	signal_proxy HUP back
	applied lifecycle-old 1
}

# fill_buffer CONTAINER: more events than the 256 that the engine keeps.
fill_buffer() {
	curl -sf --unix-socket "$ENGINE_DIR/docker.sock" -o /dev/null -X POST \
		-H 'Content-Type: application/json' -d '{"Cmd":["none"]}' \
		"http://engine/containers/$1/exec?n=[1-300]"
}

@test "a worker that comes after the containers applies their labels" {
	start_app lifecycle-early --network none -l "$ADDRESS"
	start_worker
	applied lifecycle-early 1
	[[ $(addresses lifecycle-early) = *'lo inet 10.7.0.1/24'* ]]
}

@test "a worker with few descriptors applies all labels all the same" {
	for i in 1 2 3 4 5 6 7 8; do
		start_app "lifecycle-few$i" -l docker-events.address="add 10.7.3.$i/32 dev lo"
	done
	run_logged "$ENGINE" run "$ENGINE_DIR" -- prlimit --nofile=32:32 \
		env -u DOCKER_HOST "$CLEAT" watch --jobs 64
	for i in 1 2 3 4 5 6 7 8; do
		wait_for 20 said "msg=done container=lifecycle-few$i "
	done
	[ "$(times_said 'level=error')" = 0 ]
}

@test "with --catch-up none it leaves them alone, until they start again" {
	start_app lifecycle-none --network none -l "$ADDRESS"
	start_worker --jobs 1 --catch-up none
	settled
	[ "$(done_count lifecycle-none)" = 0 ]
	same "lo inet 127.0.0.1/8" addresses lifecycle-none
	docker restart -t 0 lifecycle-none
	applied lifecycle-none 1
}

@test "a worker that is killed and started again finds what it did, and complains of nothing" {
	start_worker
	start_app lifecycle-twice --network none -l "$ADDRESS" -l 'docker-events.route=add 10.8.0.0/16 dev lo' \
		-l 'docker-events.rule=add from 10.7.0.1 table 100'
	applied lifecycle-twice 3
	routed=$(addresses lifecycle-twice; routes lifecycle-twice; rules lifecycle-twice)
	kill_worker
	start_worker
	settled
	wait_for 5 at_least 3 'msg="there already" container=lifecycle-twice'
	[ "$(times_said level=error)" = 0 ]
	[ "$(addresses lifecycle-twice; routes lifecycle-twice; rules lifecycle-twice)" = "$routed" ]
}
at_least() { [ "$(times_said "$2")" -ge "$1" ]; }

@test "--dry-run says what would run and changes nothing" {
	start_worker --dry-run --allow host-route
	before=$(host_routes)
	start_app lifecycle-dry --network none -l "$ADDRESS" -l 'docker-events.host-route=add 10.99.1.0/24 dev lo' \
		-l 'docker-events.route=add nonsense'
	wait_for 5 said 'msg="would run"' container=lifecycle-dry label=docker-events.address 'command="add 10.7.0.1/24 dev lo"'
	wait_for 5 said 'msg="would run"' label=docker-events.host-route 'command="add 10.99.1.0/24 dev lo"'
	said 'msg="command refused"' 'command="add nonsense"'
	end_worker
	same "lo inet 127.0.0.1/8" addresses lifecycle-dry
	same "$before" host_routes
}

@test "a container that ends before its labels can be applied is no error" {
	start_worker
	for n in {1..5}; do
		docker run --rm --name "lifecycle-short-$n" --network none -l "$ADDRESS" cleat-test/busybox true
	done
	start_app lifecycle-long --network none -l "$ADDRESS"
	applied lifecycle-long 1
	[ "$(times_said level=error)" = 0 ]
	[ "$(times_said level=warn)" = 0 ]
}

@test "TERM ends the worker with status 0, INT and QUIT too" {
	for signal in TERM INT QUIT; do
		start_worker
		in_box pkill "-$signal" -x cleat
		wait_worker
		said "$signal: stopping"
		rm "$LOG"
	done
}

@test "a container's name with dots is told as it is" {
	start_worker
	start_app lifecycle.with.dots-1_x.y --network none -l "$ADDRESS"
	applied lifecycle.with.dots-1_x.y 1
}

@test "a container on the host's network is refused, and its host-route is not" {
	start_worker --allow host-route
	links=$(in_box ip -o address) rules=$(in_box ip rule)
	start_app lifecycle-host --network host -l 'docker-events.host-route=add 10.99.2.0/24 dev lo' \
		-l 'docker-events.address=add 10.7.0.1/24 dev lo' -l 'docker-events.rule=add from 10.7.0.1 table 9'
	wait_for 5 has_done lifecycle-host 1
	said level=error container=lifecycle-host 'reason="it shares the host' 'network_mode: host'
	[ "$(in_box ip -o address)" = "$links" ]
	[ "$(in_box ip rule)" = "$rules" ]
	in_box ip route del 10.99.2.0/24
}

@test "a container without a network has a loopback that labels can use" {
	start_worker
	start_app lifecycle-lonely --network none -l "$ADDRESS" -l 'docker-events.route=add 10.8.0.0/16 dev lo'
	applied lifecycle-lonely 2
	same "lo inet 127.0.0.1/8
lo inet 10.7.0.1/24" addresses lifecycle-lonely
	same "10.8.0.0/16 dev lo scope link" routes lifecycle-lonely
}

@test "a container that shares another's network changes that one's" {
	start_worker
	start_app lifecycle-owner --network none
	start_app lifecycle-guest --network container:lifecycle-owner -l "$ADDRESS"
	applied lifecycle-guest 1
	same "lo inet 127.0.0.1/8
lo inet 10.7.0.1/24" addresses lifecycle-owner
}

@test "a container that shares the network of one on the host's network is refused" {
	start_worker
	addresses=$(in_box ip -o address)
	start_app lifecycle-hosted --network host
	start_app lifecycle-rider --network container:lifecycle-hosted -l "$ADDRESS"
	wait_for 5 said level=error container=lifecycle-rider 'the host'
	[ "$(done_count lifecycle-rider)" = 0 ]
	[ "$(in_box ip -o address)" = "$addresses" ]
}
