#!/usr/bin/env bats
# cleat init --io: a program at the other end of a wire.
# shellcheck disable=SC2016	# it is the program that expands $$ and such
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a PID1
# shellcheck disable=SC2153	# STATUS is that of init, status that of run

load io_lib

setup() { io_setup; }
teardown() { io_teardown; }

# Files and prefixes

@test "output and errors go to a file behind what it has, and input stays" {
	echo before > log
	echo word | in_ns --io "file://$T/log" sh -c 'read x; echo "out $x"; echo err >&2; exit 3' || st=$?
	[ "$st" -eq 3 ]
	[ "$(cat log)" = "before
out word
err" ]
}

@test "a prefix stands before each line, and nowhere else" {
	run in_ns --stdout-prefix 'web: ' sh -c 'printf "one\ntwo"; sleep 0.1; printf " more\n\nlast\n"'
	[ "$status" -eq 0 ]
	[ "$output" = "web: one
web: two more
web: 
web: last" ]
	in_ns --stdout-prefix 'web:green' --io "$T/log" sh -c 'printf "one\ntwo"'
	[ "$(od -An -c log | tr -d ' \n')" = '033[32;1mweb033[0mone\n033[32;1mweb033[0mtwo' ]
}

@test "with a prefix standard error stays standard error" {
	in_ns --stdout-prefix 'p:' sh -c 'echo out; echo err >&2' > out 2> err
	[ "$(cat out)" = p:out ]
	[ "$(cat err)" = p:err ]
}

@test "a relay that is killed is started again and the program notices nothing" {
	boot --io "file://$T/log" sh -c 'i=0; while [ ! -e go ]; do i=$((i + 1)); echo "line $i"; sleep 0.01; done; exit 5'
	wait_for 15 test -s log
	for _ in 1 2 3; do
		kill -KILL "$(pgrep -P "$PID1" -f 'cleat relay')"
		before=$(lines_of log)
		more() { [ "$(lines_of log)" -gt $((before + 10)) ]; }
		wait_for 10 more
	done
	touch go
	ends 15
	[ "$STATUS" -eq 5 ]
	[ "$(sort log | uniq -d | wc -l)" -eq 0 ]
}

@test "what the program wrote last is not lost when it ends" {
	for _ in 1 2 3; do
		rm -f log
		in_ns --io "file://$T/log" seq 200000
		[ "$(tail -n 1 log)" = 200000 ]
		[ "$(lines_of log)" -eq 200000 ]
	done
}

# Interactive wires

@test "a program at the other end of a connection has a terminal there" {
	for scheme in tcp unix unixpacket; do
		: > got
		peer $scheme
		boot --io "$scheme://$ADDRESS" sh -c 'tty; stty size; read x; echo "got $x"; exit 4'
		wait_for 15 has got '24 80'
		echo word >&8
		ends 15
		[ "$STATUS" -eq 4 ]
		wait_for 15 is_gone "$PEER"
		grep -q /dev/pts got
		got_text "$(head -n 1 got | tr -d '\r')
24 80
got word"
	done
}

@test "the program gets TERM when the peer closes" {
	for scheme in tcp unix unixpacket; do
		peer $scheme
		boot --restart always --io "$scheme://$ADDRESS" \
			bash -c 'trap "echo asked > asked; exit 6" TERM; echo ready; while :; do read -t 0.05 x; done'
		wait_for 15 has got ready
		kill -KILL "$PEER"
		ends 15
		[ "$STATUS" -eq 6 ]
		[ -e asked ]
		rm asked got
	done
}

@test "a program that reads nothing ends, too, when the peer closes" {
	peer tcp
	boot --io "tcp://$ADDRESS" sh -c 'echo ready; exec sleep 1000'
	wait_for 15 has got ready
	kill -KILL "$PEER"
	ends 15
	[ "$STATUS" -eq 143 ]
}

@test "a peer that closes its half gets all that the program still writes" {
	for scheme in tcp unix; do
		rm -f got
		peer $scheme --half
		boot --io "$scheme://$ADDRESS" sh -c 'cat; for i in 1 2 3; do sleep 0.5; echo "late $i"; done; exit 7'
		printf 'one\ntwo\n' >&8
		wait_for 15 has got two
		exec 8>&-
		ends 10
		[ "$STATUS" -eq 7 ]
		got_text "one
two
late 1
late 2
late 3"
	done
}

@test "a peer that does not read blocks the program, and loses nothing" {
	peer tcp --stall go
	boot --io "tcp://$ADDRESS" sh -c 'seq 2000000; exit 3'
	sleeps() { state "$(pgrep -P "$PID1" -x seq || pgrep -x seq)" S; }
	wait_for 15 sleeps
	touch go
	ends 60
	[ "$STATUS" -eq 3 ]
	wait_for 15 is_gone "$PEER"
	[ "$(tr -d '\r' < got | md5sum)" = "$(seq 2000000 | md5sum)" ]
}

@test "TLS is verified against the given authority and for the name" {
	certificates
	peer tls --cert server.pem --key server.key --again
	boot --io "tls://$ADDRESS" --tls-ca "$T/ca.pem" sh -c 'read x; echo "got $x"; exit 4'
	echo word >&8
	ends 15
	[ "$STATUS" -eq 4 ]
	cat peer.err err
	wait_for 15 has got 'got word'
	boot --io "ssl://$ADDRESS" --stop-timeout 2 sh -c 'echo secret; exec sleep 1000'
	wait_for 10 grep -qi 'certificate' err
	kill -TERM "$PID1"
	ends 15
	absent has got secret
	boot --io "tls://$ADDRESS" --tls-insecure sh -c 'echo open; exit 4'
	ends 15
	[ "$STATUS" -eq 4 ]
	wait_for 15 has got open
}

@test "a program that is started again has its terminal again" {
	peer tcp
	boot --restart on-failure --io "tcp://$ADDRESS" bash -c 'echo "run $(tty)"; read x; [ "$x" = enough ]'
	wait_for 15 has got 'run /dev/pts'
	echo more >&8
	runs_twice() { [ "$(grep -c 'run /dev/pts' got)" -eq 2 ]; }
	wait_for 15 runs_twice
	echo enough >&8
	ends 15
	[ "$STATUS" -eq 0 ]
}

# One-way wires

@test "with ?log a dead peer never blocks the program, and what is dropped is told" {
	peer tcp
	kill -KILL "$PEER"
	wait_for 15 is_gone "$PEER"
	boot --io "tcp://$ADDRESS?log" sh -c 'seq 1000000; touch written; while [ ! -e go ]; do sleep 0.02; done; exit 3'
	wait_for 20 test -e written
	wait_for 15 grep -q 'dropp' err
	peer_at "$ADDRESS" tcp
	wait_for 10 grep -q 'dropped' got
	touch go
	ends 10
	[ "$STATUS" -eq 3 ]
	[ "$(tail -n 1 got)" = 1000000 ]
	# every line came, or is in the count
	count=$(grep -o '[0-9]* lines ([0-9]* bytes) were dropped' got | awk '{ n += $1 } END { print n }')
	[ $(($(grep -cx '[0-9]*' got) + count)) -eq 1000000 ]
}

@test "with ?log nothing is lost while a peer is away and the rest fits into 1 MiB" {
	peer tcp
	boot --io "tcp://$ADDRESS?log" sh -c 'seq 1 1000; while [ ! -e away ]; do sleep 0.02; done
		seq 1001 50000; touch written; while [ ! -e go ]; do sleep 0.02; done; exit 3'
	wait_for 15 grep -qx 1000 got
	kill -KILL "$PEER"
	wait_for 15 is_gone "$PEER"
	touch away
	wait_for 10 test -e written
	peer_at "$ADDRESS" tcp
	wait_for 10 grep -qx 50000 got
	touch go
	ends 15
	[ "$STATUS" -eq 3 ]
	# a line that was on its way when the peer went may come twice, none is missing
	[ "$(sort -n got | uniq | md5sum)" = "$(seq 50000 | md5sum)" ] || {
		# or was taken by the kernel of the dead peer: those, and only those, are gone
		[ "$(comm -23 <(seq 1001 50000 | sort) <(sort got) | wc -l)" -eq 0 ]
	}
}

@test "datagrams carry lines there and input back" {
	for scheme in udp unixgram; do
		rm -f got
		peer $scheme
		boot --io "$scheme://$ADDRESS" sh -c 'echo hello; read x; echo "got $x"; exit 4'
		wait_for 15 has got hello
		[ "$scheme" = unixgram ] || echo word >&8
		if [ "$scheme" = udp ]; then
			ends 15
			[ "$STATUS" -eq 4 ]
			[ "$(cat got)" = "hello
got word" ]
		else
			kill -TERM "$PID1"
			ends 15
		fi
	done
}

# Mistakes

@test "a wrong wire is refused in one line before anything is started" {
	wrong() {
		run in_ns "${@:2}" touch ran
		[ "$status" -eq 2 ] && [ "${#lines[@]}" -eq 1 ] &&
			[[ $output == *"$1"* ]] && [ ! -e ran ] ||
			{ echo "init ${*:2}: $status: $output"; return 1; }
	}
	wrong '--io: bad value "ftp://x"' --io ftp://x
	wrong '--io: bad value "ip://1.2.3.4"' --io ip://1.2.3.4
	wrong '--io: bad value "tcp://host"' --io tcp://host
	wrong '--io: bad value "tcp://host:0"' --io tcp://host:0
	wrong '--io: bad value "tcp://host:65536"' --io tcp://host:65536
	wrong '--io: bad value "tcp://:1"' --io tcp://:1
	wrong '--io: bad value "tcp://h:1?x"' --io 'tcp://h:1?x'
	wrong '--io: bad value "unix://"' --io unix://
	wrong '--io: bad value "/dev/stdout"' --io /dev/stdout
	wrong '--io: open /no/such/folder/log: No such file' --io file:///no/such/folder/log
	wrong '--io: open ' --io "file://$T"
	wrong '--stdout-prefix: bad value "x:pink"' --stdout-prefix x:pink
	wrong '--log-rotate: bad value "0"' --io "file://$T/log" --log-rotate 0
	wrong '--log-rotate: bad value "x"' --io "file://$T/log" --log-rotate x
	wrong '--log-rotate: expected --io file:///PATH' --log-rotate 1
	wrong '--tls-ca: read /no/such/file: No such file' --tls-ca /no/such/file --io tls://h:1
	echo hello > text
	wrong "--tls-ca: $T/text: expected certificates in PEM" --tls-ca "$T/text" --io tls://h:1
	wrong '--web-hook: bad value: expected http://' --web-hook ftp://me:secret@x
	[[ $output != *secret* ]]
	wrong '--bind-port: bad value "0"' --bind-port 0
	wrong '--bind-port: bad value "65536"' --bind-port 65536
	wrong '--strict-port-binding: expected --bind-port' --strict-port-binding
	wrong '--pre-stop: bad value ""' --pre-stop ''
	wrong '--pdeathsig: bad value "NOPE"' --pdeathsig NOPE
}
