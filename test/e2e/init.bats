#!/usr/bin/env bats
# cleat init as PID 1: real PID namespaces, real signals, real terminals.
# shellcheck disable=SC2016	# it is the program that expands $$ and such
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a PID1
# shellcheck disable=SC2153	# STATUS is that of init, status that of run

load init_lib

setup() { init_setup; }
teardown() { init_teardown; }

# The end of a program

@test "init exits with the program's status" {
	for want in 0 7 255; do
		run in_ns sh -c "exit $want"
		[ "$status" -eq "$want" ]
	done
}

@test "a program that a signal ended gives 128 and the signal" {
	run in_ns sh -c 'kill -TERM $$'
	[ "$status" -eq 143 ]
	run in_ns sh -c 'kill -KILL $$'
	[ "$status" -eq 137 ]
}

@test "a program that is not there gives 127 and says which" {
	run -127 in_ns /no/such/program
	[ "$output" = "cleat: error: run /no/such/program: No such file or directory" ]
	run -127 in_ns no-such-program
}

@test "a folder, and a file that is no program, give 126 and say which" {
	echo hello > text
	run in_ns "$T"
	[ "$status" -eq 126 ]
	[ "$output" = "cleat: error: run $T: Permission denied" ]
	chmod 755 text
	run in_ns "$T/text"
	[ "$status" -eq 126 ]
	[ "$output" = "cleat: error: run $T/text: Exec format error" ]
}

@test "init says nothing when all goes well" {
	run in_ns --with 'sleep 100' sh -c 'sleep 100 & exit 0'
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "a remapped status is what init exits with" {
	run in_ns -e 143 sh -c 'kill -TERM $$'
	[ "$status" -eq 0 ]
	run in_ns --remap-exit 1:3,4:5 -e 9 sh -c 'exit 4'
	[ "$status" -eq 5 ]
	run in_ns --remap-exit 1:3 sh -c 'exit 4'
	[ "$status" -eq 4 ]
}

# What it leaves behind

@test "a thousand orphans are reaped while the program goes on" {
	cat > program <<-'P'
	i=0
	while [ $i -lt 1000 ]; do (true &); i=$((i + 1)); done
	echo born
	exec sleep 100
	P
	boot sh program
	wait_for 20 has out born
	wait_for 10 absent pgrep -P "$PID1" -r Z
	state "$PID1" S
	[ "$(pgrep -c -P "$PID1")" -eq 1 ]
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 143 ]
}

@test "the death of an orphan ends nothing" {
	boot sh -c '(sh -c "exit 9" &); (sh -c "kill -KILL \$\$" &); sleep 0.2; echo on; sleep 100'
	wait_for 5 has out on
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 143 ]
}

@test "a grandchild in a session of its own is given the time to clean up" {
	cat > program <<-'P'
	setsid sh -c 'trap "sleep 1; echo cleaned; exit" TERM
		echo ready; while :; do sleep 0.02; done' &
	while ! grep -qs ready out; do sleep 0.02; done
	exit 3
	P
	boot sh program
	ends 5
	[ "$STATUS" -eq 3 ]
	has out cleaned
}

@test "init leaves as soon as nothing is left" {
	start=$(ms)
	run in_ns sh -c 'sleep 100 & setsid sleep 100 & exit 4'
	[ "$status" -eq 4 ]
	[ $(($(ms) - start)) -lt 1000 ]
}

@test "what ignores TERM is killed after the kill timeout" {
	start=$(ms)
	run in_ns -k 0.5 sh -c '(trap "" TERM; setsid sleep 100) & sleep 0.1; exit 3'
	took=$(($(ms) - start))
	[ "$status" -eq 3 ]
	[ "$output" = "cleat: warning: time is up: killing what is left" ]
	[ $took -ge 500 ]
	[ $took -lt 2000 ]
}

@test "a thousand that ignore TERM are killed, however few descriptors there are" {
	cat > program <<-'P'
	trap '' TERM
	i=0
	while [ $i -lt 1000 ]; do sleep 1000 & i=$((i + 1)); done
	exit 3
	P
	for with in '' '--with=sleep 1000'; do
		start=$(ms)
		run in_ns_with_12 -k 0.2 ${with:+"$with"} sh program
		[ "$status" -eq 3 ]
		[[ $output != *survive* ]]
		[ $(($(ms) - start)) -lt 3000 ]
	done
}

in_ns_with_12() (
	ulimit -n 12
	in_ns "$@"
)

@test "what forks faster than anyone can look is killed too" {
	cat > bomb.py <<-'P'
	import os, signal
	signal.signal(signal.SIGTERM, signal.SIG_IGN)
	while True:
	    if os.fork():
	        os._exit(0)
	P
	run timeout 20 unshare -pf --mount-proc "$CLEAT" init -k 0.3 \
		sh -c 'python3 bomb.py & sleep 0.3; exit 6' 3>&-
	[ "$status" -eq 6 ]
	run timeout 20 unshare -pf --mount-proc "$CLEAT" init -k 0.3 \
		--with 'sleep 100' sh -c 'python3 bomb.py & sleep 0.3; exit 6' 3>&-
	[ "$status" -eq 6 ]
}

@test "a stopped process that is left still ends at once" {
	cat > program <<-'P'
	setsid sh -c 'trap "echo cleaned; exit" TERM; echo $$ > pid
		while :; do sleep 0.02; done' &
	while [ ! -s pid ]; do sleep 0.02; done
	kill -STOP $(cat pid)
	exit 3
	P
	for with in '' '--with=sleep 1000'; do
		rm -f pid
		start=$(ms)
		run in_ns ${with:+"$with"} sh program
		[ "$status" -eq 3 ]
		[[ $output == *cleaned* ]]
		[ $(($(ms) - start)) -lt 2000 ]
	done
}

@test "an exec from outside, whose parent is 0, is waited for" {
	boot sh -c 'while [ ! -e go ]; do sleep 0.02; done; exit 5'
	nsenter -t "$PID1" -p -m sh -c 'cd "$1"; trap "sleep 1; echo cleaned > exec; exit" TERM
		echo "$$" "$(sed -n "s/^PPid:.//p" /proc/$$/status)" > born
		while :; do sleep 0.02; done' - "$T" 3>&- > log 2>&1 &
	outside=$!
	wait_for 5 test -s born
	[ "$(cut -d' ' -f2 born)" = 0 ]
	touch go
	ends 5
	[ "$STATUS" -eq 5 ]
	has exec cleaned
	wait $outside || true
}

@test "an exec from outside that ends while the program runs ends nothing" {
	boot sleep 100
	nsenter -t "$PID1" -p sh -c 'sleep 0.01 & exit 3' 3>&- || [ $? -eq 3 ]
	state "$PID1" S
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 143 ]
}

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
	state "$PID1" S
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
	[ $(($(ms) - start)) -lt 2000 ]
	absent has err survive
}

@test "one deadline holds for the program, what it leaves and the companions" {
	boot --stop-timeout 2 --with 'sh -c "trap : TERM; while :; do sleep 0.02; done"' \
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
	[ $took -le 2100 ]
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
	state "$PID1" S
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
	boot --restart always --with 'sh -c "pwd > with"' sh -c 'pwd; readlink /proc/self/fd/9'
	exec 9<&-
	thrice() { [ "$(grep -cx "$T" out)" -ge 3 ] && [ "$(grep -cx /etc/passwd out)" -ge 3 ]; }
	wait_for 5 thrice
	has with "$T"
}

@test "closed standard descriptors do no harm" {
	unshare -pf --mount-proc "$CLEAT" init sh -c 'echo hi; exit 3' <&- >&- 2>&- 3>&- || st=$?
	[ "$st" -eq 3 ]
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

# Odd surroundings

@test "with the /proc of the host everything is found all the same" {
	cat > say <<-'P'
	trap 'sleep 0.3; echo "$1 ends"; exit' TERM
	echo "$1 runs"; while :; do sleep 0.02; done
	P
	boot_with "unshare -pf" --with 'sh say companion' \
		sh -c '(setsid sh say left &); exec sh say program'
	for who in companion left program; do wait_for 5 has out "$who runs"; done
	nsenter -t "$PID1" -p sh say exec 3>&- > asked 2>&1 &
	wait_for 5 has asked 'exec runs'
	sleep 1000 3>&- &
	STRANGER=$!
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 0 ]
	[ "$(grep ends out)" = "program ends
left ends
companion ends" ]
	has asked 'exec ends'
	absent has err warning
	state "$STRANGER" S
}

@test "with the /proc of the host what ignores TERM is killed" {
	boot_with "unshare -pf" -k 0.3 --with 'sleep 1000' \
		sh -c '(trap "" TERM; setsid sleep 100) & sleep 0.1; exit 3'
	ends 3
	[ "$STATUS" -eq 3 ]
	[ "$(cat err)" = "cleat: warning: time is up: killing what is left" ]
}

@test "without any /proc everything ends all the same" {
	cat > say <<-'P'
	trap 'sleep 0.3; echo "$1 ends"; exit' TERM
	echo "$1 runs"; while :; do sleep 0.02; done
	P
	cat > run <<-'P'
	mount -t tmpfs none /proc
	exec "$@"
	P
	boot_with "unshare -pfm sh run" --with 'sh say companion' \
		sh -c '(setsid sh say left &); exec sh say program'
	for who in companion left program; do wait_for 5 has out "$who runs"; done
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 0 ]
	for who in companion left program; do has out "$who ends"; done
	boot_with "unshare -pfm sh run" -k 0.3 sh -c '(trap "" TERM; setsid sleep 100) & sleep 0.1; exit 3'
	ends 3
	[ "$STATUS" -eq 3 ]
}

@test "when init is not PID 1 its descendants are stopped and no stranger" {
	cat > program <<-'P'
	(setsid sh -c "setsid sleep 1001 & exec sleep 1001" &)
	while [ "$(pgrep -cfx "sleep 1001")" -lt 2 ]; do sleep 0.02; done
	exit 4
	P
	cat > all <<-'P'
	setsid sleep 1002 &
	"$CLEAT" init --with 'sleep 1000' sh program
	echo "status $?"
	ps -o args= -C sleep
	P
	start=$(ms)
	export CLEAT
	run apart sh all
	[ "$output" = "status 4
sleep 1002" ]
	[ $(($(ms) - start)) -lt 2000 ]
}

@test "a program on a file system that hangs does not hang init" {
	[ -c /dev/fuse ] || skip "no /dev/fuse"
	mkdir fs
	boot_with "unshare -pfm --mount-proc python3 $BATS_TEST_DIRNAME/hangfs.py $T/fs" \
		--with 'sh -c "echo companion; exec sleep 1000"' -- "$T/fs/program"
	wait_for 5 has out companion
	hangs() { pgrep -P "$PID1" -x cleat; }
	wait_for 5 hangs
	state "$PID1" S
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 143 ]
}

# Terminals

@test "on a terminal the program is in the foreground and ^C is for it" {
	cat > program.py <<-'P'
	import os, signal, sys, time
	signal.signal(signal.SIGINT, lambda *_: (print("interrupted", flush=True), sys.exit(9)))
	print("foreground", os.tcgetpgrp(0) == os.getpgrp() == os.getpid(), flush=True)
	print("read", sys.stdin.readline().strip(), flush=True)
	while True: time.sleep(100)
	P
	for init in "setsid -c $CLEAT init" "$CLEAT init"; do
		rm -f keys && mkfifo keys
		script -qefc "unshare -pf --mount-proc $init python3 program.py" log < keys > out 3>&- &
		NS=$!
		exec 8> keys
		wait_for 5 has out 'foreground True'
		echo word >&8
		wait_for 5 has out 'read word'
		printf '\003' >&8
		wait_for 5 has out interrupted
		exec 8>&-
		ends 5
		[ "$STATUS" -eq 9 ]
	done
}

@test "TTIN, TTOU and TSTP do not stop init" {
	boot sh -c 'trap "" TTIN TTOU TSTP; echo ready; while :; do sleep 0.02; done'
	wait_for 5 has out ready
	for s in TTIN TTOU TSTP; do kill -$s "$PID1"; done
	kill -USR1 "$PID1"
	ends 5
	[ "$STATUS" -eq 138 ]
}

@test "a terminal that hangs up ends the program and init" {
	mkfifo keys
	script -qefc "echo \$\$ > pid; exec unshare -pf --mount-proc setsid -c $CLEAT init sleep 1003" log < keys > out 3>&- &
	NS=$!
	exec 8> keys
	wait_for 5 pgrep -fx 'sleep 1003'
	kill -KILL $NS
	exec 8>&-
	wait_for 5 none_left 'sleep 1003'
	wait_for 5 is_gone "$(cat pid)"
}

# Mistakes

@test "a wrong command line says in one line what is wrong and runs nothing" {
	wrong() {
		run in_ns "${@:2}" touch ran
		[ "$status" -eq 2 ] && [ "${#lines[@]}" -eq 1 ] &&
			[[ $output == *"$1"* ]] && [ ! -e ran ] ||
			{ echo "init ${*:2}: $status: $output"; return 1; }
	}
	wrong '--no-such-option' --no-such-option
	wrong '-Z' -Z
	wrong '--kill-timeout: bad value "x": expected seconds' --kill-timeout x
	wrong '--kill-timeout: bad value "-1"' --kill-timeout=-1
	wrong '--stop-timeout: bad value "nan"' --stop-timeout nan
	wrong '--stop-signal: bad value "TERM,NOPE"' --stop-signal TERM,NOPE
	wrong '--stop-signal: bad value "KILL"' --stop-signal KILL
	wrong '--stop-signal: bad value ""' --stop-signal=
	wrong '--stop-signal: bad value "65"' --stop-signal 65
	wrong '--rewrite: bad value "TERM"' --rewrite TERM
	wrong '-r: bad value "CHLD:TERM"' -r CHLD:TERM
	wrong '-r: bad value "SEGV:TERM"' -r SEGV:TERM
	wrong '-r: bad value "TERM:99"' -r TERM:99
	wrong '-r: bad value "TERM:INT,"' -r TERM:INT,
	wrong '-e: bad value "256"' -e 256
	wrong '-e: bad value "1:x"' -e 1:x
	wrong '--remap-exit: bad value "1:2:3"' --remap-exit 1:2:3
	wrong '--restart: bad value "sometimes": expected no, on-failure or always' --restart sometimes
	wrong '--with' --with "sh -c 'no end"
	wrong '--with: bad value ""' --with ''
	wrong '--with: bad value "$NO_SUCH_NAME"' --with '$NO_SUCH_NAME'
	wrong '--notify: bad value "host:0"' --notify host:0
	wrong '--notify: bad value "host:65536"' --notify host:65536
	wrong '--notify: bad value ":47200"' --notify :47200
	wrong '--notify: bad value "-x:1"' --notify -x:1
	wrong '--notify: bad value "[::1"' --notify '[::1'
	CLEAT_INIT_RESTART=sometimes wrong '$CLEAT_INIT_RESTART: bad value'
	run in_ns --kill-timeout
	[ "$status" -eq 2 ]
	run in_ns
	[ "$status" -eq 2 ]
	[ "$output" = "cleat: warning: init: no program to run: see cleat init --help" ]
}

@test "no more companions are taken than there is room for" {
	many() { for _ in $(seq "$1"); do printf 'true;'; done; }
	run in_ns --with "$(many 16)" true
	[ "$status" -eq 0 ]
	run in_ns --with "$(many 16)" --with true true
	[ "$status" -eq 2 ]
	[[ ${lines[0]} == *'no more than 16 companions' ]]
}

@test "every option has a variable, and the command line has the last word" {
	CLEAT_INIT_REMAP_EXIT=3:4 run in_ns sh -c 'exit 3'
	[ "$status" -eq 4 ]
	CLEAT_INIT_REMAP_EXIT=3:4 run in_ns -e 3:5 sh -c 'exit 3'
	[ "$status" -eq 5 ]
}
