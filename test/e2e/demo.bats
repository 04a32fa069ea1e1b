#!/usr/bin/env bats
# scripts/demo, a newcomer's first command.

load engine_lib

CHECKOUT=$(readlink -f "${BATS_TEST_DIRNAME}/../..")

setup_file() {
	use_engine
	export MAKE=true	# what is tested is there
}

teardown_file() {
	drop_engine
}

teardown() {
	cat "$BATS_TEST_TMPDIR/out" 2>/dev/null || true
	"$CHECKOUT/scripts/demo" clean
	remove_apps
}

demo() { "$CHECKOUT/scripts/demo" >"$BATS_TEST_TMPDIR/out" 2>&1; }
told() { grep -qE -- "$1" "$BATS_TEST_TMPDIR/out"; }

# everything that the engine has
everything() {
	docker ps -aq
	docker network ls -q
	docker volume ls -q
	docker images -aq | sort -u
}

@test "the demo shows addresses, routes and rules before and after, and leaves nothing" {
	everything >"$BATS_TEST_TMPDIR/before"
	demo
	told '^  - route    default via '
	told '^  \+ address  .*\.77/[0-9]+ dev eth0$'
	told '^  \+ route    10\.0\.0\.0/8 via .* dev eth0$'
	told '^  \+ route    default via .* dev eth1$'
	told '^  \+ route    default via .* dev eth0 table 100$'
	told '^  \+ rule     from .*\.77 lookup 100$'
	[ "$(grep -cE '^  [+-] ' "$BATS_TEST_TMPDIR/out")" = 6 ]
	told 'msg=done container=cleat-demo-app label=docker-events.rule'
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -lt 60 ]
	run ! grep -q "$(printf '\033')" "$BATS_TEST_TMPDIR/out"
	everything | diff "$BATS_TEST_TMPDIR/before" -
}

# stopped_by SIGNAL STATUS COMMAND...: when the command first succeeds
stopped_by() {
	everything >"$BATS_TEST_TMPDIR/before"
	setsid env --default-signal=INT,TERM,HUP "$CHECKOUT/scripts/demo" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	demo=$!
	wait_for 30 "${@:3}"
	# as a terminal's ^C does: to all of them
	kill -"$1" -- -$demo
	status=0
	wait $demo || status=$?
	[ $status = "$2" ]
	everything | diff "$BATS_TEST_TMPDIR/before" -
}

@test "^C in the middle of the demo cleans up" {
	stopped_by INT 130 docker image inspect cleat-demo-app
	stopped_by INT 130 docker container inspect cleat-demo-worker
	stopped_by INT 130 docker container inspect cleat-demo-app
}

@test "TERM in the middle of the demo cleans up" {
	stopped_by TERM 143 docker network inspect cleat-demo-lan
	stopped_by TERM 143 docker container inspect cleat-demo-plain
}

@test "DEMO_KEEP=1 leaves it up, says how to look, and a command cleans up" {
	everything >"$BATS_TEST_TMPDIR/before"
	DEMO_KEEP=1 demo
	look=$(sed -n 's/^  \(docker run .*\)$/\1/p' "$BATS_TEST_TMPDIR/out")
	run -0 eval "$look"
	[[ $output = *10.0.0.0/8* ]]
	run -0 eval "$(sed -n 's/^  \(docker restart .*\)  *and look again$/\1/p' "$BATS_TEST_TMPDIR/out")"
	has_route() { eval "$look" | grep -q '^10.0.0.0/8'; }
	wait_for 5 has_route
	# shellcheck disable=SC2016	# for eval
	eval "$(sed -n 's|^  to clean up:  scripts/demo|"$CHECKOUT/scripts/demo"|p' "$BATS_TEST_TMPDIR/out")"
	everything | diff "$BATS_TEST_TMPDIR/before" -
}

@test "a demo that fails says why, and cleans up" {
	everything >"$BATS_TEST_TMPDIR/before"
	# a stranger's, of the name that it wants
	docker network create cleat-demo-vpn >/dev/null
	run -1 demo
	told 'cleat-demo-vpn already exists'
	docker network rm cleat-demo-vpn
	everything | diff "$BATS_TEST_TMPDIR/before" -
}

@test "beside another worker the demo says that one is enough" {
	start_app demo-worker --entrypoint /pause -- /cleat watch
	run -1 demo
	told 'demo-worker is a worker already'
}

@test "without an engine the demo brings up a private one, and takes it down" {
	[ ! -e "$CHECKOUT/build/demo" ] || skip "a demo is up in this checkout: scripts/demo clean"
	DEMO_ENGINE=private DEMO_KEEP=1 demo
	told 'a private Docker'
	look=$(sed -n 's/^  \(docker -H .* run .*\)$/\1/p' "$BATS_TEST_TMPDIR/out")
	run -0 eval "$look"
	[[ $output = *10.0.0.0/8* ]]
	"$CHECKOUT/scripts/demo" clean
	[ ! -e "$CHECKOUT/build/demo" ]
	run ! eval "$look"
}
