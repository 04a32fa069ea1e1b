#!/usr/bin/env bats
# notifier.sh with real listeners, in the two worlds it is made for: busybox's
# shell and nc (the ones of the image), and Debian's dash and OpenBSD's nc.

bats_require_minimum_version 1.5.0

load engine_lib

NOTIFIER=$(readlink -f "${BATS_TEST_DIRNAME}/../../notifier/notifier.sh")
BUSYBOX=$(readlink -f "${BATS_TEST_DIRNAME}/../../build/deps/bin/busybox")

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	port=$((20000 + RANDOM % 20000))
	notifier='' listener=''
}

teardown() {
	[ -z "$notifier" ] || pkill -KILL -s "$notifier" || true
	[ -z "$listener" ] || pkill -KILL -s "$listener" || true
	cat log 2>/dev/null || true
}

# world busybox|openbsd: whose shell and nc are used
world() {
	local tool
	mkdir -p "$1"
	case $1 in
	busybox)
		for tool in nc sleep date tr; do ln -sf "$BUSYBOX" "busybox/$tool"; done
		shell=("$BUSYBOX" sh) listen=("$BUSYBOX" nc -l -p) ;;
	openbsd)
		[ -x /bin/nc.openbsd ] || skip "there is no OpenBSD nc: scripts/setup test installs it"
		ln -sf /bin/nc.openbsd openbsd/nc
		shell=(dash) listen=(nc.openbsd -N -l) ;;
	esac
	bin=$PWD/$1
}

# notify [VARIABLE=VALUE...]: start it, in a session of its own
notify() {
	setsid env --default-signal=HUP,INT,TERM PATH="$bin:$PATH" "$@" \
		"${shell[@]}" "$NOTIFIER" 127.0.0.1 "$port" >log 2>&1 3>&- &
	notifier=$!
}

# listen_with [ANSWER]: a listener for any number of connections, one by one;
# it writes to heard what it hears, and a dot when the other end hung up
listen_with() {
	: >>heard
	# shellcheck disable=SC2016	# for that shell
	setsid sh -c 'answer=$1; shift
		while :; do
			printf "$answer" | "$@" >>heard || exit
			echo . >>heard
		done' listener "${1-ok\n}" "${listen[@]}" "$port" >/dev/null 2>&1 3>&- &
	listener=$!
	wait_for 5 listening
}
listening() { [ -n "$(ss -Hltn "sport = :$port")" ]; }
deaf() { ! listening; }

end_listener() {
	pkill -KILL -s "$listener"
	wait_for 5 deaf
	listener=''
}

# shellcheck disable=SC2059	# a format
heard() { diff <(printf "$1") heard; }
logged() { grep -qE -- "$1" log; }

# stop_by SIGNAL: it must end with status 0, in time, with nothing left of it
stop_by() {
	local status=0 began=${EPOCHREALTIME/[.,]/}
	kill -"$1" "$notifier"
	wait "$notifier" || status=$?
	[ $status = 0 ]
	took=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
	[ $took -lt 3300 ]
	run -1 pgrep -s "$notifier" -l
}

says_start_and_stop() {
	for signal in TERM INT HUP; do
		rm -f heard
		world "$1"
		listen_with
		notify
		wait_for 5 logged ' start: told 127.0.0.1'
		wait_for 5 heard 'start\n.\n'
		wait_for 5 listening
		stop_by $signal
		wait_for 5 heard 'start\n.\nstop\n.\n'
		[ $took -lt 1000 ]
		end_listener
		notifier=
	done
	run -1 grep -vE '^20[0-9-]{8}T[0-9:]{8}Z (start|stop): ' log
}

@test "it says start, and stop on TERM, INT and HUP (busybox)" {
	says_start_and_stop busybox
}

@test "it says start, and stop on TERM, INT and HUP (dash, OpenBSD nc)" {
	says_start_and_stop openbsd
}

tries_until_a_listener_comes() {
	world "$1"
	notify
	wait_for 5 logged 'start: .*no connection; trying again'
	listen_with
	wait_for 15 logged 'start: told'
	heard 'start\n.\n'
	[ "$(wc -l <log)" = 2 ]
	stop_by TERM
}

@test "it tries until a listener comes, and does not repeat itself in the log (busybox)" {
	tries_until_a_listener_comes busybox
}

@test "it tries until a listener comes, and does not repeat itself in the log (dash, OpenBSD nc)" {
	tries_until_a_listener_comes openbsd
}

a_refusal_is_told() {
	world "$1"
	listen_with 'no wrong \033[31mtoken\n'
	notify
	wait_for 5 logged 'start: 127.0.0.1:[0-9]+: refused: wrong \?\[31mtoken; trying again$'
	end_listener
	run -1 logged told
	listen_with
	wait_for 15 logged 'start: told'
	stop_by TERM
}

@test "a refusal is told with its reason, without control bytes, and it tries again (busybox)" {
	a_refusal_is_told busybox
}

@test "a refusal is told with its reason, without control bytes, and it tries again (dash, OpenBSD nc)" {
	a_refusal_is_told openbsd
}

@test "a listener that answers nothing has taken it" {
	for w in busybox openbsd; do
		rm -f heard
		world $w
		listen_with ''
		notify
		wait_for 5 logged 'start: told'
		heard 'start\n.\n'
		stop_by TERM
		end_listener
	done
}

# reads all that comes until the other end hangs up, as simple listeners do
listen_to_the_end() {
	setsid python3 -c '
import socket, sys
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    c = s.accept()[0]
    with c, c.makefile("rb") as f, open("heard", "ab") as heard:
        heard.write(f.read())' "$port" 3>&- &
	listener=$!
	wait_for 5 listening
}

@test "a listener that waits until the notifier hangs up does not wait" {
	for w in busybox openbsd; do
		rm -f heard log
		world $w
		listen_to_the_end
		began=${EPOCHREALTIME/[.,]/}
		notify
		wait_for 2 logged 'start: told'
		[ $((${EPOCHREALTIME/[.,]/} - began)) -lt 1000000 ]
		stop_by TERM
		[ $took -lt 700 ]
		wait_for 1 heard 'start\nstop\n'
		end_listener
	done
}

@test "a listener that answers without end fills no disk" {
	world busybox
	listen=(sh -c 'yes | "$@"' flood "${listen[@]}")
	listen_with
	notify
	wait_for 4 logged 'trying again'
	run -1 logged 'in time'
	stop_by TERM
}

@test "the token is sent behind the word, from a variable or a file, and is on no command line" {
	world busybox
	listen_with
	# shellcheck disable=SC2016	# it must come as it is
	notify NOTIFIER_TOKEN='s3cret $HOME \n'
	wait_for 5 logged 'start: told'
	# shellcheck disable=SC2016
	wait_for 5 heard 'start s3cret $HOME \\n\n.\n'
	wait_for 5 listening
	run ! grep -q 's3cre[t]' <(cat /proc/[0-9]*/cmdline 2>/dev/null)
	stop_by TERM

	end_listener
	rm heard
	listen_with
	echo from-file >token
	notify NOTIFIER_TOKEN_FILE=token
	wait_for 5 logged 'start: told'
	wait_for 5 heard 'start from-file\n.\n'
	stop_by TERM
}

@test "a listener that hangs does not keep stop longer than 3 s" {
	for w in busybox openbsd; do
		world $w
		listen_with
		notify
		wait_for 5 logged 'start: told'
		wait_for 5 listening
		# the kernel still takes connections for it
		pkill -STOP -s "$listener"
		stop_by TERM
		end_listener
	done
}

@test "TERM while it waits for a listener, or for an answer, ends it too" {
	for w in busybox openbsd; do
		world $w
		notify
		wait_for 5 logged 'no connection'
		stop_by TERM
		[ $took -lt 1000 ]
		logged 'stop: .*no connection'

		listen_with
		pkill -STOP -s "$listener"
		notify
		wait_for 5 pgrep -s "$notifier" -f "127.0.0.1 $port$"
		stop_by TERM
		end_listener
	done
}

wakes() { cat /proc/[0-9]*/status | awk -v s="$notifier" '
	/^NSsid:/ { ours = $2 == s } ours && /ctxt_switches/ { n += $2 } END { print n }'; }

@test "it sleeps without waking up" {
	world busybox
	listen_with
	notify
	wait_for 5 logged 'start: told'
	wait_for 5 pgrep -s "$notifier" -f 2147483647
	before=$(wakes)
	[ "$before" -gt 0 ]
	sleep 2
	[ "$(wakes)" = "$before" ]
	stop_by TERM
}

@test "without a folder to write in it still works, and says what it cannot know" {
	[ "$(id -u)" = 0 ] || skip "only root can mount"
	world busybox
	listen_with
	# shellcheck disable=SC2016	# for that shell
	shell=(unshare -m sh -c 'for d in /tmp /dev/shm /run; do
			mount --rbind $d $d && mount -o remount,bind,ro $d || exit
		done
		exec "$@"' no-folders "$BUSYBOX" sh)
	bin=$(dirname "$BUSYBOX")
	notify TMPDIR=/proc/none
	wait_for 5 logged 'start: told .*not known'
	stop_by TERM
}

@test "a command line that makes no sense is told, with status 2" {
	run -2 "$NOTIFIER" host port
	run -2 "$NOTIFIER" -x 1
	run -2 "$NOTIFIER" host 1 more
	[[ $output = *usage:* ]]
}
