#!/usr/bin/env bats
# cleat port alone, in a network namespace of its own; a shell that is the first
# process of a PID namespace stands for init.
# shellcheck disable=SC2030,SC2031	# each test is a subshell with an output

load engine_lib		# for wait_for

export CLEAT=${CLEAT:-$BATS_TEST_DIRNAME/../../build/cleat}

setup() {
	[ -x "$CLEAT" ] || skip "no $CLEAT: run make"
	[ "$(id -u)" = 0 ] || skip "needs root for namespaces"
	cd "$BATS_TEST_TMPDIR" || return
	background=''
	# listen KIND PORT [READY]: for good; READY is there once it does
	cat > listen <<-'L'
	#!/usr/bin/env python3
	import signal, socket, sys
	kind, port = sys.argv[1], int(sys.argv[2])
	s = socket.socket(socket.AF_INET6 if kind == "tcp6" else socket.AF_INET,
	                  socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
	if kind == "tcp6":
	    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
	if kind == "shared":
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
	s.bind(("::" if kind == "tcp6" else "0.0.0.0", port))
	if kind not in ("bound", "udp"):
	    s.listen()
	open(sys.argv[3] if len(sys.argv) > 3 else "ready", "w").close()
	signal.pause()
	L
	# what stands for init has these; cleat port must be its own child
	cat > lib <<-'L'
	listen() { ./listen "$@" & }
	is_there() { until [ -e "${1:-ready}" ]; do sleep 0.03; done; }
	finds() { "$CLEAT" port "$@" && echo "found $*"; }
	misses() {
		"$CLEAT" port "$@" &
		sleep 0.5	# it looks every 50 ms
		kill -0 $! && echo "missed $*" && kill -KILL $!
	}
	L
	chmod +x listen
}

teardown() { [ -z "$background" ] || kill -KILL "$background" 2>/dev/null || :; }

# as_init: run the script on standard input as the first process of a PID namespace;
# everything ends with it
as_init() {
	{ echo '. ./lib'; cat; } > script
	timeout -s KILL 20 unshare -npf --kill-child --mount-proc sh "$PWD/script" 3>&-
}

# The same with the /proc of the host
as_init_there() {
	{ echo '. ./lib'; cat; } > script
	timeout -s KILL 20 unshare -npf --kill-child sh script 3>&-
}

# The same where a stranger listens on port 8080, by KIND, in the same network namespace
as_init_beside() {
	{ echo '. ./lib'; cat; } > script
	cat > outside <<-'O'
	. ./lib
	listen "$1" 8080
	is_there
	unshare -pf --mount-proc sh script
	O
	timeout -s KILL 20 unshare -npf --kill-child --mount-proc sh outside "$1" 3>&-
}

@test "it waits until the port is bound, and ends at once then" {
	run -0 as_init <<-'S'
	"$CLEAT" port 8080 &
	port=$!
	sleep 0.3
	kill -0 $port && echo waits
	listen tcp 8080
	is_there
	began=$(date +%s%N)
	wait $port
	echo "ended with $?"
	[ $(($(date +%s%N) - began)) -lt 500000000 ] && echo "at once"
	S
	[ "$output" = "waits
ended with 0
at once" ]
}

@test "a port that is bound before is found" {
	run -0 as_init <<-'S'
	listen tcp 8080
	is_there
	finds 8080
	S
	[ "$output" = "found 8080" ]
}

@test "a port that is bound for IPv6 alone is found, strictly too" {
	run -0 as_init <<-'S'
	listen tcp6 8080
	is_there
	finds 8080
	finds --strict 8080
	S
	[ "$output" = "found 8080
found --strict 8080" ]
}

@test "busybox's nc is found, strictly too" {
	run -0 as_init <<-'S'
	busybox nc -l -p 8080 &
	finds 8080
	finds --strict 8080
	S
	[ "$output" = "found 8080
found --strict 8080" ]
}

@test "what does not listen on that port by TCP does not count" {
	run -0 as_init <<-'S'
	listen bound 8080 bound
	listen udp 8080 udp
	listen tcp 8081 other
	for i in bound udp other; do is_there $i; done
	misses 8080
	misses 18080
	finds 8081
	S
	[ "$output" = "missed 8080
missed 18080
found 8081" ]
}

@test "a client's end of a connection does not count" {
	run -0 as_init <<-'S'
	ip link set lo up
	listen tcp 8081
	is_there
	python3 -c 'import signal, socket
	s = socket.create_connection(("127.0.0.1", 8081), source_address=("127.0.0.1", 8080))
	open("connected", "w").close()
	signal.pause()' &
	is_there connected
	misses 8080
	S
	[ "$output" = "missed 8080" ]
}

@test "strictly, the program's child and grandchild count, and an orphan of it" {
	run -0 as_init <<-'S'
	sh -c 'listen() { ./listen "$@" & }
		listen tcp 8080 child
		sh -c "./listen tcp 8081 grandchild & wait" &
		(setsid ./listen tcp 8082 orphan &)
		wait' &
	program=$!
	for i in child grandchild orphan; do is_there $i; done
	for port in 8080 8081 8082; do
		finds --strict $port
		finds --strict --program $program $port
	done
	kill -KILL $program
	finds --strict 8081
	S
	[ "$(grep -c found <<< "$output")" -eq 7 ]
	[ "${#lines[@]}" -eq 7 ]
}

@test "strictly, a stranger in the same network namespace does not count" {
	run -0 as_init_beside tcp <<-'S'
	finds 8080
	misses --strict 8080
	# nor one that we can see, but that does not descend from the parent
	listen tcp 8081 other
	is_there other
	sh -c '. ./lib; misses --strict 8081'
	sh -c '. ./lib; (./listen tcp 8082 own &); is_there own; misses --strict 8082'
	finds --strict 8082
	S
	[ "$output" = "found 8080
missed --strict 8080
missed --strict 8081
missed --strict 8082
found --strict 8082" ]
}

@test "strictly, what was started beside init does not count" {
	as_init <<-'S' > out 2>&1 &
	: > up
	is_there
	finds 8080
	misses --strict 8080
	S
	background=$!
	wait_for 5 test -e up
	init=$(pgrep -fx "sh $PWD/script")
	nsenter -t "$init" -p -n ./listen tcp 8080 3>&- &
	wait_for 10 grep -q missed out
	[ "$(cat out)" = "found 8080
missed --strict 8080" ]
	background=''
}

@test "strictly, it counts when a stranger shares the port" {
	run -0 as_init_beside shared <<-'S'
	misses --strict 8080
	listen shared 8080 ours
	is_there ours
	finds --strict 8080
	S
	[ "$output" = "missed --strict 8080
found --strict 8080" ]
}

# Companions: 8080 one itself, 8081 a child of it, 8082 an orphan in its session, 8083 a
# child in a session of its own; and the program, 8084.
cat_companions() {
	cat <<-'S'
	setsid sh -c './listen tcp 8081 child & (./listen tcp 8082 orphan &) &
		setsid ./listen tcp 8083 below & exec ./listen tcp 8080 itself' &
	companion=$!
	sh -c './listen tcp 8084 program & echo $! > listener; wait' &
	program=$!
	for i in itself child orphan below program; do is_there $i; done
	for port in 8080 8081 8082 8083; do
		finds --strict $port
		misses --strict --not 1000000 --not 1000001,$companion $port
	done
	finds --strict --not $companion 8084
	misses --strict --not $program 8084
	misses --strict --not $(cat listener) 8084
	finds --strict --not $program --program $program 8084
	finds --not $program 8084
	S
}

# companions_told: by the output of that, whatever its PIDs
companions_told() {
	[ "$(sed 's/--not [0-9,]*/--not/g; s/--program [0-9]*/--program/' <<< "$output")" = "$(
		for port in 8080 8081 8082 8083; do
			echo "found --strict $port"
			echo "missed --strict --not --not $port"
		done)
found --strict --not 8084
missed --strict --not 8084
missed --strict --not 8084
found --strict --not --program 8084
found --not 8084" ]
}

@test "strictly, companions do not count, nor what they have started" {
	run -0 as_init < <(cat_companions)
	companions_told
}

@test "with the /proc of the host all of that is the same" {
	run -0 as_init_there < <(cat_companions)
	companions_told
}

@test "with the /proc of the host a stranger does not count and an orphan does" {
	run -0 as_init_there <<-'S'
	(./listen tcp 8080 &)
	is_there
	finds --strict 8080
	sh -c '. ./lib; misses --strict 8080'
	S
	[ "$output" = "found --strict 8080
missed --strict 8080" ]
}

@test "it does not outlive its parent" {
	as_init <<-'S' &
	sh -c '"$CLEAT" port 8080 & echo $! > pid; : > up; wait' &
	parent=$!
	is_there up
	pid=$(cat pid)
	until grep -q "^Name:.cleat" /proc/$pid/status && grep -q "^State:.S" /proc/$pid/status; do
		sleep 0.03
	done
	kill -KILL $parent
	while kill -0 $pid 2>/dev/null; do sleep 0.03; done
	: > gone
	S
	background=$!
	wait_for 5 test -e gone
	background=''
}

@test "what is no port, or more than one, is said with what was expected" {
	for port in 0 65536 -1 +1 8080x '' ' 80' 99999999999999999999; do
		run -2 timeout 5 "$CLEAT" port -- "$port"
		[ "$output" = "cleat: error: port: bad port \"$port\": expected a number from 1 to 65535" ]
	done
	for words in "" "80 81"; do
		# shellcheck disable=SC2086	# none and two words
		run -2 timeout 5 "$CLEAT" port $words
		[ "$output" = "cleat: error: port: expected one PORT: see cleat port --help" ]
	done
	for pids in 0 1,0 -1 '1,' ,1 1x '' 99999999999999999999; do
		run -2 timeout 5 "$CLEAT" port --not "$pids" 80
		[ "$output" = "cleat: error: --not: bad value \"$pids\": expected PID or PID,PID,..." ]
	done
	run -2 timeout 5 "$CLEAT" port --not "$(seq -s , 65)" 80
	[[ $output == *": expected no more than 64 processes" ]]
	run -2 timeout 5 "$CLEAT" port --program 0 80
	[[ $output == "cleat: error: --program: bad value \"0\": expected a number from 1 to "* ]]
}
