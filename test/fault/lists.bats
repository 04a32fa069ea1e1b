#!/usr/bin/env bats
# The list of containers that run already: late, failing, odd or refused.
# Theirs are applied when it comes, and nobody waits for it.

load fault_lib
setup() { fault_setup; }
teardown() { fault_teardown; }

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

@test "a list that fails for seconds is asked for until it is answered, and told once" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		running a
		container b docker-events.route=add default via 10.0.0.2
		on list
		    status 500 try again
		on list
		    cut
		on list
		    status 503 try again
		on list
		    status 500 still no list
		on events
		    head
		    until b
		    start b
	E
	watch
	wait_for 5 said 'level=error msg="cannot list containers: .*trying again" reason=.*still no list'
	go b
	wait_for 5 runs b
	wait_for 5 runs a
	told 1 'level=error'
	stop_watch
}

@test "a list that never comes keeps no start waiting, and is asked for once over many streams" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on list always
		    until never
		on events
		    head
		    end
		on events
		    head
		    end
		on events
		    head
		    end
		on events
		    head
		    end
		on events
		    head
		    until a
		    start a
	E
	watch --jobs 1
	wait_for 5 told 5 'msg="watching: '
	go a
	wait_for 2 runs a
	[ "$(grep -c 'GET .*/containers/json' "$ASKED")" = 1 ]
	stop_watch
}

@test "behind a list that was late another one is asked for after a stream that was cut" {
	engine <<-'E'
		container a docker-events.route=add default via 10.0.0.1
		on list
		    until list
		    json []
		on events
		    head
		    end
		on events
		    head
		    until never
	E
	watch
	wait_for 5 told 2 'msg="watching: '
	[ "$(grep -c 'GET .*/containers/json' "$ASKED")" = 1 ]
	go list
	second() { [ "$(grep -c 'GET .*/containers/json' "$ASKED")" = 2 ]; }
	wait_for 2 second
	stop_watch
}
