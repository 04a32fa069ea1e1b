# engine_lib.bash - a real engine for a bats file, and what tests do with it.
#
#   setup_file()    { use_engine; }
#   teardown_file() { drop_engine; }
#   teardown()      { remove_apps; }
#
# The engine is the one in $ENGINE_DIR when the runner has brought one up (it
# has the images, and is left as it was), else one of this file's own.  After
# use_engine ENGINE_DIR and DOCKER_HOST are set for every test, and the images
# cleat-test/busybox and cleat-test/static are there.
#
# A condition that takes time is waited for with wait_for, never slept for.

bats_require_minimum_version 1.5.0

ENGINE=$(readlink -f "${BASH_SOURCE[0]%/*}/../../scripts/engine")

# wait_for SECONDS COMMAND...: until the command succeeds; fails the test with
# what was waited for.  A function given to it has no `set -e`: use && in it.
wait_for() {
	local limit=$1 out=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/wait_for.$BASHPID end
	shift
	end=$((${EPOCHREALTIME/[.,]/} + limit * 1000000))
	until "$@" >"$out" 2>&1; do
		if [ "${EPOCHREALTIME/[.,]/}" -ge "$end" ]; then
			{
				echo "waited $limit s for: $*"
				sed 's/^/  last said: /' "$out"
			} >&2
			return 1
		fi
		sleep 0.03
	done
}

# absent COMMAND...: succeeds when the command fails, for wait_for.
absent() { ! "$@"; }

# skip_kernel REASON: skip the test because this kernel lacks something, which is
# the only reason that passes in CI: the rest is ours to install.
skip_kernel() { skip "kernel: $1"; }

use_engine() {
	[ "$(id -u)" = 0 ] || skip "an engine needs root"
	if [ -z "${ENGINE_DIR:-}" ]; then
		export ENGINE_DIR=$BATS_FILE_TMPDIR/engine OWN_ENGINE=1
	fi
	eval "$("$ENGINE" up "$ENGINE_DIR")"
	export ENGINE_DIR DOCKER_HOST
	# neither the user's contexts nor plugins
	export DOCKER_CONFIG=${DOCKER_CONFIG:-$BATS_FILE_TMPDIR/docker-config}
	"$ENGINE" images "$ENGINE_DIR"
}

drop_engine() {
	[ -z "${OWN_ENGINE:-}" ] || "$ENGINE" down "$ENGINE_DIR"
}

# in_box COMMAND...: as a program on the engine's host (see engine --help).
in_box() { "$ENGINE" run "$ENGINE_DIR" -- "$@"; }

# pid_of CONTAINER: as the engine and the box know it.
pid_of() { docker inspect -f '{{.State.Pid}}' "$1"; }

# in_netns CONTAINER COMMAND...: the machine's own program, such as ip, in the
# container's network namespace.  Fails when the container is not running.
in_netns() {
	local pid
	pid=$(pid_of "$1") && [ "$pid" != 0 ] || return
	shift
	# enter the box first, and what its PID means second
	nsenter -t "$(<"$ENGINE_DIR/box")" -m -u -i -n -p -- nsenter --net="/proc/$pid/ns/net" -- "$@"
}

# start_app NAME [DOCKER RUN OPTION...] [-- COMMAND...]: a container that runs
# until it is stopped, of cleat-test/static or $APP_IMAGE.
start_app() {
	local name=$1 options=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	[ $# = 0 ] || shift
	echo "$name" >>"$BATS_TEST_TMPDIR/apps"
	docker run -d --name "$name" "${options[@]}" "${APP_IMAGE:-cleat-test/static}" "$@" >/dev/null
}

# make_network NAME [OPTION...]
make_network() {
	local name=$1
	shift
	echo "$name" >>"$BATS_TEST_TMPDIR/networks"
	docker network create "$@" "$name" >/dev/null
}

# remove_apps: what start_app and make_network made in this test.
remove_apps() {
	local made=$BATS_TEST_TMPDIR
	[ ! -s "$made/apps" ] || xargs -a "$made/apps" docker rm -fv >/dev/null 2>&1 || true
	[ ! -s "$made/networks" ] || xargs -a "$made/networks" docker network rm >/dev/null 2>&1 || true
	rm -f "$made/apps" "$made/networks"
}
