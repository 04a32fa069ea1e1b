#!/usr/bin/env bats
# cleat as the engine's own init: dockerd --init-path, docker run --init.

load engine_lib

setup_file() {
	[ "$(id -u)" = 0 ] || skip "an engine needs root"
	export ENGINE_DIR=$BATS_FILE_TMPDIR/engine
	export DOCKER_CONFIG=$BATS_FILE_TMPDIR/docker-config
	make -C "$BATS_TEST_DIRNAME/../.." -s install DESTDIR="$BATS_FILE_TMPDIR" PREFIX=
	eval "$("$ENGINE" up "$ENGINE_DIR" -- --init-path "$BATS_FILE_TMPDIR/bin/docker-init")"
	export DOCKER_HOST
	"$ENGINE" images "$ENGINE_DIR"
}
teardown_file() { "$ENGINE" down "$ENGINE_DIR"; }
teardown() { remove_apps; }

ready() { docker logs app | grep -q ready; }
gone() { ! docker exec app ps -o args | grep -qx "$1"; }

@test "the engine takes cleat for its init and knows its version" {
	docker info --format '{{.InitBinary}}' | grep -q docker-init
	run docker info
	grep -q '^ *init version: cleat$' <<< "$output"
	docker version | grep -A 1 'docker-init:' | grep -q 'Version: *0.19.0$'
}

@test "docker run --init runs the program under cleat" {
	APP_IMAGE=cleat-test/busybox start_app app --init -- sh -c 'trap "exit 7" TERM; echo ready; while :; do sleep 0.1; done'
	wait_for 10 ready
	[ "$(docker exec app cat /proc/1/comm)" = docker-init ]
	[[ $(docker exec app /proc/1/exe --version) == 'cleat version '* ]]
	docker stop -t 10 app
	[ "$(docker inspect -f '{{.State.ExitCode}}' app)" = 7 ]
}

@test "the exit status of a program under docker run --init is its own" {
	for want in 0 3 126; do
		run -$want docker run --rm --init cleat-test/busybox sh -c "exit $want"
	done
	run -127 docker run --rm --init cleat-test/busybox /no/such/program
}

@test "an orphan in a container with --init is reaped" {
	APP_IMAGE=cleat-test/busybox start_app app --init -- sh -c '(sleep 0.2 &); echo ready; exec sleep 1000'
	wait_for 10 ready
	wait_for 10 gone 'sleep 0.2'
	absent grep -q '^Z' <(docker exec app ps -o stat,args)
}

@test "a slow program under --init has the engine's time to end, not ours" {
	APP_IMAGE=cleat-test/busybox start_app app --init -- sh -c 'trap "sleep 11; echo saved; exit 0" TERM; echo ready; while :; do sleep 0.1; done'
	wait_for 10 ready
	docker stop -t 20 app
	docker logs app | grep -q saved
	[ "$(docker inspect -f '{{.State.ExitCode}}' app)" = 0 ]
}
