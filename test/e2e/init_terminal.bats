#!/usr/bin/env bats
# cleat init on a terminal.
# shellcheck disable=SC2016	# it is the program that expands $$ and such
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a PID1
# shellcheck disable=SC2153	# STATUS is that of init, status that of run

load init_lib

setup() { init_setup; }
teardown() { init_teardown; }

# on_tty ARG...: run the Python program of standard input, which has Terminal, and
# init, its command line as PID 1 with ARG...
on_tty() {
	{
		echo 'import os, signal, subprocess, sys; from on_tty import Terminal'
		echo 'init = ["unshare", "-pf", "--kill-child", "--mount-proc", os.environ["CLEAT"], "init"] + sys.argv[1:]'
		cat
	} > test.py
	CLEAT=$CLEAT PYTHONPATH=$BATS_TEST_DIRNAME timeout 60 python3 test.py "$@" 3>&-
}

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
		script -qefc "unshare -pf --kill-child --mount-proc $init python3 program.py" log < keys > out 3>&- &
		NS=$!
		exec 8> keys
		wait_for 15 has out 'foreground True'
		echo word >&8
		wait_for 15 has out 'read word'
		printf '\003' >&8
		wait_for 15 has out interrupted
		exec 8>&-
		ends 15
		[ "$STATUS" -eq 9 ]
	done
}

@test "TTIN, TTOU and TSTP do not stop init" {
	boot sh -c 'trap "" TTIN TTOU TSTP; echo ready; while :; do sleep 0.02; done'
	wait_for 15 has out ready
	for s in TTIN TTOU TSTP; do kill -$s "$PID1"; done
	kill -USR1 "$PID1"
	ends 15
	[ "$STATUS" -eq 138 ]
}

@test "a terminal that hangs up ends the program and init" {
	mkfifo keys
	script -qefc "echo \$\$ > pid; exec unshare -pf --kill-child --mount-proc setsid -c $CLEAT init sleep 1003" log < keys > out 3>&- &
	NS=$!
	exec 8> keys
	wait_for 15 pgrep -fx 'sleep 1003'
	kill -KILL $NS
	exec 8>&-
	wait_for 15 none_left 'sleep 1003'
	wait_for 15 is_gone "$(cat pid)"
}

@test "the job control of a shell works" {
	on_tty <<-'P'
	t = Terminal(init + ["bash", "--norc", "-i"])
	t.send("PS1=ok:\r")
	t.expect("ok:")
	t.send("sleep 1000\r")
	t.expect("sleep 1000")
	subprocess.run(["sh", "-c", "until pgrep -fx 'sleep 1000'; do sleep 0.02; done"], stdout=subprocess.DEVNULL)
	t.send("\032")
	t.expect("Stopped +sleep 1000")
	t.send("bg\r")
	t.expect("sleep 1000 &")
	t.send("fg\r")
	t.expect("fg\r\n[^\n]*sleep 1000")
	t.send("\003")
	t.expect("ok:")
	t.send("exit 7\r")
	assert t.end() == 7
	P
}

@test "a program on a terminal hears of a new window size" {
	cat > program <<-'P'
	trap 'stty size' WINCH
	echo ready; while :; do sleep 0.02; done
	P
	on_tty sh program <<-'P'
	t = Terminal(init)
	t.expect("ready")
	t.size(33, 77)
	t.expect("33 77")
	P
}

@test "a lone program that ^Z stopped goes on with a CONT from outside" {
	cat > program.py <<-'P'
	import signal, sys
	def on(n, _): print("continued", flush=True); sys.exit(5)
	signal.signal(signal.SIGCONT, on)
	print("ready", flush=True)
	while True: signal.pause()
	P
	on_tty python3 program.py <<-'P'
	t = Terminal(init)
	t.expect("ready")
	cleat = subprocess.check_output(["pgrep", "-P", str(t.pid)], text=True).strip()
	program = subprocess.check_output(["pgrep", "-P", cleat], text=True).strip()
	t.send("\032")
	subprocess.run(["sh", "-c", "until grep -q '^State:.T' /proc/%s/status; do sleep 0.02; done" % program], timeout=5)
	os.kill(int(cleat), signal.SIGCONT)
	t.expect("continued")
	assert t.end() == 5
	P
}
