#!/usr/bin/env bats
# What the event stream is made of, cut anywhere and framed in any way: each
# event is read, and what is none keeps nobody from the next one.

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
