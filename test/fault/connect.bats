#!/usr/bin/env bats
# The first contact with an engine that is not there, is not one, or says no:
# one clear line, the right status, no second try.

load fault_lib
setup() { fault_setup; }
teardown() { fault_teardown; }

@test "no socket: the message says how to get one" {
	watch
	ends 5
	[ "$STATUS" = 69 ]
	one_line "no socket at $SOCK: start the engine, give its socket by --host, or mount its folder"
}

@test "no folder of the socket: the same" {
	HOST=unix:///nonexistent/run/docker.sock watch
	ends 5
	[ "$STATUS" = 69 ]
	one_line "no socket at /nonexistent/run/docker.sock"
}

@test "a socket where nobody listens any more" {
	engine </dev/null
	engine_dies
	watch
	ends 5
	[ "$STATUS" = 69 ]
	one_line "$SOCK: Connection refused: no engine listens there"
}

@test "a folder that the engine made for a socket that was not there" {
	mkdir "$SOCK"
	watch
	ends 5
	[ "$STATUS" = 78 ]
	one_line "$SOCK is a folder, not a socket"
}

@test "a plain file where the socket should be" {
	: >"$SOCK"
	watch
	ends 5
	[ "$STATUS" = 78 ]
	one_line "$SOCK is no socket: give the engine's socket by --host"
}

@test "a socket that we may not use" {
	[ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
	engine </dev/null
	chmod 600 "$SOCK"
	chmod -R o+x "$BATS_RUN_TMPDIR"
	cp "$CLEAT" "$DIR/cleat"
	# shellcheck disable=SC2034	# used by watch
	RUN_AS=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	CLEAT=$DIR/cleat watch
	ends 5
	[ "$STATUS" = 77 ]
	one_line "no permission to use $SOCK: run as root, or with the group that owns the socket"
}

@test "a path that is too long for a socket" {
	HOST=unix:///tmp/$(printf 'x%.0s' {1..200}) watch
	ends 5
	[ "$STATUS" = 2 ]
	one_line "is too long for a socket"
}

@test "an endpoint of a kind that we do not know" {
	HOST=ssh://somebody@host watch
	ends 5
	[ "$STATUS" = 2 ]
	one_line "expected unix:///PATH or tcp://HOST:PORT"
}

@test "a host that has no address" {
	HOST=tcp://no-such-host.invalid:2375 watch
	ends 30
	[ "$STATUS" = 69 ]
	one_line "no-such-host.invalid"
}

@test "a port where nobody listens" {
	HOST=tcp://127.0.0.1:1 watch
	ends 5
	[ "$STATUS" = 69 ]
	one_line "tcp://127.0.0.1:1: GET /version: Connection refused"
}

@test "something that speaks no HTTP" {
	engine <<-'E'
		on version always
		    raw SSH-2.0-OpenSSH_9.2\r\n
		    cut
	E
	watch
	ends 5
	[ "$STATUS" = 76 ]
	one_line "GET /version: "
}

@test "something that hangs up without a word" {
	engine <<-'E'
		on version always
		    cut
	E
	watch
	ends 5
	[ "$STATUS" = 76 ]
	one_line "GET /version: "
}

@test "something that never answers: TERM ends the wait" {
	engine <<-'E'
		on version always
		    until never
	E
	watch
	wait_for 5 asked "GET /version"
	stop_watch
}

@test "an engine that never answers /events is given up" {
	engine <<-'E'
		on events always
		    until never
	E
	watch
	ends 20
	[ "$STATUS" = 69 ]
	one_line "GET /events is not answered"
}

@test "a web server that knows no /version" {
	engine <<-'E'
		on version always
		    status 404 not found
	E
	watch
	ends 5
	[ "$STATUS" = 76 ]
	one_line "speaks HTTP but is no container engine"
}

@test "a web page" {
	engine <<-'E'
		on version always
		    json <!DOCTYPE html><title>Welcome</title>
	E
	watch
	ends 5
	[ "$STATUS" = 76 ]
	one_line "speaks HTTP but is no container engine"
}

@test "JSON of something else" {
	engine <<-'E'
		on version always
		    json {"Version":"1.2.3","name":"a database"}
	E
	watch
	ends 5
	[ "$STATUS" = 76 ]
	one_line "/version has no ApiVersion"
}

@test "a version that is no version" {
	engine <<-'E'
		on version always
		    json {"Version":"1","ApiVersion":"two"}
	E
	watch
	ends 5
	[ "$STATUS" = 76 ]
	one_line "/version has no ApiVersion"
}

@test "an engine that is too old" {
	engine <<-'E'
		on version always
		    json {"Version":"1.9","ApiVersion":"1.21"}
	E
	watch
	ends 5
	[ "$STATUS" = 76 ]
	one_line "is too old"
}

@test "an engine that is newer than we know is spoken to in its oldest version" {
	engine <<-'E'
		on version always
		    json {"Version":"40.0","ApiVersion":"1.70","MinAPIVersion":"1.60"}
	E
	watch
	wait_for 5 asked "GET /v1.60/events"
	wait_for 5 said 'connected to Docker 40.0 .* API v1.60"'
	stop_watch
}

@test "an engine that knows more than we do is spoken to in our version" {
	engine <<-'E'
		on version always
		    json {"Version":"29.0","ApiVersion":"1.52","MinAPIVersion":"1.40"}
	E
	watch
	wait_for 5 asked "GET /v1.44/events"
	stop_watch
}

@test "DOCKER_API_VERSION is obeyed" {
	engine </dev/null
	DOCKER_API_VERSION=1.30 watch
	wait_for 5 asked "GET /v1.30/events"
	stop_watch
}

@test "a proxy that does not let us ask for the version" {
	engine <<-'E'
		on version always
		    status 403 forbidden
	E
	watch
	ends 5
	[ "$STATUS" = 77 ]
	one_line "GET /version is refused by policy \(status 403\)"
}

@test "a proxy that does not let us read events" {
	engine <<-'E'
		on events always
		    status 403 forbidden
	E
	watch
	ends 5
	[ "$STATUS" = 77 ]
	told 1 "level=error .*GET /events is refused by policy \(status 403\): a proxy in front of the engine must allow it"
	told 1 "level=(error|warn)"
}

@test "an engine that fails at /version tells why" {
	engine <<-'E'
		on version always
		    status 500 the disk is \u001b[31mfull
	E
	watch
	ends 5
	[ "$STATUS" = 76 ]
	one_line "GET /version: status 500: the disk is "
	absent grep -q $'\x1b' "$LOG"
}

@test "an engine that fails at /events tells why" {
	engine <<-'E'
		on events always
		    status 500 out of file descriptors
	E
	watch
	ends 5
	[ "$STATUS" = 76 ]
	told 1 "level=error .*GET /events: status 500: out of file descriptors"
	told 1 "level=(error|warn)"
}
