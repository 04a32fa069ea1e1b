#!/usr/bin/env bats
# cleat init: what is done before and when the program is told to stop.
# shellcheck disable=SC2016	# it is the program that expands $$ and such
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a PID1
# shellcheck disable=SC2153	# STATUS is that of init, status that of run

load init_lib

setup() { init_setup; }
teardown() { init_teardown; }

# polite: a program that says what it gets
polite() {
	cat > polite <<-'P'
	trap 'echo "program: TERM"; exit 3' TERM
	trap 'echo "program: USR1"' USR1
	trap 'echo "program: HUP"' HUP
	echo ready; while :; do sleep 0.02; done
	P
}

# --pre-stop

@test "the pre-stop command runs before the program hears of the stop" {
	polite
	boot --pre-stop "sh -c 'echo asked; while [ ! -e go ]; do sleep 0.02; done; echo answered'" sh polite
	wait_for 15 has out ready
	kill -TERM "$PID1"
	wait_for 15 has out asked
	kill -USR1 "$PID1"	# no stop signal: it is passed on at once
	wait_for 15 has out 'program: USR1'
	absent has out 'program: TERM'
	touch go
	ends 15
	[ "$STATUS" -eq 3 ]
	[ "$(cat out)" = "ready
asked
program: USR1
answered
program: TERM" ]
}

@test "stop signals that come while it runs are passed on behind it" {
	polite
	boot --stop-signal HUP,TERM --pre-stop "sh -c 'echo asked; while [ ! -e go ]; do sleep 0.02; done; echo answered'" sh polite
	wait_for 15 has out ready
	kill -HUP "$PID1"
	wait_for 15 has out asked
	kill -HUP "$PID1"
	kill -TERM "$PID1"
	touch go
	ends 15
	[ "$STATUS" -eq 3 ]
	[ "$(grep -c asked out)" -eq 1 ]
	[ "$(tail -n 2 out)" = "program: HUP
program: TERM" ]
}

@test "a pre-stop command that fails, or is not there, keeps nothing from stopping" {
	polite
	boot --pre-stop "sh -c 'exit 9'" sh polite
	wait_for 15 has out ready
	kill -TERM "$PID1"
	ends 15
	[ "$STATUS" -eq 3 ]
	has err 'the pre-stop command sh ended with status 9'
	boot --pre-stop /no/such/command sh polite
	wait_for 15 has out ready
	kill -TERM "$PID1"
	ends 15
	[ "$STATUS" -eq 3 ]
	has err 'run the pre-stop command /no/such/command: No such file'
}

@test "a pre-stop command that takes too long is killed, and the program still has its time" {
	cat > program <<-'P'
	trap 'sleep 0.5; echo cleaned; exit 3' TERM
	echo ready; while :; do sleep 0.02; done
	P
	boot --stop-timeout 3 --pre-stop "sh -c 'trap \"\" TERM; sleep 1001'" sh program
	wait_for 15 has out ready
	start=$(ms)
	kill -TERM "$PID1"
	ends 15
	[ "$STATUS" -eq 3 ]
	has out cleaned
	has err 'killing the pre-stop command'
	[ $(($(ms) - start)) -lt 3000 ]
	none_left 'sleep 1001'
}

@test "a program that ends while the pre-stop command runs is the end all the same" {
	boot --pre-stop "sh -c 'echo asked; exec sleep 1001'" \
		sh -c 'echo ready; while [ ! -e go ]; do sleep 0.02; done; exit 4'
	wait_for 15 has out ready
	kill -TERM "$PID1"
	wait_for 15 has out asked
	start=$(ms)
	touch go
	ends 15
	[ "$STATUS" -eq 4 ]
	[ $(($(ms) - start)) -lt 2000 ]
}

@test "with --restart the pre-stop command runs once, at the stop" {
	boot --restart always --pre-stop "sh -c 'echo asked'" sh -c 'echo run; exit 1'
	wait_for 15 again 3 run
	absent has out asked
	kill -TERM "$PID1"
	ends 15
	[ "$(grep -c asked out)" -le 1 ]
}

@test "a pre-stop command is told where the program was started, not of init's options" {
	polite
	CLEAT_INIT_PRE_STOP="sh -c 'pwd; env'" boot sh polite
	wait_for 15 has out ready
	kill -TERM "$PID1"
	ends 15
	has out "$T"
	absent has out CLEAT_INIT_
}

# --thug

@test "a thug kills what ignores or blocks a stop signal" {
	for how in 'signal.signal(signal.SIGTERM, signal.SIG_IGN)' \
		'signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])'; do
		printf 'import signal, time\n%s\nprint("ready", flush=True)\ntime.sleep(1000)\n' "$how" > deaf.py
		for place in "unshare -pf --mount-proc" "unshare -pf"; do
			boot_with "$place" --thug python3 deaf.py
			wait_for 15 has out ready
			start=$(ms)
			kill -TERM "$PID1"
			ends 15
			[ "$STATUS" -eq 137 ]
			[ $(($(ms) - start)) -lt 2000 ]
			has err 'does not hear TERM: KILL'
		done
	done
}

@test "a thug leaves alone what hears the signal, and signals that are no stop" {
	polite
	boot --thug sh -c 'trap "" USR1 HUP; exec sh polite'
	wait_for 15 has out ready
	kill -HUP "$PID1"
	kill -TERM "$PID1"
	ends 15
	[ "$STATUS" -eq 3 ]
	absent has err KILL
}

# What tini's users know

@test "orphans that are reaped are said with --warn-reap, and only those" {
	run in_ns -w sh -c '(sh -c "exit 9" &); sleep 0.3; true & wait'
	[ "$status" -eq 0 ]
	[[ $output == *'reaped the orphan '*', status 9'* ]]
	[ "$(grep -c orphan <<< "$output")" -eq 1 ]
}

@test "init gets the parent death signal that it asked for, and passes it on" {
	cat > parent <<-'P'
	"$CLEAT" init -p USR1 sh -c 'trap "echo orphaned; exit" USR1; echo ready; while :; do sleep 0.02; done' &
	while :; do sleep 0.02; done
	P
	CLEAT=$CLEAT sh parent > out 2> err 3>&- &
	parent=$!
	wait_for 15 has out ready
	kill -KILL $parent
	wait_for 15 has out orphaned
}
