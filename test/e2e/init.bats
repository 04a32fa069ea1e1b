#!/usr/bin/env bats
# cleat init as PID 1 of a real PID namespace: how it ends, what it waits for.
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
	[ "$output" = "cleat: error: run no-such-program: No such file or directory: expected a program that is in \$PATH" ]
	printf '#!/no/such/interpreter\n' > script
	chmod 755 script
	run -127 in_ns ./script
	[ "$output" = "cleat: error: run ./script: No such file or directory: expected the interpreter or loader that it names" ]
}

@test "a folder, and a file that is no program, give 126 and say which" {
	echo hello > text
	run in_ns "$T"
	[ "$status" -eq 126 ]
	[ "$output" = "cleat: error: run $T: Permission denied: it is a folder: expected a program" ]
	chmod 755 text
	run in_ns "$T/text"
	[ "$status" -eq 126 ]
	[ "$output" = "cleat: error: run $T/text: Exec format error: expected a program, or a script that begins with #!" ]
}

@test "nothing is started for a program that cannot be run" {
	echo hello > text
	chmod 755 text
	for program in /no/such/program no-such-program "$T" "$T/text" ./err /dev/null; do
		st=0
		in_ns --with 'sh -c "touch started"' --restart always "$program" 2> err || st=$?
		echo "$program: $st: $(cat err)"
		[ $st -eq 126 ] || [ $st -eq 127 ]
		[ "$(wc -l < err)" -eq 1 ]
		[[ $(cat err) == "cleat: error: run $program: "* ]]
		[ ! -e started ]
	done
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
	wait_for 5 state "$PID1" S
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
	[ $(($(ms) - start)) -lt 4000 ]
}

@test "what ignores TERM is killed after the kill timeout" {
	start=$(ms)
	run in_ns -k 0.5 sh -c '(trap "" TERM; setsid sleep 100) & sleep 0.1; exit 3'
	took=$(($(ms) - start))
	[ "$status" -eq 3 ]
	[ "$output" = "cleat: warning: time is up: killing what is left" ]
	[ $took -ge 500 ]
	[ $took -lt 4000 ]
}

@test "a thousand that ignore TERM are killed, however few descriptors there are" {
	cat > program <<-'P'
	trap '' TERM
	i=0
	while [ $i -lt 1000 ]; do sleep 1000 & i=$((i + 1)); done
	exit 3
	P
	for with in '' '--with=sleep 1000'; do
		run in_ns_with_12 -k 0.2 ${with:+"$with"} sh program
		[ "$status" -eq 3 ]
		[[ $output != *survive* ]]
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

@test "what comes up while the rest is killed is killed too" {
	cp "$(command -v setpriv)" setpriv
	chmod 4755 setpriv
	chmod 777 .
	cat > left <<-'P'
	trap '' TERM
	touch up
	while ! grep -qs 'time is up' err; do sleep 0.02; done
	setpriv --reuid 12345 --clear-groups sleep 1000
	echo $? > late
	P
	# init may not kill root's
	boot_with "unshare -pf --mount-proc setpriv --reuid 12345 --clear-groups" -k 0.2 \
		sh -c './setpriv --reuid=0 sh left & while [ ! -e up ]; do sleep 0.02; done; exit 3'
	ends 5
	[ "$STATUS" -eq 3 ]
	[ "$(cat late)" = 137 ]
	absent has err survive
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
		[ $(($(ms) - start)) -lt 4000 ]
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
	wait_for 5 state "$PID1" S
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 143 ]
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
	[ "$output" = "cleat: error: init: no program to run: see cleat init --help" ]
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
