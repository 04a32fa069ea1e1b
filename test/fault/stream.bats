#!/usr/bin/env bats
# The event stream cut anywhere, framed in any way, ended and begun again:
# nothing is lost, nothing is done twice, nothing keeps the worker waiting.

load fault_lib
setup() { fault_setup; }
teardown() { fault_teardown; }

@test "an event that comes one byte at a time" {
	engine <<-'E'
		container web docker-events.route=add default via 10.0.0.1
		container wéb-ü docker-events.route=add default via 10.0.0.2
		on events
		    head
		    pieces 1
		    start web
		    start wéb-ü
	E
	watch
	wait_for 5 said 'container=wéb-ü '
	runs web
	runs wéb-ü
	told 0 "level=(error|warn)"
	stop_watch
}

@test "pieces that end inside an event, an escape and a character" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container a x=\é€😀"\u00e9
		container b docker-events.route=add default via 10.0.0.2
		container b €€€€€€€€€€€€€=é😀é😀é😀
		on events
		    head
		    pieces 7
		    many 10
		    start a
		    pieces 3
		    many 10
		    start b
	E
	watch
	wait_for 5 said 'container=b '
	runs a
	told 0 "level=(error|warn)"
	stop_watch
}

@test "many events in one piece" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		container c docker-events.route=add default via 10.0.0.3
		on events
		    head
		    hold
		    start a
		    many 300
		    start b
		    start c
		    flush
	E
	watch
	wait_for 5 said 'container=c '
	runs a && runs b && runs c
	stop_watch
}

@test "records in front of a separator, as application/json-seq" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		on events
		    head
		    frame seq
		    start a
		    pieces 1
		    start b
	E
	watch
	wait_for 5 said 'container=b '
	runs a
	told 0 "level=(error|warn)"
	stop_watch
}

@test "lines that end in CR LF, and empty ones" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		on events
		    head
		    frame crlf
		    start a
		    send \r\n\n   \n\x1e\n
		    start b
	E
	watch
	wait_for 5 said 'container=b '
	runs a
	told 0 "level=(error|warn)"
	stop_watch
}

@test "a line that is no event is told, shortened, and the next one is read" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on events
		    head
		    send garbage \x1b[31m \xff\x00 here\n
		    send {"Type":"container","Action":"start"\n
		    send {"Type":"CON/TAINER","Action":"../start"}\n
		    send []\n
		    start a
	E
	watch
	wait_for 5 said 'container=a '
	told 4 'level=warn msg="skip what is no event: '
	absent grep -q $'\x1b' "$LOG"
	stop_watch
}

@test "an event of 17 MiB is skipped, the next one is read" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		on events
		    head
		    start a
		    big 17
		    start b
	E
	watch
	wait_for 20 said 'container=b '
	told 1 'level=warn msg="skip an event of more than 16 MiB: '
	grep -q __asan "$CLEAT" ||
		[ "$(awk '/^VmRSS:/ { print $2 }' "/proc/$WATCH_PID/status")" -lt 16384 ]
	stop_watch
}

@test "a start that is told twice is acted on once" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		on events
		    head
		    start a
		    again a
		    again a
		    start b
	E
	watch
	wait_for 5 said 'container=b '
	runs a
	stop_watch
}

@test "each start of a container that starts again is acted on" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on events
		    head
		    start a
		    until second
		    die a
		    start a
	E
	watch
	wait_for 5 runs a
	go second
	wait_for 5 told 2 'would run" container=a '
	stop_watch
}

@test "labels of containers that run already are applied, once" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		running a
		container b x=y
		running b
		container c docker-events.route=add default via 10.0.0.1
	E
	watch
	wait_for 5 runs a
	told 1 'would run'
	told 0 "level=(error|warn)"
	stop_watch
}

@test "a container without our labels costs no call" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on events
		    head
		    many 50
		    start a
	E
	watch
	wait_for 5 runs a
	[ "$(grep -o '/containers/[0-9a-f]*/json' "$ASKED" | sort -u | wc -l)" = 1 ]
	stop_watch
}

# Cut in the middle of b's event; what the engine tells again follows.
cut_and_replay() {
	engine <<-E
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		container c docker-events.route=add default via 10.0.0.3
		on events
		    head
		    start a
		    hold
		    start b
		    cut
		on list
		    json []
		on events
		    head
		    replay $1
		    start c
		on list always
		    json []
	E
	watch
	wait_for 5 said 'container=c '
	wait_for 5 said 'container=b '
	runs a && runs b && runs c
	told 0 "level=(error|warn)"
	absent asked 'bad since'
	stop_watch
}

@test "a stream that is cut goes on where it was: nothing lost, nothing twice" {
	cut_and_replay inclusive
	asked 'replay 2 of 2'
}

@test "the same with an engine that leaves the moment itself out" {
	cut_and_replay exclusive
	asked 'replay 2 of 2'
}

@test "a stream that is cut in the middle of a line" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		on events
		    head
		    start a
		    send {"Type":"container","Action":"start","Actor":{"ID":"
		    cut
		on events
		    head
		    replay
		    start b
	E
	watch
	wait_for 5 said 'container=b '
	runs a
	told 0 "level=(error|warn)"
	stop_watch
}

@test "since is a second before the last event that was read" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on events
		    head
		    start a
		    cut
		on events
		    head
		    replay
	E
	watch
	wait_for 5 asked 'replay 1 of 1, 1000000000 ns before the newest'
	runs a
	stop_watch
}

@test "a stream that ends properly is connected again within a second" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on events
		    head
		    end
		on events
		    head
		    start a
	E
	watch
	wait_for 1 said 'event stream ended'
	wait_for 1 runs a
	stop_watch
}

@test "an engine that ends every stream at once is asked less and less often" {
	engine <<-'E'
		on events always
		    head
		    end
	E
	watch
	wait_for 10 told 6 'event stream ended'
	# after 0.1, 0.2, 0.4, 0.8 and 1.6 s
	[ $(($(date +%s%3N) - $(date -d "$(sed -n '1s/^time=\([^ ]*\).*/\1/p' "$LOG")" +%s%3N))) -ge 3000 ]
	stop_watch
}

@test "200 events told again after a cut are not acted on again" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.1
		on events
		    head
		    start a
		    many 200
		    again a
		    cut
		on events
		    head
		    again a
		    replay
		    start b
	E
	watch
	wait_for 5 said 'container=b '
	runs a
	stop_watch
}

@test "an engine that is killed and started anew is found at once" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		running a
	E
	watch
	wait_for 5 runs a
	engine_dies
	wait_for 5 told 1 'level=warn msg="engine lost: '
	rm "$SOCK"
	engine <<-'E'
		container b docker-events.route=add default via 10.0.0.2
		on events
		    head
		    start b
	E
	wait_for 2 runs b
	told 1 'would run" container=a '
	told 1 'level=warn'
	stop_watch
}

@test "an engine that is something else for a while is waited for" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on events
		    head
		    cut
		on version
		    normal
		on version
		    status 500 starting
		on version
		    raw garbage\r\n\r\n
		    cut
		on version
		    status 403 not yet
		on events
		    status 500 not yet either
		on events
		    head
		    start a
	E
	watch
	wait_for 10 runs a
	kill -0 "$WATCH_PID"
	stop_watch
}

@test "TERM ends the wait for an engine that is gone" {
	engine </dev/null
	watch
	wait_for 5 said 'watching'
	engine_dies
	wait_for 5 said 'engine lost'
	stop_watch
}

@test "TERM, INT and QUIT end the worker with status 0" {
	local sig
	engine </dev/null
	for sig in TERM INT QUIT; do
		: >"$LOG"
		watch
		wait_for 5 said 'watching'
		kill -$sig "$WATCH_PID"
		ends 1
		[ "$STATUS" = 0 ]
		told 1 "msg=\"$sig: stopping\""
	done
}
