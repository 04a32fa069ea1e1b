#!/usr/bin/env bats
# scripts/engine itself: these tests have engines of their own, whatever the
# runner brought up, since they stop, kill and remove them.

load engine_lib

setup_file() {
	unset ENGINE_DIR DOCKER_HOST
	use_engine
}

teardown_file() {
	drop_engine
}

setup() {
	# another test may have left it stopped
	"$ENGINE" up "$ENGINE_DIR"
}

teardown() {
	remove_apps
	for dir in "$BATS_TEST_TMPDIR"/other*; do
		[ ! -e "$dir/.cleat-engine" ] || "$ENGINE" down "$dir"
	done
}

ping() { curl -sf --unix-socket "${DOCKER_HOST#unix://}" http://engine/_ping; }
running() { [ "$(docker inspect -f '{{.State.Running}}' "$1")" = true ]; }
in_box_named() { in_box pgrep -x "$1"; }

# the box's namespaces, as numbers that no other box has
namespaces_of() { readlink /proc/"$1"/ns/{net,mnt,pid,uts,ipc}; }

@test "up gives an engine that answers, and says where" {
	[ "$(ping)" = OK ]
	run -0 "$ENGINE" up "$ENGINE_DIR"
	[ "$output" = "export DOCKER_HOST=unix://$ENGINE_DIR/docker.sock" ]
}

@test "up on a running engine changes nothing" {
	box=$(cat "$ENGINE_DIR/box")
	dockerd=$(in_box_named dockerd)
	"$ENGINE" up "$ENGINE_DIR"
	[ "$(cat "$ENGINE_DIR/box")" = "$box" ]
	[ "$(in_box_named dockerd)" = "$dockerd" ]
}

@test "run sees the process that the engine reports and can enter its network" {
	start_app seen
	pid=$(pid_of seen)
	run -0 in_box cat "/proc/$pid/cmdline"
	[[ $output = /pause* ]]
	run -0 in_box nsenter --net="/proc/$pid/ns/net" ip -br address show dev eth0
	[[ $output = *172.17.* ]]
	run -0 in_netns seen ip -br address show dev eth0
	[[ $output = *172.17.* ]]
}

@test "run keeps the working directory, standard input and the exit status" {
	cd "$BATS_TEST_TMPDIR"
	[ "$(echo hello | in_box cat)" = hello ]
	[ "$(in_box pwd)" = "$PWD" ]
	run -7 in_box sh -c 'exit 7'
	run -137 in_box sh -c 'kill -KILL $$'
	run -127 in_box no-such-program
}

@test "TERM for run reaches the command, and run waits for its end" {
	"$ENGINE" run "$ENGINE_DIR" -- sh -c '
		trap "sleep 0.2; exit 3" TERM
		echo ready
		while :; do sleep 0.05; done' >"$BATS_TEST_TMPDIR/out" 3>&- &
	child=$!
	wait_for 5 grep -q ready "$BATS_TEST_TMPDIR/out"
	kill -TERM "$child"
	status=0
	wait "$child" || status=$?
	[ "$status" = 3 ]
}

@test "in the box /var/run/docker.sock is the engine's, and nothing of the machine's runs there" {
	start_app only-here
	run -0 in_box env -u DOCKER_HOST docker -H unix:///var/run/docker.sock ps --format '{{.Names}}'
	[ "$output" = only-here ]
	[ "$(in_box cat /proc/1/comm)" = tini ]
	in_box test -r /proc/1/ns/net
}

@test "a container may be privileged" {
	run -0 docker run --rm --privileged cleat-test/busybox mount -t tmpfs probe /tmp
}

@test "the static image has one program and nothing else" {
	start_app bare
	[ "$(docker export bare | tar -t | grep -vE '/$|^(dev|etc|proc|sys|\.dockerenv)')" = pause ]
	docker stop bare
	[ "$(docker inspect -f '{{.State.ExitCode}}' bare)" = 0 ]
}

@test "a container reaches the machine that the box stands on" {
	gateway=$(in_box ip -4 route show default | awk '{ print $3 }')
	docker run --rm cleat-test/busybox ping -c 1 -w 5 "$gateway"
}

@test "stop ends dockerd and its containerd, start brings them back" {
	start_app comes-back --restart always
	"$ENGINE" stop "$ENGINE_DIR"
	run -1 in_box_named dockerd
	run -1 in_box_named containerd
	run -7 ping
	run -1 "$ENGINE" status "$ENGINE_DIR"
	[[ $output = *"engine start"* ]]
	"$ENGINE" start "$ENGINE_DIR"
	[ "$(ping)" = OK ]
	wait_for 10 running comes-back
}

@test "kill is a crash: containers survive it, and stay with --live-restore" {
	start_app survivor
	pid=$(pid_of survivor)
	"$ENGINE" kill "$ENGINE_DIR"
	run -1 in_box_named dockerd
	run -1 in_box_named containerd
	in_box test -d "/proc/$pid"
	"$ENGINE" start "$ENGINE_DIR" -- --live-restore
	[ "$(pid_of survivor)" = "$pid" ]
	run -1 "$ENGINE" start "$ENGINE_DIR" -- --debug
	[[ $output = *"runs already"* ]]
}

@test "up after a crash of dockerd, and after the box's end, keeps the images" {
	"$ENGINE" kill "$ENGINE_DIR"
	"$ENGINE" up "$ENGINE_DIR"
	docker image inspect cleat-test/static
	kill -KILL "$(cat "$ENGINE_DIR/box")"
	"$ENGINE" up "$ENGINE_DIR"
	docker image inspect cleat-test/static
	start_app again
	in_netns again true
}

@test "two engines side by side share nothing, and one goes alone" {
	start_app mine
	other=$BATS_TEST_TMPDIR/other
	"$ENGINE" up "$other"
	[ -z "$(command docker -H "unix://$other/docker.sock" ps -q)" ]
	# the same bridge and address in both, and a way between the two hosts
	[ "$("$ENGINE" run "$other" -- ip -br address show docker0)" != "" ]
	address=$("$ENGINE" run "$other" -- ip -4 -o address show eth0 | sed 's/.*inet \([^/]*\).*/\1/')
	[ "$address" != "$(in_box ip -4 -o address show eth0 | sed 's/.*inet \([^/]*\).*/\1/')" ]
	docker run --rm cleat-test/busybox ping -c 1 -w 5 "$address"
	"$ENGINE" down "$other"
	[ "$(ping)" = OK ]
	running mine
	gateway=$(in_box ip -4 route show default | awk '{ print $3 }')
	docker run --rm cleat-test/busybox ping -c 1 -w 5 "$gateway"
}

@test "down leaves nothing behind" {
	state=$BATS_TEST_DIRNAME/machine_state
	other=$BATS_TEST_TMPDIR/other
	"$state" "$other" >"$BATS_TEST_TMPDIR/before"
	"$ENGINE" up "$other"
	"$ENGINE" images "$other"
	command docker -H "unix://$other/docker.sock" network create more
	command docker -H "unix://$other/docker.sock" run -d -p 8080:80 --memory 64m \
		--network more -v data:/data --restart always cleat-test/static
	"$ENGINE" kill "$other"
	"$ENGINE" start "$other"
	namespaces_of "$(cat "$other/box")" >"$BATS_TEST_TMPDIR/namespaces"
	"$state" "$other" >"$BATS_TEST_TMPDIR/between"
	run -1 diff -u "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/between"

	"$ENGINE" down "$other"
	"$state" "$other" >"$BATS_TEST_TMPDIR/after"
	diff -u "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
	run readlink /proc/[0-9]*/ns/*
	run ! grep -qxFf "$BATS_TEST_TMPDIR/namespaces" <<<"$output"
	"$ENGINE" down "$other"		# again: nothing to do
}

@test "down cleans up after a folder that was removed under the engine" {
	other=$BATS_TEST_TMPDIR/other
	"$BATS_TEST_DIRNAME/machine_state" "$other" >"$BATS_TEST_TMPDIR/before"
	"$ENGINE" up "$other"
	rm -rf "$other"
	run -1 "$ENGINE" up "$other"
	[[ $output = *"engine down $other"* ]]
	"$ENGINE" down "$other"
	"$BATS_TEST_DIRNAME/machine_state" "$other" >"$BATS_TEST_TMPDIR/after"
	diff -u "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "a folder that is not an engine's is refused and kept" {
	mkdir "$BATS_TEST_TMPDIR/precious"
	echo data >"$BATS_TEST_TMPDIR/precious/file"
	for command in up down stop start kill status images base; do
		run -1 "$ENGINE" "$command" "$BATS_TEST_TMPDIR/precious"
		[[ $output = *"not an engine"* ]]
	done
	run -1 "$ENGINE" run "$BATS_TEST_TMPDIR/precious" -- true
	[[ $output = *"not an engine"* ]]
	[ "$(cat "$BATS_TEST_TMPDIR/precious/file")" = data ]
	[ "$(ls -A "$BATS_TEST_TMPDIR/precious")" = file ]
}

@test "an empty folder, a copy of an engine's folder and someone's marker are refused" {
	mkdir "$BATS_TEST_TMPDIR"/{empty,copy,forged}
	cp "$ENGINE_DIR/.cleat-engine" "$BATS_TEST_TMPDIR/copy/"
	echo "cleat-engine 1 $BATS_TEST_TMPDIR/forged" >"$BATS_TEST_TMPDIR/forged/.cleat-engine"
	chown nobody "$BATS_TEST_TMPDIR/forged/.cleat-engine"
	for dir in empty copy forged; do
		run -1 "$ENGINE" down "$BATS_TEST_TMPDIR/$dir"
		[[ $output = *"not an engine"* ]]
		[ -d "$BATS_TEST_TMPDIR/$dir" ]
	done
}

@test "a path too long for a socket gets a shorter socket" {
	other=$BATS_TEST_TMPDIR/other$(printf 'x%.0s' {1..120})
	eval "$("$ENGINE" up "$other")"
	[ ${#DOCKER_HOST} -lt 108 ]
	[ "$(ping)" = OK ]
	"$ENGINE" down "$other"
	[ ! -e "${DOCKER_HOST#unix://}" ]
	[ ! -e "$other" ]
}

@test "a dockerd that does not come up is told with the end of its log" {
	other=$BATS_TEST_TMPDIR/other
	run -1 "$ENGINE" up "$other" -- --no-such-option
	[[ $output = *"dockerd ended"*"unknown flag: --no-such-option"* ]]
	"$ENGINE" up "$other"
}

@test "a command line that makes no sense is told, with status 2" {
	run -2 "$ENGINE"
	run -2 "$ENGINE" fly
	run -2 "$ENGINE" up "$BATS_TEST_TMPDIR/other" --live-restore
	run -2 "$ENGINE" run "$ENGINE_DIR"
	run -2 "$ENGINE" down "$BATS_TEST_TMPDIR/other" -- now
	run -1 "$ENGINE" up /proc/engine
	run -1 "$ENGINE" up "$BATS_TEST_TMPDIR/with space"
	run -1 "$ENGINE" run "$BATS_TEST_TMPDIR/other" -- true
	[[ $output = *"engine up"* ]]
	run -0 "$ENGINE" --help
	[[ $output = usage:* ]]
}
