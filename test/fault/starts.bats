#!/usr/bin/env bats
# Starts: each is acted on once, however often it is told, and costs no more
# than it must.

load fault_lib
setup() { fault_setup; }
teardown() { fault_teardown; }

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
