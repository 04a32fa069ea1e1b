#!/usr/bin/env bats
# What is said about one container: an error, garbage, late or never.  The
# start is tried again, told if that does not help, and the others go on.

load fault_lib
setup() { fault_setup; }
teardown() { fault_teardown; }

@test "an inspect that fails for a moment is asked again" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on inspect
		    status 500 try again
		on inspect
		    status 429 too many requests
		on events
		    head
		    start a
	E
	watch
	wait_for 5 runs a
	told 0 "level=error"
	stop_watch
}

@test "an inspect that hangs up is asked again" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on inspect
		    cut
		on events
		    head
		    start a
	E
	watch
	wait_for 5 runs a
	stop_watch
}

@test "an inspect that always fails is told once, and the others go on" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		on list always
		    json []
		on inspect always
		    status 500 it is broken
		on events
		    head
		    start a
	E
	watch
	wait_for 15 said 'level=error msg="cannot inspect: .* container=a reason=.*status 500: it is broken'
	told 1 "level=error"
	stop_watch
}

@test "an inspect that fails for seconds is asked again until the labels are applied" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		on list always
		    json []
		on inspect
		    status 500 no
		on inspect
		    cut
		on inspect
		    status 503 not yet
		on inspect
		    status 500 still no inspect
		on events
		    head
		    start a
		    until b
		    start b
	E
	watch --jobs 1
	wait_for 5 said 'level=error msg="cannot inspect: .*trying again" container=a reason=.*still no inspect'
	go b
	wait_for 2 runs b
	wait_for 5 runs a
	told 1 "level=error"
	stop_watch
}

@test "TERM does not wait for an inspect that never comes" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on inspect
		    until never
		on events
		    head
		    start a
	E
	watch
	wait_for 5 asked "GET .*/containers/[0-9a-f]{64}/json"
	stop_watch
}

@test "an inspect that a proxy refuses is told with the remedy" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on list always
		    json []
		on inspect always
		    status 403 forbidden
		on events
		    head
		    start a
	E
	watch
	wait_for 15 said 'level=error .*is refused by policy .status 403.: a proxy in front of the engine must allow it'
	told 1 "level=error"
	stop_watch
}

@test "an inspect that is no container is told, and the next start goes on" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on list always
		    json []
		on inspect
		    json {"Id":"","State":{"Pid":1}}
		on inspect
		    json <html>
		on events
		    head
		    start a
		    until more
		    die a
		    start a
		    until more2
		    die a
		    start a
	E
	watch
	wait_for 5 told 1 'level=error .*the answer is no container'
	go more
	wait_for 5 told 2 'level=error .*the answer is no container'
	go more2
	wait_for 5 runs a
	stop_watch
}

@test "a container that is gone before it is looked at is nothing to tell" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		on inspect
		    until gone
		    normal
		on events
		    head
		    start a
		    die a
		    destroy a
		    start b
	E
	watch --jobs 1
	wait_for 5 asked "GET .*/containers/[0-9a-f]{64}/json"
	go gone
	wait_for 5 runs b
	told 0 'container=a '
	told 0 "level=(error|warn)"
	stop_watch
}

@test "an inspect that never comes keeps nobody else waiting" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		container b docker-events.route=add default via 10.0.0.2
		on inspect
		    until never
		on events
		    head
		    start a
		    until b
		    start b
	E
	watch
	wait_for 5 asked "GET .*/containers/[0-9a-f]{64}/json"
	go b
	wait_for 5 runs b
	stop_watch
}
