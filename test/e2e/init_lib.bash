# Helpers of the init tests: run cleat init as PID 1 of a PID namespace of its
# own and look at it from outside.
# shellcheck shell=bash disable=SC2034	# variables are for the tests

load "${BASH_SOURCE[0]%/*}/engine_lib"	# for wait_for

CLEAT=${CLEAT:-$BATS_TEST_DIRNAME/../../build/cleat}

init_setup() {
	[ -x "$CLEAT" ] || skip "no $CLEAT: run make"
	[ "$(id -u)" = 0 ] || skip "needs root for PID namespaces"
	T=$(mktemp -d)
	chmod 755 "$T"
	NS='' PID1='' STRANGER=''
	cd "$T" || return
}

init_teardown() {
	[ -z "$PID1" ] || kill -KILL "$PID1" 2>/dev/null || :
	[ -z "$STRANGER" ] || kill -KILL "$STRANGER" 2>/dev/null || :
	[ -z "$NS" ] || kill -KILL "$NS" 2>/dev/null || :
	[ -z "$NS" ] || wait "$NS" 2>/dev/null || :
	cd /
	rm -rf "$T"
}

# Input is $STDIN, output and messages go to $T/out and $T/err.  Sets NS (ends with the status
# of init) and PID1 (init, as we count).
boot() { boot_with "unshare -pf --mount-proc" "$@"; }

# boot_with "WRAPPER" ARG...: cleat init ARG... at the end of WRAPPER
boot_with() {
	local wrapper=$1
	shift
	$wrapper "$CLEAT" init "$@" > out 2> err < "${STDIN:-/dev/null}" 3>&- 8>&- &
	NS=$!
	wait_for 5 find_pid1
}

find_pid1() {
	PID1=$(pgrep -P "$NS" -x cleat) || return 1
	# it takes signals from here on
	readlink "/proc/$PID1/fd/"* | grep -q signalfd
}

# in_ns ARG...: cleat init ARG... in the foreground, as PID 1
in_ns() { unshare -pf --mount-proc "$CLEAT" init "$@" 3>&-; }

# apart COMMAND...: not as PID 1, but in a PID namespace all the same: what an
# init that goes wrong may signal then is not the whole machine.
apart() { unshare -pf --mount-proc sh -c '"$@"; exit $?' - "$@" 3>&-; }

# ends SECONDS: init ends by then; sets STATUS
ends() {
	wait_for "$1" is_gone "$NS" || return 1
	STATUS=0
	wait "$NS" || STATUS=$?
	NS='' PID1=''
}

# A zombie is gone: only we have not asked for it yet.
is_gone() {
	local state
	state=$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null)
	[ -z "$state" ] || [ "$state" = Z ]
}

# has FILE TEXT: a line of FILE holds TEXT
has() { grep -qsFe "$2" "$1"; }

# state PID LETTER: what it does, as ps says
state() { grep -qs "^State:.$2" "/proc/$1/status"; }

# ms: a clock
ms() { echo $(($(date +%s%N) / 1000000)); }

# none_left COMMAND LINE: no process runs that
none_left() { ! pgrep -fx "$1" > /dev/null; }

# again N TEXT: the program has said TEXT at least N times
again() { [ "$(grep -cx "$2" out)" -ge "$1" ]; }
