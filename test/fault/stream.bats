#!/usr/bin/env bats
# The event stream ended, cut and begun again, by an engine that is there, gone
# or something else for a while: nothing is lost, nothing is done twice.

load fault_lib
setup() { fault_setup; }
teardown() { fault_teardown; }

@test "an interim answer before the stream is not taken for it" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on events
		    raw HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n
		    until hint
		    head
		    start a
	E
	watch
	wait_for 5 asked "GET .*/events"
	sleep 0.2		# it must not be taken for an answer
	told 0 'watching'
	go hint
	wait_for 5 runs a
	told 0 "level=(error|warn)"
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
