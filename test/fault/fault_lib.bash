# fault_lib.bash - a fake engine and a worker that says what it would do.
#
#   engine <<-'E' ... E    a fake engine with this script, on $SOCK
#   watch [OPTION...]      the worker, in the background; its log is $LOG.
#                          MODE: its other options; RUN_AS: what starts it
#   ends SECONDS           it ends within that time; its status is $STATUS
#   said REGEX             some line of its log has it
#   told N REGEX           exactly N lines have it
#   asked REGEX            the fake engine was asked for it
#   go NAME                lets the script's `until NAME` go on

load ../e2e/engine_lib		# wait_for

CLEAT=$(readlink -f "${CLEAT:-${BASH_SOURCE[0]%/*}/../../build/cleat}")
FAKE=${BASH_SOURCE[0]%/*}/fake_engine

fault_setup() {
	DIR=$BATS_TEST_TMPDIR
	SOCK=$DIR/run/docker.sock LOG=$DIR/log ASKED=$DIR/asked
	mkdir "$DIR/run"
	touch "$LOG" "$ASKED"
	MODE=(--dry-run) RUN_AS=()
	unset "${!CLEAT_@}" "${!DOCKER_@}"
}

fault_teardown() {
	[ -z "${WATCH_PID:-}" ] || kill -KILL "$WATCH_PID" 2>/dev/null || true
	[ -z "${ENGINE_PID:-}" ] || kill -KILL "$ENGINE_PID" 2>/dev/null || true
	wait
	# bats shows it when the test has failed
	sed 's/^/log: /' "$LOG"
	sed 's/^/asked: /' "$ASKED"
}

engine() {
	cat >"$DIR/script"
	"$FAKE" "$SOCK" "$DIR/script" "$ASKED" 3>&- &
	ENGINE_PID=$!
	wait_for 5 test -S "$SOCK"
}

# The engine is killed; its socket stays, as that of a crashed one does.
engine_dies() {
	kill -KILL "$ENGINE_PID"
	wait "$ENGINE_PID" || true
	ENGINE_PID=
}

watch() {
	"${RUN_AS[@]}" "$CLEAT" watch "${MODE[@]}" -H "${HOST:-unix://$SOCK}" "$@" 3>&- 2>>"$LOG" &
	WATCH_PID=$!
}

gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

ends() {
	wait_for "$1" gone "$WATCH_PID"
	STATUS=0
	wait "$WATCH_PID" || STATUS=$?
	WATCH_PID=
}

said() { grep -Eq -- "$1" "$LOG"; }
told() { [ "$(grep -Ec -- "$2" "$LOG")" = "$1" ]; }
asked() { grep -Eq -- "$1" "$ASKED"; }
go() { touch "$DIR/$1"; }

# runs NAME: what a container named so would have run, once
runs() { told 1 "would run\" container=$1 "; }

# one_line REGEX: the log is this one line, an error or a warning
one_line() {
	[ "$(grep -c . "$LOG")" = 1 ]
	grep -Eq '^time=[^ ]* level=(error|warn) ' "$LOG"
	said "$1"
}

stop_watch() {
	kill -TERM "$WATCH_PID"
	ends 1
	[ "$STATUS" = 0 ]
}
