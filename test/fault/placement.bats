#!/usr/bin/env bats
# A worker that was put where it cannot work says so at once, in one line that
# names the remedy, rather than at the first container by an errno.

load fault_lib

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root to take capabilities away"
	fault_setup
	MODE=()
	engine </dev/null
}

teardown() { fault_teardown; }

# without CAPABILITY...: the worker lacks these
without() {
	local list
	list=$(printf ',-%s' "$@")
	RUN_AS=(setpriv --inh-caps "${list#,}" --bounding-set "${list#,}")
}

missing() { told 1 "level=(warn|error) .*the capability $1 is missing.*: add --cap-add $1, or --privileged"; }

@test "without SYS_ADMIN it ends and names the option that grants it" {
	without sys_admin
	watch
	ends 5
	[ "$STATUS" = 77 ]
	missing SYS_ADMIN
	told 1 "level=(warn|error)"
}

@test "without NET_ADMIN it ends and names the option that grants it" {
	without net_admin
	watch
	ends 5
	[ "$STATUS" = 77 ]
	missing NET_ADMIN
	told 1 "level=(warn|error)"
}

@test "without any it names each of them" {
	without sys_admin net_admin sys_ptrace
	watch
	ends 5
	[ "$STATUS" = 77 ]
	missing SYS_ADMIN
	missing NET_ADMIN
	missing SYS_PTRACE
}

@test "without SYS_PTRACE it works and says what it may not see" {
	without sys_ptrace
	watch
	wait_for 5 said watching
	missing SYS_PTRACE
	told 1 "level=(warn|error)"
	stop_watch
}

@test "with all of them it says nothing of that" {
	watch
	wait_for 5 said watching
	told 0 "level=(warn|error)"
	stop_watch
}

@test "dry runs need no capability" {
	without sys_admin net_admin sys_ptrace
	MODE=(--dry-run)
	watch
	wait_for 5 said watching
	told 0 "level=(warn|error)"
	stop_watch
}

@test "where the host's processes cannot be seen it ends and says how to show them" {
	RUN_AS=(unshare --pid --fork --kill-child --mount-proc)
	watch
	ends 5
	[ "$STATUS" = 78 ]
	told 1 'level=(warn|error) .*the host.s processes cannot be seen below /proc: start the worker with --pid=host or -v /proc:/host/proc:ro'
	told 1 "level=(warn|error)"
}

@test "the host's /proc mounted elsewhere is enough" {
	mkdir "$DIR/proc"
	# shellcheck disable=SC2016	# $0 is for the inner shell
	RUN_AS=(unshare --mount --pid --fork --kill-child sh -c
		'mount --bind /proc "$0/proc" && mount -t proc proc /proc && exec "$@"' "$DIR")
	watch --proc "$DIR/proc"
	wait_for 5 said watching
	told 0 "level=(warn|error)"
	kill -TERM "$WATCH_PID"
	pkill -TERM -P "$WATCH_PID" || true
	ends 2
}

@test "a --proc that is not there is told" {
	watch --proc "$DIR/nothing"
	ends 5
	[ "$STATUS" = 78 ]
	told 1 "level=error .*--proc $DIR/nothing: No such file or directory"
	told 1 "level=(warn|error)"
}

@test "a --proc that is no procfs is told" {
	watch --proc "$DIR"
	ends 5
	[ "$STATUS" = 78 ]
	told 1 "level=(warn|error) .*--proc $DIR: expected a procfs"
	told 1 "level=(warn|error)"
}

@test "an --engine-netns that is not there is told" {
	watch --engine-netns "$DIR/nothing"
	ends 5
	[ "$STATUS" = 78 ]
	told 1 "level=error .*--engine-netns: open $DIR/nothing: No such file or directory"
	told 1 "level=(warn|error)"
}

@test "an --engine-netns that is no network namespace is told" {
	local file
	: >"$DIR/file"
	for file in "$DIR/file" /proc/self/ns/uts; do
		: >"$LOG"
		watch --engine-netns "$file"
		ends 5
		[ "$STATUS" = 78 ]
		told 1 "level=error .*--engine-netns $file: expected a network namespace, such as /proc/1/ns/net"
		told 1 "level=(warn|error)"
	done
}
