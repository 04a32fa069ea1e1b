#!/usr/bin/env bats
# cleat init --io file:///PATH --log-rotate HOURS: what becomes of a log file.
# 0.0003 hours are a good second.
# shellcheck disable=SC2016	# it is the program that expands $i and such

load init_lib

setup() {
	init_setup
	LOG=$T/logs/app.log
	mkdir logs
}

teardown() { init_teardown; }

# gz N: so many compressed logs are there, and none that waits for it
gz() {
	[ "$(find logs -name 'app.log_*.gz' | wc -l)" -eq "$1" ] &&
		[ "$(find logs -regex '.*/app.log_[0-9]*' | wc -l)" -eq 0 ]
}

# at_least N: so many compressed logs are there
at_least() { [ "$(find logs -name 'app.log_*.gz' | wc -l)" -ge "$1" ]; }

# everything: all that the program wrote, the oldest first.  What was set aside
# last may not be compressed when init leaves.
everything() {
	local f
	for f in logs/app.log_*; do
		case $f in
		*.gz)     zcat "$f" ;;
		*.part)   ;;
		*[0-9])   [ -e "$f.gz" ] || cat "$f" ;;
		esac
	done
	cat logs/app.log
}

# A program that writes 0, 1, 2 ... as fast as it can for SECONDS
writer() {
	cat > writer <<-'P'
	import os, sys, time
	end, n = time.monotonic() + float(sys.argv[1]), 0
	while time.monotonic() < end:
	    os.write(1, b"".join(b"%d\n" % i for i in range(n, n + 100)))
	    n += 100
	open("count", "w").write(str(n))
	P
}

@test "a program that writes at full speed loses no line when its log is set aside" {
	writer
	boot --io "file://$LOG" --log-rotate 0.0003 python3 "$T/writer" 4
	ends 20
	[ "$STATUS" -eq 0 ]
	[ ! -s err ]
	at_least 2
	everything > lines
	count=$(cat count)
	[ "$count" -gt 10000 ]
	seq 0 $((count - 1)) | cmp - lines
}

@test "a log is set aside on time even if the program is silent" {
	boot --io "file://$LOG" --log-rotate 0.0003 sh -c 'echo once; exec sleep 60'
	wait_for 10 gz 1
	[ ! -s logs/app.log ]
	[ "$(zcat logs/app.log_*.gz)" = once ]
	# and an empty one is left alone
	name=$(echo logs/*.gz)
	[[ $name =~ ^logs/app\.log_[0-9]{14}\.gz$ ]]
	kill -TERM "$PID1"
	ends 10
	gz 1
}

@test "the five newest logs are kept, and whatever else is there" {
	for i in 1 2 3 4 5 6; do
		echo "old $i" | gzip > "logs/app.log_2020010100000$i.gz"
	done
	echo mine > logs/app.log_20200101000000.gz.bak
	echo mine > logs/app.log.1_20200101000000.gz
	boot --io "file://$LOG" --log-rotate 0.0003 sh -c 'echo new; exec sleep 60'
	wait_for 10 gz 5
	[ "$(zcat logs/app.log_2*.gz | tr '\n' ' ')" = "old 3 old 4 old 5 old 6 new " ]
	[ "$(cat logs/app.log_20200101000000.gz.bak)" = mine ]
	[ "$(cat logs/app.log.1_20200101000000.gz)" = mine ]
	kill -TERM "$PID1"
	ends 10
}

@test "a log gets older while no container runs" {
	in_ns --io "file://$LOG" --log-rotate 0.0005 echo one
	[ "$(cat logs/app.log)" = one ]
	gz 0
	old_enough() { [ "$(($(ms) - $(stat -c %W logs/app.log) * 1000))" -ge 3000 ]; }
	[ "$(stat -c %W logs/app.log)" -gt 0 ] || skip_kernel "no time of birth on this file system"
	wait_for 10 old_enough
	in_ns --io "file://$LOG" --log-rotate 0.0005 sh -c 'echo two; sleep 0.3'
	[ "$(cat logs/app.log)" = two ]
	[ "$(everything)" = "one
two" ]
}

@test "the next start compresses what a killed container left" {
	echo one > logs/app.log_20200101000001
	echo junk > logs/app.log_20200101000001.gz.part
	echo two > logs/app.log
	boot --io "file://$LOG" --log-rotate 1 sh -c 'echo three; exec sleep 60'
	wait_for 10 gz 1
	[ "$(everything)" = "one
two
three" ]
	kill -TERM "$PID1"
	ends 10
	[ "$(ls logs)" = "app.log
app.log_20200101000001.gz" ]
}

@test "a log that is mounted as a single file is set aside, too" {
	writer
	: > logs/app.log
	cat > pinned <<-'P'
	mount --bind logs/app.log logs/app.log || exit
	exec unshare -pf --mount-proc "$@"
	P
	boot_with "unshare -m sh pinned" --io "file://$LOG" --log-rotate 0.0003 python3 "$T/writer" 3
	ends 20
	[ "$STATUS" -eq 0 ]
	at_least 1
	everything > lines
	seq 0 $(($(cat count) - 1)) | cmp - lines
}

@test "a log that cannot be set aside goes on, and why is told" {
	cat > pinned <<-'P'
	mount --bind logs logs && : > logs/app.log && mount --bind logs/app.log logs/app.log &&
		mount -o remount,ro,bind logs || exit
	exec unshare -pf --mount-proc "$@"
	P
	boot_with "unshare -m sh pinned" --io "file://$LOG" --log-rotate 0.0003 \
		sh -c 'echo one; while sleep 0.1; do echo more; done'
	wait_for 10 has err "set $LOG aside (it goes on as it is): Read-only file system"
	kill -TERM "$PID1"
	ends 10
	[ "$(grep -c aside err)" -le 5 ]
	[ "$(head -n 1 logs/app.log)" = one ]
	gz 0
}

@test "each line has its prefix before and behind the border" {
	boot --io "file://$LOG" --stdout-prefix 'web: :green' --log-rotate 0.0003 \
		sh -c 'echo one; echo; until ls logs/*.gz; do sleep 0.05; done > /dev/null 2>&1; echo two; exec sleep 60'
	wait_for 10 gz 2
	printf '\033[32;1mweb: \033[0m%s\n' one '' | cmp - <(for f in logs/*.gz; do zcat "$f"; break; done)
	printf '\033[32;1mweb: \033[0m%s\n' one '' two | cmp - <(everything)
	kill -TERM "$PID1"
	ends 10
}

@test "what is no plain file is written to and never set aside" {
	mkfifo fifo
	cat fifo > got 3>&- &
	reader=$!
	boot --io "file://$T/fifo" --log-rotate 0.0003 sh -c 'echo one; sleep 2; echo two'
	ends 10
	wait_for 5 has got two
	wait_for 5 is_gone $reader
	has err "$T/fifo is not a plain file: it is never set aside"
	[ "$(cat got)" = "one
two" ]
	[ "$(ls -d fifo*)" = fifo ]
}
