#!/usr/bin/env bats
# docker-compose.example.yml, as it is, with docker-compose 1.29 and compose v2.

load engine_lib

CHECKOUT=$(readlink -f "${BATS_TEST_DIRNAME}/../..")

setup_file() {
	use_engine
	export APP_IMAGE=cleat-test/busybox COMPOSE_PROJECT_NAME=compose-bats
	"$CHECKOUT/scripts/image" cleat
	# a user's plugin or the machine's own is not asked
	v2=$("$ENGINE" compose-v2)
	export v2
}

teardown_file() {
	drop_engine
}

setup() {
	files=(-f "$CHECKOUT/docker-compose.example.yml")
	compose=()
}

teardown() {
	[ -z "${listener:-}" ] || { kill "$listener" && wait "$listener"; } || true
	if [ ${#compose[@]} -gt 0 ]; then
		"${compose[@]}" "${files[@]}" logs --no-color worker || true
		"${compose[@]}" "${files[@]}" down -v -t 3
	fi
	remove_apps
}

use_v1() {
	[[ $(docker-compose version --short 2>/dev/null) = 1.* ]] ||
		skip "the machine's docker-compose is not version 1"
	compose=(docker-compose)
}
use_v2() { compose=("$v2"); }

up() { "${compose[@]}" "${files[@]}" up -d; }
id_of() { "${compose[@]}" "${files[@]}" ps -q "$1"; }

# the network of the app, and of the engine's host, by the machine's own ip
app_ip() { in_netns "$app" ip "$@"; }
addresses() { app_ip -4 -o address show scope global | awk '{ print $2, $4 }' | sort; }
routes() { app_ip -4 route show "$@" | sed 's/ *$//' | LC_ALL=C sort; }
rules() { app_ip -4 rule show | sed 's/^[0-9]*:[[:space:]]*//'; }
rp_filter() { in_netns "$app" unshare -m sh -c 'mount -t proc proc /proc && cat /proc/sys/net/ipv4/conf/all/rp_filter'; }

same() { diff -u <(cat <<<"$1") <("${@:2}"); }

# what the labels of the example say, and nothing else
as_labelled() {
	same "$(printf 'eth0 10.90.1.10/24\neth0 10.90.1.99/24\neth1 10.90.2.10/24')" addresses &&
	same "$(cat <<-'END'
	10.0.0.0/8 via 10.90.1.1 dev eth0
	10.90.1.0/24 dev eth0 proto kernel scope link src 10.90.1.10
	10.90.2.0/24 dev eth1 proto kernel scope link src 10.90.2.10
	default via 10.90.2.1 dev eth1
	END
	)" routes &&
	same 'default via 10.90.1.1 dev eth0' routes table 100 &&
	same "$(printf 'from all lookup local\nfrom 10.90.1.99 lookup 100\nfrom all lookup main\nfrom all lookup default')" rules &&
	same 2 rp_filter &&
	in_box ip -4 route show 10.91.0.0/24 | grep -q '^10.91.0.0/24 via 10.90.2.10 '
}

# The host's route is of the last label, so all is done when it is there.
comes_up() {
	up
	app=$(id_of app)
	wait_for 15 as_labelled
	run -0 docker inspect -f '{{.HostConfig.Privileged}} {{.HostConfig.CapAdd}}' "$app"
	[ "$output" = 'false []' ]
}

worker_stops() {
	worker=$(id_of worker)
	docker stop -t 8 "$worker"
	[[ $(docker inspect -f '{{.State.ExitCode}}' "$worker") = @(0|143) ]]
}

needs_driver() {
	in_box sh -c "ip link add cleat-probe link eth0 type $1 && ip link del cleat-probe" ||
		skip_kernel "no $1"
}

with_driver() {
	printf 'networks:\n  back:\n    driver: %s\n    driver_opts:\n      parent: eth0\n' "$1" >"$BATS_TEST_TMPDIR/driver.yml"
	files+=(-f "$BATS_TEST_TMPDIR/driver.yml")
}

@test "the example comes up with docker-compose 1.29, and the app has what its labels say" {
	use_v1
	comes_up
	worker_stops
}

@test "the example comes up with compose v2, and the app has what its labels say" {
	use_v2
	comes_up
	worker_stops
}

@test "the example's app has it all again after a restart, of the app and of the worker" {
	use_v2
	comes_up
	docker restart -t 3 "$app"
	wait_for 15 as_labelled
	worker=$(id_of worker)
	docker stop -t 8 "$worker"
	docker restart -t 3 "$app"
	run ! as_labelled
	docker start "$worker"
	wait_for 15 as_labelled
}

@test "the example works with a privileged worker, as its comment says" {
	use_v2
	sed -e '/cap_drop:/d; /cap_add:/d; /security_opt:/d; /apparmor=/d' -e 's/^    # *\(privileged: true\)/    \1/' \
		"${files[1]}" >"$BATS_TEST_TMPDIR/privileged.yml"
	files=(--project-directory "$CHECKOUT" -f "$BATS_TEST_TMPDIR/privileged.yml")
	comes_up
	[ "$(docker inspect -f '{{.HostConfig.Privileged}}' "$(id_of worker)")" = true ]
}

@test "the example's app may be on a macvlan network" {
	needs_driver macvlan
	use_v2
	with_driver macvlan
	comes_up
}

@test "the example's app may be on an ipvlan network" {
	needs_driver ipvlan
	use_v2
	with_driver ipvlan
	comes_up
}

@test "the notifier that the example sets says start and stop to the host" {
	[ -x /bin/nc.openbsd ] || skip "there is no OpenBSD nc: scripts/setup test installs it"
	use_v2
	# not in_box: TERM must reach it
	"$ENGINE" run "$ENGINE_DIR" -- nc.openbsd -Nkl 47200 >"$BATS_TEST_TMPDIR/heard" 2>&1 </dev/null 3>&- &
	listener=$!
	up
	wait_for 15 grep -qx start "$BATS_TEST_TMPDIR/heard"
	app=$(id_of app)
	worker_stops
	wait_for 5 grep -qx stop "$BATS_TEST_TMPDIR/heard"
}
