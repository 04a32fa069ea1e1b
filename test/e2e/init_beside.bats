#!/usr/bin/env bats
# cleat init: restarts and companions.
# shellcheck disable=SC2016	# it is the program that expands $$ and such
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a PID1
# shellcheck disable=SC2153	# STATUS is that of init, status that of run

load init_lib

setup() { init_setup; }
teardown() { init_teardown; }

# Starting it again

@test "a program that fails is started again until it succeeds" {
	cat > program <<-'P'
	echo run; [ "$(grep -c run out)" -lt 4 ] || exit 0
	[ "$(grep -c run out)" -ne 2 ] || kill -KILL $$
	exit 1
	P
	boot --restart on-failure sh program
	ends 10
	[ "$STATUS" -eq 0 ]
	[ "$(grep -c run out)" -eq 4 ]
	[ "$(cat err)" = "cleat: warning: sh ended with status 1: again in 100 ms
cleat: warning: sh ended with status 137: again in 200 ms
cleat: warning: sh ended with status 1: again in 400 ms" ]
}

@test "what no restart would mend is not started again on failure" {
	for want in 0 2 75 77 78 126 127; do
		run "-$want" in_ns --restart on-failure sh -c "echo run; exit $want"
		[ "$output" = run ]
	done
	run -127 in_ns --restart on-failure /no/such/program
}

@test "with --restart always it is started again whatever the status" {
	boot --restart always sh -c 'echo run; exit 0'
	wait_for 5 again 3 run
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 0 ]
}

@test "a program that TERM ended is not started again" {
	for when in on-failure always; do
		boot --restart $when sh -c 'trap "exit 1" TERM; echo run; while :; do sleep 0.02; done'
		wait_for 5 again 1 run
		kill -TERM "$PID1"
		ends 5
		[ "$STATUS" -eq 1 ]
		[ "$(cat out)" = run ]
	done
}

@test "TERM during the pause before a restart ends at once" {
	boot --restart on-failure sh -c 'exit 1'
	wait_for 10 has err 'again in 1600 ms'
	start=$(ms)
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 1 ]
	[ $(($(ms) - start)) -lt 1000 ]
}

@test "what a run left is stopped before the next one starts" {
	cat > program <<-'P'
	echo run "$(pgrep -c sleep)"
	setsid sleep 1000 &
	(trap '' TERM; setsid sleep 1000) &
	sleep 0.1
	exit 1
	P
	boot -k 0.2 --restart on-failure sh program
	wait_for 10 again 3 'run 0'
	absent has out 'run 1'
	kill -TERM "$PID1"
	ends 5
}

# Companions

@test "a companion runs beside the program, in a session of its own, with no input" {
	STDIN=/etc/passwd boot --with 'sh -c "readlink /proc/self/fd/0; exec sleep 1000"' \
		sh -c 'echo program; exec sleep 1001'
	wait_for 5 has out program
	wait_for 5 has out /dev/null
	wait_for 5 pgrep -P "$PID1" -fx 'sleep 1000'
	pid=$(pgrep -P "$PID1" -fx 'sleep 1000')
	[ "$(ps -o sid= -p "$pid" | tr -d ' ')" = "$pid" ]
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 143 ]
}

@test "a companion that ends is started again, later each time" {
	boot --with 'sh -c "echo tick"' sleep 1000
	wait_for 5 again 4 tick
	kill -TERM "$PID1"
	start=$(ms)
	ends 5
	[ $(($(ms) - start)) -lt 1000 ]
	[ "$STATUS" -eq 143 ]
	[ "$(head -n 2 err)" = "cleat: warning: companion sh ended with status 0
cleat: warning: companion sh ended with status 0" ]
	[ "$(grep -c tick out)" -lt 8 ]
}

@test "companions are stopped after the program and all that it left" {
	cat > say <<-'P'
	trap 'sleep 0.2; echo "$1 ends"; exit' TERM
	echo "$1 runs"; while :; do sleep 0.02; done
	P
	boot --with 'sh say one; sh say two' \
		sh -c 'setsid sh say left & exec sh say program'
	for who in one two left program; do wait_for 5 has out "$who runs"; done
	kill -TERM "$PID1"
	ends 5
	[ "$(grep ends out | sed -n 1p)" = "program ends" ]
	[ "$(grep ends out | sed -n 2p)" = "left ends" ]
	[ "$(grep ends out | sed -n 3,4p | sort)" = "one ends
two ends" ]
}

@test "what a companion starts is not taken for something the program left" {
	boot --with 'sh -c "trap \"echo never\" TERM; setsid sh -c \"trap : TERM; echo ready; while :; do sleep 0.02; done\"; :"' \
		-k 2 sh -c 'while [ ! -e go ]; do sleep 0.02; done; exit 4'
	wait_for 5 has out ready
	start=$(ms)
	touch go
	ends 5
	[ "$STATUS" -eq 4 ]
	absent has err 'killing what is left'
}

@test "a companion that ignores TERM is killed" {
	boot -k 0.3 --with 'sh -c "trap : TERM; echo ready; while :; do sleep 0.02; done"' \
		sh -c 'while [ ! -e go ]; do sleep 0.02; done; exit 4'
	wait_for 5 has out ready
	touch go
	ends 3
	[ "$STATUS" -eq 4 ]
	has err 'time is up: killing the companions'
}

@test "a stopped companion ends" {
	boot --with 'sleep 1000' sleep 1001
	wait_for 5 pgrep -P "$PID1" -fx 'sleep 1000'
	kill -STOP "$(pgrep -P "$PID1" -fx 'sleep 1000')"
	kill -TERM "$PID1"
	ends 3
}

@test "a companion that cannot be run harms nothing" {
	boot --with /no/such/companion sh -c 'while [ ! -e go ]; do sleep 0.02; done; exit 4'
	wait_for 5 has err 'run companion /no/such/companion: No such file or directory'
	touch go
	ends 5
	[ "$STATUS" -eq 4 ]
	absent has err ended
}

@test "--notify keeps notifier.sh running with host and port" {
	mkdir bin
	cat > bin/notifier.sh <<-'P'
	#!/bin/sh
	trap 'echo "stop $*"; exit' TERM
	echo "start $*"; while :; do sleep 0.02; done
	P
	chmod 755 bin/notifier.sh
	PATH=$T/bin:$PATH boot --notify 10.0.0.1:4711 --notify '[fe80::1%eth0]:1' \
		--notify fe80::2 sleep 1000
	for to in '10.0.0.1 4711' 'fe80::1%eth0 1' fe80::2; do
		wait_for 5 grep -qx "start $to" out
	done
	kill -TERM "$PID1"
	ends 5
	for to in '10.0.0.1 4711' 'fe80::1%eth0 1' fe80::2; do
		grep -qx "stop $to" out
	done
}
