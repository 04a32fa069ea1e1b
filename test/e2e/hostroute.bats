#!/usr/bin/env bats
# The host-route label: what the operator must allow, and which host it is.

# shellcheck disable=SC2016	# $NAME in a label is for the worker

load watch_lib

setup_file() {
	use_engine
	use_worker_image
}
teardown_file() { drop_engine; }
teardown() {
	end_worker
	show_log
	remove_apps
	[ -z "${PROXY:-}" ] || kill "$PROXY"
	in_box ip address del 10.7.0.9/24 dev docker0 2>/dev/null || true
	for subnet in 10.99.1.0/24 10.99.2.0/24; do
		in_box ip route del $subnet 2>/dev/null || true
	done
	in_box ip netns del hostroute 2>/dev/null || true
}

# proxy_elsewhere: a socket whose other end is a process in another network than
# PID 1's, in front of the engine's.
proxy_elsewhere() {
	in_box ip netns add hostroute
	"$ENGINE" run "$ENGINE_DIR" -- ip netns exec hostroute "$BATS_TEST_DIRNAME/engine_proxy.py" \
		"$BATS_TEST_TMPDIR/engine.sock" /var/run/docker.sock "$BATS_TEST_TMPDIR/requests" 3>&- &
	PROXY=$!
	wait_for 5 test -S "$BATS_TEST_TMPDIR/engine.sock"
}

VPN='docker-events.host-route=add 10.99.1.0/24 via $VPN_IP; add 10.99.2.0/24 dev docker0'

# the routes of VPN in the box's table, besides what was there before
as_asked() {
	diff <(printf '%s\n' "$1" '10.99.1.0/24 via 172.17.0.77 dev docker0' '10.99.2.0/24 dev docker0 scope link' | sort) \
		<(host_routes | sort)
}

@test "a host-route label with \$VPN_IP makes routes on the host, and none in the container" {
	before=$(host_routes)
	start_worker VPN_IP=172.17.0.77 --label-env VPN_IP --allow host-route
	start_app hostroute-vpn -l "$VPN"
	applied hostroute-vpn 2
	as_asked "$before"
	same "default via 172.17.0.1 dev eth0
172.17.0.0/16 dev eth0 proto kernel scope link src $(docker inspect -f '{{.NetworkSettings.IPAddress}}' hostroute-vpn)" \
		routes hostroute-vpn
}

@test "without --allow host-route it is refused, and the other labels are applied" {
	before=$(host_routes)
	start_worker VPN_IP=172.17.0.77 --label-env VPN_IP
	start_app hostroute-refused -l "$VPN" -l 'docker-events.address=add 10.0.1.4/16 dev eth0'
	wait_for 5 has_done hostroute-refused 1
	said level=error container=hostroute-refused label=docker-events.host-route '--allow host-route'
	[ "$(done_count hostroute-refused)" = 1 ]
	same "$before" host_routes
}

@test "a name that --label-env does not give is an error, set or not" {
	start_worker VPN_IP=172.17.0.77 OTHER=10.7.0.5 --label-env OTHER,UNSET --allow all
	said level=warn '--label-env UNSET' 'no such variable is set'
	start_app hostroute-name -l "$VPN" -l 'docker-events.address=add $UNSET dev lo; add ${OTHER}/24 dev lo; add $PATH dev lo'
	wait_for 5 has_done hostroute-name 2
	said level=error label=docker-events.host-route 'VPN_IP'
	said level=error label=docker-events.address 'command="add $UNSET dev lo"'
	said level=error label=docker-events.address 'command="add $PATH dev lo"'
	[ "$(times_said level=error)" = 3 ]
	[[ $(addresses hostroute-name) = *'lo inet 10.7.0.5/24'* ]]
	absent said /usr/bin
}

@test "a worker in a container makes the routes on the engine's host, not in its own network" {
	before=$(host_routes)
	run_worker hostroute-worker --privileged -v /proc:/host/proc:ro -e VPN_IP=172.17.0.77 \
		-- --label-env VPN_IP --allow host-route
	own=$(routes hostroute-worker)
	start_app hostroute-vpn -l "$VPN"
	applied hostroute-vpn 2
	as_asked "$before"
	same "$own" routes hostroute-worker
	[[ $own = "default via "* ]]
}

@test "a worker in a container with --pid=host does the same" {
	before=$(host_routes)
	run_worker hostroute-worker --privileged --pid host -e VPN_IP=172.17.0.77 \
		-- --label-env VPN_IP --allow host-route
	start_app hostroute-vpn -l "$VPN"
	applied hostroute-vpn 2
	as_asked "$before"
}

@test "--engine-netns says which network namespace is the host's" {
	in_box ip netns add hostroute
	in_box ip -n hostroute link set lo up
	before=$(host_routes)
	start_worker --allow host-route --engine-netns /run/netns/hostroute
	start_app hostroute-named --network none -l 'docker-events.host-route=add 10.99.3.0/24 dev lo'
	applied hostroute-named 1
	same "$before" host_routes
	[[ $(in_box ip -n hostroute route) = "10.99.3.0/24 dev lo scope link"* ]]
}

@test "an --engine-netns that is not there ends the worker with status 78" {
	launch_worker --engine-netns /run/netns/none
	status=0
	wait_worker || status=$?
	[ "$status" = 78 ]
	said level=error '--engine-netns: open /run/netns/none: No such file or directory'
}

@test "an engine whose host cannot be told for sure gets no host-route, and says what would" {
	before=$(host_routes)
	proxy_elsewhere
	start_worker --allow host-route --host "unix://$BATS_TEST_TMPDIR/engine.sock"
	start_app hostroute-unsure --network none -l 'docker-events.host-route=add 10.99.2.0/24 dev docker0' \
		-l 'docker-events.address=add 10.7.0.1/24 dev lo'
	wait_for 5 has_done hostroute-unsure 1
	said level=error container=hostroute-unsure commands=host-route 'different network namespaces' '--engine-netns'
	same "$before" host_routes
}

# riders: containers that have the host's network, one of them by the other.
riders() {
	start_app hostroute-host --network host
	start_app hostroute-rider --network container:hostroute-host --cap-drop ALL \
		-l 'docker-events.address=add 10.7.0.9/24 dev docker0' -l 'docker-events.route=add 10.99.2.0/24 dev docker0'
}

@test "a container that shares the network of one with the host's is refused by an unsure worker" {
	before=$(host_routes)
	proxy_elsewhere
	run_worker_with hostroute-worker --privileged --pid host -v "$BATS_TEST_TMPDIR:/run/engine" \
		-- --host unix:///run/engine/engine.sock
	riders
	wait_for 5 said level=error container=hostroute-rider "it shares the host's network"
	[ "$(done_count hostroute-rider)" = 0 ]
	same "$before" host_routes
}

@test "so it is by a worker that may not see the host's namespace" {
	before=$(host_routes)
	run_worker hostroute-worker --cap-drop ALL --cap-add SYS_ADMIN --cap-add NET_ADMIN -v /proc:/host/proc:ro
	riders
	wait_for 5 said level=error container=hostroute-rider "it shares another's network" '--cap-add SYS_PTRACE'
	[ "$(done_count hostroute-rider)" = 0 ]
	same "$before" host_routes
}
