#!/usr/bin/env bats
# cleat init under the names of other inits.
# shellcheck disable=SC2016	# it is the program that expands $$ and such
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a PID1
# shellcheck disable=SC2153	# STATUS is that of init, status that of run

load init_lib

setup() {
	init_setup
	mkdir bin
	for name in tini docker-init dumb-init catatonit dock; do
		ln "$(readlink -f "$CLEAT")" "bin/$name" 2> /dev/null || cp "$CLEAT" "bin/$name"
	done
	PATH=$T/bin:$PATH
}
teardown() {
	[ -z "${INIT:-}" ] || pkill -KILL -P "$INIT" || :
	[ -z "${INIT:-}" ] || kill -KILL "$INIT" 2>/dev/null || :
	[ -z "${LEFT:-}" ] || kill -KILL "$LEFT" 2>/dev/null || :
	init_teardown
}

# start NAME ARG...: an init that is not PID 1, as the suites of the originals have it
start() {
	"$@" > out 2> err < /dev/null 3>&- &
	INIT=$!
}

# stopped: sets STATUS
stopped() {
	wait_for "$1" is_gone "$INIT" || return 1
	STATUS=0
	wait "$INIT" || STATUS=$?
	INIT=
}

# signals_program: a program that prints the number of each signal it gets
signals_program() {
	cat > signals.py <<-'P'
	import signal, sys
	def got(n, _): print(n, flush=True)
	for n in range(1, 32):
	    if n not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD): signal.signal(n, got)
	print("ready", flush=True)
	while True: signal.pause()
	P
}

last_is() { [ "$(tail -n 1 out)" = "$1" ]; }

@test "the exit status is the program's, or that of the original when it cannot be run" {
	for name in tini docker-init dumb-init catatonit dock; do
		for want in 0 1 127 255; do
			run "-$want" "$name" sh -c "exit $want"
		done
		run "$name" sh -c 'kill -TERM $$'
		[ "$status" -eq 143 ]
	done
	run -127 tini /no/such/program
	[[ $output == *'exec /no/such/program failed: No such file or directory' ]]
	run -126 tini /etc
	run -2 dumb-init -- /no/such/program
	[[ $output == *'[dumb-init] /no/such/program: No such file or directory' ]]
	run -1 catatonit /no/such/program
	run -255 dock /no/such/program
}

@test "a script that does not begin with #! is run by the shell" {
	mkdir scripts
	printf 'echo "$0 $*" \303\251; exit 9\n' > scripts/plain
	chmod 755 scripts/plain
	PATH=$PATH:scripts
	for name in tini docker-init dumb-init catatonit; do
		run -9 --separate-stderr "$name" scripts/plain a 'b c'
		[ "$output" = 'scripts/plain a b c é' ]
		run -9 --separate-stderr "$name" plain a
		[ "$output" = 'scripts/plain a é' ]
	done
	run -255 dock plain	# as that did
	printf '\177ELF\2\1\1' > scripts/foreign
	chmod 755 scripts/foreign
	run -126 tini foreign
	run -2 dumb-init foreign
}

@test "wrong usage and no program give 1" {
	for name in tini docker-init dumb-init catatonit; do
		run -1 "$name"
		run -1 "$name" --no-such-option true
	done
	run -1 tini -p NOPE true
	run -1 tini -e 256 true
	run -1 dock --no-such-option true
	run -1 dumb-init -r
	for bad in '' herp herp:derp 15 15::12 15:derp 0 1:32; do
		run -1 dumb-init -r 15:12 -r "$bad" echo no
		[ "$output" = "Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and 31.
This option can be specified multiple times.
Use --help for full usage." ]
	done
}

@test "versions and licences are where programs look for them" {
	ln bin/tini bin/tini-static
	for name in tini tini-static docker-init; do
		[[ $("$name" --version) == 'tini version 0.19.0 '* ]]
		"$name" -h | grep -q "Usage: $name "
		"$name" -h | grep -q 'supervision of a valid init process'
		"$name" -l | grep -q 'MIT License'
	done
	[[ $(catatonit --version) == 'tini version '*_catatonit* ]]
	[[ $(catatonit -V) == 'tini version '*_catatonit* ]]
	catatonit -L | grep -q 'MIT License'
	[ "$(dumb-init -V 2>&1)" = 'dumb-init v1.2.5' ]
	[ "$(dumb-init --vers 2>&1)" = 'dumb-init v1.2.5' ]
	[[ $(dumb-init --help 2>&1 | sed -n 2p) == 'Usage: dumb-init [option] command [[arg] ...]' ]]
	[[ $(dock --version) == 'dock version v'* ]]
	dock --help | grep -q -- --stdout-prefix
	# only where it is the one argument, and no command of cleat's
	run -1 tini --version true
	run -2 "$CLEAT" tini true
}

@test "signals reach the program, and no deadline of ours ends it" {
	signals_program
	for name in tini docker-init 'dumb-init' 'dumb-init -c' catatonit; do
		# shellcheck disable=SC2086	# words
		start $name python3 signals.py
		wait_for 15 last_is ready
		for n in 1 2 3 10 12 15 28; do
			kill -$n "$INIT"
			wait_for 15 last_is $n
		done
		kill -KILL "$(pgrep -P "$INIT")"
		stopped 15
		[ "$STATUS" -eq 137 ]
	done
}

@test "signals that tell of a bug reach the program of dumb-init, as others do" {
	signals_program
	for how in dumb-init 'dumb-init -c'; do
		# shellcheck disable=SC2086	# words
		start $how python3 signals.py
		wait_for 15 last_is ready
		for n in 4 5 6 7 8 11 31; do
			kill -$n "$INIT"
			wait_for 15 last_is $n
		done
		kill -KILL "$(pgrep -P "$INIT")"
		stopped 15
	done
}

# tini

@test "tini is no reaper of orphans unless asked, and warns of it" {
	orphan='(sleep 1005 & echo $! > left); ps -o ppid= -p "$(cat left)"; kill "$(cat left)"'
	start tini sh -c "$orphan"
	me=$INIT
	stopped 15
	[ "$(tr -d ' ' < out)" != "$me" ]
	has err "zombie reaping won't work"
	start tini -s sh -c "$orphan"
	me=$INIT
	stopped 15
	[ "$(tr -d ' ' < out)" = "$me" ]
	[ ! -s err ]
	TINI_SUBREAPER='' start tini sh -c "$orphan"
	me=$INIT
	stopped 15
	[ "$(tr -d ' ' < out)" = "$me" ]
}

@test "tini takes its options and variables" {
	for code in 0 1 143 255; do
		run -0 tini -e $code -- sh -c "exit $code"
		run -"$code" tini -e 7 -- sh -c "exit $code"
	done
	run tini -s -w -- sh -c '(sh -c "exit 3" &); sleep 0.3'
	[[ $output == *'Reaped zombie process with pid='* ]]
	TINI_VERBOSITY=3 run tini true
	[[ $output == *'Received SIGCHLD'* ]]
	TINI_VERBOSITY=0 run tini true
	[ -z "$output" ]
	run -127 tini -- -- true
	echo 'exit 0' | tini sh
}

@test "tini keeps to itself what the terminal sends to its background" {
	signals_program
	start tini -vv python3 signals.py
	wait_for 15 last_is ready
	kill -TTIN "$INIT"
	kill -TTOU "$INIT"
	kill -TSTP "$INIT"
	wait_for 15 grep -qx 20 out	# what tini says comes before or behind it
	wait_for 15 grep -q 'Passing signal' out
	[ "$(grep -cx '2[12]' out)" -eq 0 ]
	[ "$(grep -c 'Passing signal' out)" -eq 1 ]
	kill -KILL "$(pgrep -P "$INIT")"
	stopped 15
}

@test "tini signals the process group with -g and TINI_KILL_PROCESS_GROUP" {
	start tini -g sh -c 'trap : USR1; (trap "echo child; exit" USR1; echo ready; while :; do sleep 0.02; done) & wait; wait'
	wait_for 15 has out ready
	kill -USR1 "$INIT"
	stopped 15
	has out child
	TINI_KILL_PROCESS_GROUP="" start tini sh -c 'trap : USR1; (trap "echo child; exit" USR1; echo ready; while :; do sleep 0.02; done) & wait; wait'
	wait_for 15 has out ready
	kill -USR1 "$INIT"
	stopped 15
	has out child
}

# leaves_alone NAME: what the program leaves goes on when NAME, not PID 1, ends
leaves_alone() {
	start "$@" sh -c 'setsid sleep 1004 & echo $! > left
		until [ "$(ps -o sid= -p $! | tr -d " ")" = $! ]; do sleep 0.02; done; exit 3'
	stopped 15
	[ "$STATUS" -eq 3 ]
	LEFT=$(cat left)
	kill -KILL "$LEFT"
	LEFT=
}

@test "what is left is left alone where we are not PID 1" {
	for name in tini 'tini -s' catatonit dumb-init 'dumb-init -c'; do
		# shellcheck disable=SC2086	# words
		leaves_alone $name
	done
}

@test "as PID 1 they wait for what is left, which the originals do not" {
	for name in tini dumb-init 'dumb-init -c' catatonit; do
		# shellcheck disable=SC2086	# words
		run unshare -pf --mount-proc $name sh -c '(setsid sh -c "trap \"sleep 0.3; echo cleaned; exit\" TERM
			echo ready > ready; while :; do sleep 0.02; done" &)
			while [ ! -s ready ]; do sleep 0.02; done; exit 4' 3>&-
		echo "$name: $status: $output"
		[ "$status" -eq 4 ]
		[[ $output == *cleaned* ]]
		rm ready
	done
}

# dumb-init

@test "dumb-init signals the whole session, and the child alone with -c or DUMB_INIT_SETSID=0" {
	pipeline='(trap "echo child; exit" TERM; echo ready; while :; do sleep 0.02; done) & wait'
	start dumb-init sh -c "$pipeline"
	wait_for 15 has out ready
	kill -TERM "$INIT"
	stopped 15
	wait_for 15 has out child
	for how in -c ''; do
		DUMB_INIT_SETSID=$([ -n "$how" ] || echo 0) start dumb-init ${how:+"$how"} sh -c "$pipeline"
		wait_for 15 has out ready
		LEFT=$(pgrep -P "$(pgrep -P "$INIT")" -x sh)
		kill -TERM "$INIT"
		stopped 15
		absent is_gone "$LEFT"
		absent has out child
		kill -KILL "$LEFT"
		LEFT=
	done
}

@test "dumb-init rewrites and drops signals, also those that would stop the program" {
	signals_program
	start dumb-init -r 15:3 -r 2:0 --rewrite=28:0 -r 1:31 python3 signals.py
	wait_for 15 last_is ready
	kill -INT "$INIT"
	kill -WINCH "$INIT"
	kill -TERM "$INIT"
	wait_for 15 last_is 3
	kill -HUP "$INIT"
	wait_for 15 last_is 31
	[ "$(cat out)" = "ready
3
31" ]
	kill -KILL "$(pgrep -P "$INIT")"
	stopped 15
}

@test "dumb-init gives what is left in the session what TERM is rewritten to" {
	signals_program
	start dumb-init -r 15:2 sh -c 'python3 signals.py & echo $! > left; while ! grep -qs ready out; do sleep 0.02; done'
	stopped 15
	LEFT=$(cat left)
	wait_for 15 last_is 2
	kill -KILL "$LEFT"
	LEFT=
}

@test "dumb-init stops itself and the program for TSTP, TTIN and TTOU" {
	signals_program
	start dumb-init python3 signals.py
	wait_for 15 last_is ready
	program=$(pgrep -P "$INIT")
	for n in TSTP TTOU TTIN; do
		kill -$n "$INIT"
		wait_for 15 state "$INIT" T
		wait_for 15 state "$program" T
		kill -CONT "$INIT"
		wait_for 15 last_is 18
		wait_for 15 state "$INIT" S
		echo >> out
	done
	kill -KILL "$program"
	stopped 15
	# without a session of its own it gets the signal itself
	start dumb-init -c python3 signals.py
	wait_for 15 last_is ready
	kill -TSTP "$INIT"
	wait_for 15 last_is 20
	wait_for 15 state "$INIT" T
	kill -CONT "$INIT"
	wait_for 15 last_is 18
	kill -KILL "$(pgrep -P "$INIT")"
	stopped 15
}

@test "dumb-init says what it does with -v and DUMB_INIT_DEBUG=1" {
	dumb-init -v true 2> err
	[ "$(sed 's/PID [0-9]*/PID N/' err)" = "[dumb-init] Child spawned with PID N.
[dumb-init] setsid complete.
[dumb-init] Received signal 17.
[dumb-init] A child with PID N exited with exit status 0.
[dumb-init] Forwarded signal 15 to children.
[dumb-init] Child exited with status 0. Goodbye." ]
	DUMB_INIT_DEBUG=1 run dumb-init -c true
	[[ $output != *setsid* ]]
	[[ $output == *'Forwarded signal 15 to children.'* ]]
}

@test "dumb-init hands its terminal on, and the hang-up that comes of it to nobody" {
	cat > test.py <<-'P'
	import os, signal, sys
	from on_tty import Terminal
	t = Terminal(["dumb-init", "-v", "bash", "--norc", "-m", "-i"])
	t.send("echo \"flags: [[$-]]\"; tty; exit 5\r")
	t.expect(r"flags: \[\[[a-zA-Z]*m[a-zA-Z]*\]\]")
	t.expect("/dev/pts/")
	assert t.end() == 5
	t = Terminal(["dumb-init", "-v", "sleep", "20"])
	t.expect("Ignoring tty hand-off signal 1.")
	t.expect("Ignoring tty hand-off signal 18.")
	os.kill(t.pid, signal.SIGHUP)
	t.expect("Forwarded signal 1 to children.")
	assert t.end() == 129
	P
	PYTHONPATH=$BATS_TEST_DIRNAME timeout 60 python3 test.py 3>&-
}

# catatonit and dock

@test "catatonit is a reaper anywhere, and keeps the terminal's stops to itself" {
	signals_program
	start catatonit -g -- python3 signals.py
	wait_for 15 last_is ready
	for n in TSTP TTIN TTOU; do kill -$n "$INIT"; done
	kill -USR1 "$INIT"
	wait_for 15 last_is 10
	[ "$(cat out)" = "ready
10" ]
	kill -KILL "$(pgrep -P "$INIT")"
	stopped 15
}

@test "catatonit -P runs nothing, reaps, and ends on INT or TERM" {
	for sig in INT TERM; do
		unshare -pf --mount-proc catatonit -P 3>&- 7< /dev/null &
		NS=$!
		wait_for 15 find_pause
		[ ! -e "/proc/$PAUSE/fd/7" ]
		nsenter -t "$PAUSE" -p -m sh -c '(sleep 0.1 &)' 3>&-
		wait_for 15 absent pgrep -P "$PAUSE"
		kill -$sig "$PAUSE"
		ends 15
		[ "$STATUS" -eq 0 ]
	done
}
find_pause() { PAUSE=$(pgrep -P "$NS" -x catatonit) && state "$PAUSE" S; }

@test "dock takes its long options with one dash or two" {
	run dock -stdout-prefix=x: echo hi
	[ "$output" = x:hi ]
	run dock --stdout-prefix x: -thug=true --debug -i=false echo hi -n
	[[ $output == *'x:hi -n'* ]]
	[[ $output == *'echo runs as'* ]]
	run dock -io "file://$T/log" -log-rotate 6 -- echo hi
	[ "$(cat log)" = hi ]
	run dock -stdout-prefix -io echo hi
	[ "$output" = '-iohi' ]
}

@test "dock takes no notice of options that say nothing" {
	run -3 dock -io '' -web-hook= -log-rotate 0 -bind-port '' -stdout-prefix '' sh -c 'exit 3'
	[ -z "$output" ]
	run -3 dock -log-rotate 6 -strict-port-binding sh -c 'exit 3'
	[ -z "$output" ]
	run -1 dock -thug=perhaps true
	run -255 dock
}

@test "dock -i is for a terminal" {
	run -255 dock -i true < /dev/null
	[[ $output == *'-i: expected a terminal'* ]]
	cat > test.py <<-'P'
	from on_tty import Terminal
	t = Terminal(["dock", "-i", "sh", "-c", "tty; exit 4"])
	t.expect("/dev/pts/")
	assert t.end() == 4
	P
	PYTHONPATH=$BATS_TEST_DIRNAME timeout 60 python3 test.py 3>&-
}

@test "make install makes the links, as many as are asked for" {
	make -C "$BATS_TEST_DIRNAME/../.." -s install DESTDIR="$T/root" PREFIX=/usr
	for name in tini docker-init dumb-init catatonit dock; do
		[ "$T/root/usr/bin/$name" -ef "$T/root/usr/bin/cleat" ]
		# also for those who look where a link leads to
		[ "$(readlink -f "$T/root/usr/bin/$name")" = "$T/root/usr/bin/$name" ]
	done
	[[ $("$T/root/usr/bin/tini" --version) == 'tini version '* ]]
	make -C "$BATS_TEST_DIRNAME/../.." -s install DESTDIR="$T/other" PREFIX=/usr DIALECTS=tini
	[ "$(ls "$T/other/usr/bin")" = "cleat
tini" ]
}
