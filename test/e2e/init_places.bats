#!/usr/bin/env bats
# cleat init in odd surroundings.
# shellcheck disable=SC2016	# it is the program that expands $$ and such
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a PID1
# shellcheck disable=SC2153	# STATUS is that of init, status that of run

load init_lib

setup() { init_setup; }
teardown() { init_teardown; }

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
	# one in another namespace has a number that is somebody else's in ours
	unshare -pf --kill-child sh -c 'sleep 1000; :' 3>&- &
	STRANGER=$!
	stranger_runs() { pgrep -P "$(pgrep -P "$STRANGER")" sleep; }
	wait_for 5 stranger_runs
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 0 ]
	[ "$(grep ends out)" = "program ends
left ends
companion ends" ]
	has asked 'exec ends'
	absent has err warning
	stranger_runs
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
	trap 'sleep "$2"; echo "$1 ends"; exit' TERM
	echo "$1 runs"; while :; do sleep 0.02; done
	P
	cat > run <<-'P'
	mount -t tmpfs none /proc
	exec "$@"
	P
	boot_with "unshare -pfm sh run" --with 'sh say companion 0' \
		sh -c '(setsid sh say left 1 &); exec sh say program 0'
	for who in companion left program; do wait_for 5 has out "$who runs"; done
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 0 ]
	for who in companion left program; do again 1 "$who ends"; done
	[ "$(grep -c 'companion runs' out)" -eq 1 ]	# it is not restarted
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
	[ $(($(ms) - start)) -lt 4000 ]
}

@test "a program on a file system that hangs does not hang init" {
	[ -c /dev/fuse ] || skip_kernel "no /dev/fuse"
	mkdir fs
	boot_with "unshare -pfm --mount-proc python3 $BATS_TEST_DIRNAME/hangfs.py $T/fs" \
		--with 'sh -c "echo companion; exec sleep 1000"' -- "$T/fs/program"
	wait_for 5 has out companion
	hangs() { pgrep -P "$PID1" -x cleat; }
	wait_for 5 hangs
	wait_for 5 state "$PID1" S
	kill -TERM "$PID1"
	ends 5
	[ "$STATUS" -eq 143 ]
}
