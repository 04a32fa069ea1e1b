#!/usr/bin/env bats
# cleat init and signals, and what the program gets from it.
# shellcheck disable=SC2016	# it is the program that expands $$ and such
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a PID1
# shellcheck disable=SC2153	# STATUS is that of init, status that of run

load init_lib

setup() { init_setup; }
teardown() { init_teardown; }

# Signals

@test "every signal that can be caught reaches the program" {
	cat > program.py <<-'P'
	import signal, time
	def got(n, _): print("got", n, flush=True)
	for n in list(range(1, 32)) + list(range(34, 65)):
	    try: signal.signal(n, got)
	    except OSError: pass
	print("ready", flush=True)
	while True: time.sleep(100)
	P
	boot --stop-signal TERM python3 program.py
	wait_for 5 has out ready
	for n in 1 2 3 10 12 13 14 16 18 20 21 22 23 24 25 26 27 28 29 30 \
		$(seq 34 64); do
		kill -"$n" "$PID1"
		wait_for 5 grep -qx "got $n" out
	done
	wait_for 5 state "$PID1" S
	kill -KILL "$PID1"
	ends 5
}

@test "signals are forwarded when init is not PID 1" {
	apart "$CLEAT" init bash -c 'trap "exit 9" RTMIN+3; echo ready
		while :; do sleep 0.02; done' > out &
	NS=$!
	wait_for 5 has out ready
	PID1=$(pgrep -P "$(pgrep -P "$(pgrep -P $NS)")" -x cleat)
	kill -37 "$PID1"
	ends 5
	[ "$STATUS" -eq 9 ]
}

@test "a signal is rewritten, or dropped" {
	cat > program <<-'P'
	trap 'echo usr1' USR1; trap 'echo hup' HUP; trap 'echo rt; exit 0' RTMIN+3
	echo ready; while :; do sleep 0.02; done
	P
	boot -r USR2:SIGUSR1 --rewrite HUP:0,TERM:RTMIN+3 bash program
	wait_for 5 has out ready
	kill -HUP "$PID1"
	kill -USR2 "$PID1"
	wait_for 5 has out usr1
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 0 ]
	[ "$(cat out)" = "ready
usr1
rt" ]
}

@test "with --group the whole process group is signalled" {
	cat > program <<-'P'
	(trap 'echo child; exit' USR1; while :; do sleep 0.02; done) &
	trap 'echo parent' USR1
	echo ready; while :; do sleep 0.02; done
	P
	boot -g sh program
	wait_for 5 has out ready
	kill -USR1 "$PID1"
	wait_for 5 has out child
	wait_for 5 has out parent
}

@test "without --group only the program is signalled" {
	cat > program <<-'P'
	(trap 'echo child; exit' USR1; trap 'exit' USR2; while :; do sleep 0.02; done) &
	trap 'echo parent; kill -USR2 $!; wait $!; exit 0' USR1
	echo ready; while :; do sleep 0.02; done
	P
	boot sh program
	wait_for 5 has out ready
	kill -USR1 "$PID1"
	ends 5
	[ "$(cat out)" = "ready
parent" ]
}

@test "a second TERM neither shortens nor breaks the wait for what is left" {
	cat > program <<-'P'
	setsid sh -c 'trap "echo cleaning; sleep 1; echo cleaned; exit" TERM
		echo ready; while :; do sleep 0.02; done' &
	while :; do sleep 0.02; done
	P
	boot sh program
	wait_for 5 has out ready
	kill -TERM "$PID1"
	wait_for 5 has out cleaning
	kill -TERM "$PID1"
	kill -INT "$PID1"
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 143 ]
	[ "$(grep -c cleaning out)" -eq 1 ]
	has out cleaned
}

@test "a TERM that comes before the program is up is not lost" {
	for _ in $(seq 30); do
		boot sleep 100
		kill -TERM "$PID1"
		ends 5
		[ "$STATUS" -eq 143 ]
	done
}

# forge: a program of python that sends init a signal as if init had sent it
forge() {
	cat > forge.py <<-'P'
	import ctypes, os, platform, signal, struct, time
	def forge(sig):
	    queue = 129 if platform.machine() == "x86_64" else 138
	    info = struct.pack("@iii4xii", sig, 0, -1, 1, 0).ljust(128, b"\0")
	    assert ctypes.CDLL(None).syscall(queue, 1, sig, info) == 0
	print("ready", flush=True)
	P
	cat >> forge.py
	boot python3 forge.py
	wait_for 5 has out ready
}

@test "a CHLD that the program forges does not hide its end from init" {
	forge <<-'P'
	while not os.path.exists("go"): time.sleep(0.02)
	forge(signal.SIGCHLD)
	os._exit(6)
	P
	program=$(pgrep -P "$PID1")
	kill -STOP "$PID1"	# so that both signals wait, which are then one
	wait_for 5 state "$PID1" T
	touch go
	wait_for 5 state "$program" Z
	kill -CONT "$PID1"
	ends 3
	[ "$STATUS" -eq 6 ]
}

@test "a TERM that the program says is init's own stops it as any other" {
	forge <<-'P'
	forge(signal.SIGTERM)
	time.sleep(100)
	P
	ends 3
	[ "$STATUS" -eq 143 ]
}

@test "a stopped program still ends on TERM" {
	boot sh -c 'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.02; done'
	wait_for 5 has out ready
	program=$(pgrep -P "$PID1")
	kill -STOP "$program"
	wait_for 5 state "$program" T
	kill -TERM "$PID1"
	ends 3
	[ "$STATUS" -eq 0 ]
	has out bye
}

@test "a program that ignores TERM is killed in time for the stop timeout" {
	start=$(ms)
	boot --stop-timeout 1 sh -c 'trap "" TERM; echo ready; while :; do sleep 0.02; done'
	wait_for 5 has out ready
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 137 ]
	[ $(($(ms) - start)) -lt 4000 ]
	absent has err survive
}

@test "one deadline holds for the program, what it leaves and the companions" {
	boot --stop-timeout 2 --with 'sh -c "trap : TERM; while :; do sleep 0.02; done"' \
		--with 'sh -c "trap \"sleep 0.1; echo polite; exit\" TERM; while :; do sleep 0.02; done"' \
		sh -c 'trap "setsid sleep 100 & sleep 1; exit 6" TERM; trap "" HUP
		setsid sh -c "trap : TERM; while :; do sleep 0.02; done" &
		echo ready; while :; do sleep 0.02; done'
	wait_for 5 has out ready
	start=$(ms)
	kill -TERM "$PID1"
	ends 5
	took=$(($(ms) - start))
	[ "$STATUS" -eq 6 ]
	[ $took -ge 1000 ]
	[ $took -le 2500 ]
	has out polite		# it was left some time
}

# chain OPTION...: 1000 processes, each the child of the one before, outlive the
# program and ignore TERM
chain() {
	echo '[ $1 -gt 0 ] || { echo ready; exec sleep 1000; }; sh chain $(($1 - 1)) & wait' > chain
	boot --stop-timeout 2 "$@" sh -c '(trap "" TERM; exec sh chain 1000) & wait'
	wait_for 30 has out ready
	start=$(ms)
	kill -TERM "$PID1"
	ends 10
	took=$(($(ms) - start))
	echo "it took $took ms"
	[ "$STATUS" -eq 143 ]
	[ $took -le 4500 ]	# a busy machine; climbing took 6000 and more
}

@test "a chain of 1000 processes that ignore TERM is gone in time" {
	chain
}

@test "so it is beside a companion, whose descendants are told apart" {
	chain --with 'sleep 1000'
}

@test "another stop signal can be chosen" {
	boot --stop-signal RTMIN+3,USR1 --restart always \
		bash -c 'trap "exit 4" RTMIN+3 TERM; echo run; while :; do sleep 0.02; done'
	wait_for 5 has out run
	kill -TERM "$PID1"
	twice() { [ "$(grep -c run out)" -eq 2 ]; }
	wait_for 5 twice
	kill -37 "$PID1"
	ends 5
	[ "$STATUS" -eq 4 ]
}

@test "a signal that may not be sent ends nothing" {
	cp "$(command -v setpriv)" setpriv
	chmod 4755 setpriv
	chmod 777 .
	boot_with "unshare -pf --mount-proc setpriv --reuid 12345 --clear-groups" \
		"$T/setpriv" --reuid=0 sh -c 'echo ready; while [ ! -e go ]; do sleep 0.02; done; exit 5'
	wait_for 5 has out ready
	kill -USR1 "$PID1"
	wait_for 5 has err "forward USR1 to $T/setpriv: Operation not permitted"
	wait_for 5 state "$PID1" S
	touch go
	ends 5
	[ "$STATUS" -eq 5 ]
}

# What the program gets

@test "the program does not see the options of init" {
	CLEAT_INIT_VERBOSE=1 CLEAT_INIT_WITH='sh -c "env > with; exec sleep 100"' KEPT=yes \
		boot sh -c 'env; while [ ! -e go ]; do sleep 0.02; done'
	wait_for 5 test -s with
	touch go
	ends 5
	has err 'sh runs as'
	has out KEPT=yes
	absent has out CLEAT_INIT_
	absent has with CLEAT_INIT_
}

@test "the program gets the signal mask and dispositions that init got" {
	cat > start.py <<-'P'
	import os, signal, sys
	signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTTIN])
	for s in signal.SIGTTOU, signal.SIGCHLD, signal.SIGHUP:
	    signal.signal(s, signal.SIG_IGN)
	os.execvp(sys.argv[1], sys.argv[1:])
	P
	python3 start.py grep -E 'Sig(Blk|Ign)' /proc/self/status > want
	apart python3 start.py "$CLEAT" init grep -E 'Sig(Blk|Ign)' /proc/self/status > got
	diff want got
	# and init learns how a child ends all the same
	run apart python3 start.py "$CLEAT" init sh -c 'exit 7'
	[ "$status" -eq 7 ]
}

@test "LISTEN_PID names the program if it named init" {
	LISTEN_PID=1 LISTEN_FDS=1 run in_ns sh -c 'echo $LISTEN_PID = $$, $LISTEN_FDS'
	[ "$output" = "2 = 2, 1" ]
	LISTEN_PID=77 run in_ns sh -c 'echo $LISTEN_PID'
	[ "$output" = 77 ]
}

@test "the program gets folder and descriptors, and init lets go of them" {
	exec 9< /etc/passwd
	boot sh -c 'pwd; readlink /proc/self/fd/9; echo ready; sleep 100'
	exec 9<&-
	wait_for 5 has out ready
	[ "$(cat out)" = "$T
/etc/passwd
ready" ]
	[ "$(readlink "/proc/$PID1/cwd")" = / ]
	run ls -l "/proc/$PID1/fd"
	[[ $output != *passwd* ]]
	kill -TERM "$PID1"
	ends 5
}

@test "a program that is started again gets them again" {
	exec 9< /etc/passwd
	echo 'echo "beside in $(pwd), 9 is $(readlink /proc/self/fd/9)"' > where
	boot --restart always --with "sh $T/where" sh -c 'pwd; readlink /proc/self/fd/9'
	exec 9<&-
	thrice() { [ "$(grep -cx "$T" out)" -ge 3 ] && [ "$(grep -cx /etc/passwd out)" -ge 3 ]; }
	wait_for 5 thrice
	wait_for 5 again 3 "beside in $T, 9 is "
}

@test "closed standard descriptors do no harm" {
	in_ns sh -c 'readlink /proc/self/fd/0 /proc/self/fd/2 > fds
		exit 3' <&- >&- 2>&- || st=$?
	[ "$st" -eq 3 ]
	[ "$(cat fds)" = "/dev/null
/dev/null" ]
}

@test "init does not wake up while nothing happens" {
	boot --with 'sleep 100' sleep 100
	runs() { [ "$(pgrep -c -P "$PID1" -x sleep)" -eq 2 ] && state "$PID1" S; }
	wait_for 5 runs
	switches() { sed -n 's/^\(non\)\?voluntary_ctxt_switches://p' "/proc/$PID1/status"; }
	before=$(switches)
	sleep 2		# the time that is measured
	[ "$(switches)" = "$before" ]
}
