#!/usr/bin/env bats
# Answers about containers that are errors, garbage, late or never come: the
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
	kill -TERM "$WATCH_PID"
	ends 6
	[ "$STATUS" = 0 ]
}

@test "a list that fails for a moment is asked for again" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		running a
		on list
		    status 500 try again
	E
	watch
	wait_for 5 runs a
	stop_watch
}

@test "a list that is refused is told, and starts are acted on" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on list always
		    status 403 forbidden
		on events
		    head
		    start a
	E
	watch
	wait_for 5 runs a
	wait_for 15 said 'level=error msg="cannot list containers: .*GET /v1.41/containers/json is refused by policy'
	told 1 "level=error"
	stop_watch
}

@test "a list of odd things does no harm" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on list always
		    json [{"Id":5,"Labels":{"docker-events.route":"x"}},{"Labels":{"docker-events.route":"x"}},7,null,{"Id":"../../etc","Labels":{"docker-events.x":"y"}},{"Id":"a b","Labels":{"docker-events.x":"y"}}]
		on events
		    head
		    until a
		    start a
	E
	watch
	wait_for 5 asked 'containers/json'
	go a
	wait_for 5 runs a
	stop_watch
}

@test "no list is asked for when nothing is to be caught up with" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		running a
		container b docker-events.route=add default via 10.0.0.2
		on events
		    head
		    start b
	E
	watch --catch-up none
	wait_for 5 runs b
	told 0 'container=a '
	absent asked 'containers/json'
	stop_watch
}
