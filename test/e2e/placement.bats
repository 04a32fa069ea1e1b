#!/usr/bin/env bats
# Where the worker runs: on the host, in containers with more or fewer rights
# and views; and what it says where it cannot work.

load watch_lib

setup_file() {
	use_engine
	use_worker_image
}
teardown_file() { drop_engine; }
teardown() {
	end_worker
	show_log
	remove_apps
	[ -z "${PLACE:-}" ] || rm -rf "$PLACE"
}

ADDRESS='docker-events.address=add 10.0.1.4/16 dev eth0'

# targets: apps of all kinds get their address from the worker that runs.
targets() {
	local name pids=()
	start_app placement-root -l "$ADDRESS" & pids+=($!)
	start_app placement-user --user 1000:1000 --cap-drop ALL -l "$ADDRESS" & pids+=($!)
	start_app placement-caps --cap-add NET_ADMIN --cap-add SYS_TIME -l "$ADDRESS" & pids+=($!)
	start_app placement-privileged --privileged -l "$ADDRESS" & pids+=($!)
	wait "${pids[@]}"
	for name in root user caps privileged; do
		applied placement-$name 1
		[[ $(addresses placement-$name) = *'eth0 inet 10.0.1.4/16'* ]]
	done
}

least=(--cap-drop ALL --cap-add SYS_ADMIN --cap-add SYS_PTRACE --cap-add NET_ADMIN)

@test "on the host it serves containers of every user and privilege" {
	start_worker
	targets
}

@test "in a privileged container with the host's processes at /host/proc too" {
	run_worker placement-worker --privileged -v /proc:/host/proc:ro
	targets
}

@test "in a privileged container with --pid=host too" {
	run_worker placement-worker --privileged --pid host
	targets
}

@test "by the predecessor's own command line too" {
	run_worker placement-worker --stop-signal=SIGKILL --restart=always -v /proc:/proc --privileged
	targets
}

@test "with SYS_ADMIN, SYS_PTRACE and NET_ADMIN alone and /host/proc too" {
	run_worker placement-worker "${least[@]}" -v /proc:/host/proc:ro
	targets
}

@test "with these three and --pid=host too" {
	run_worker placement-worker "${least[@]}" --pid host
	targets
}

@test "with these three and the predecessor's -v /proc:/proc too" {
	run_worker placement-worker "${least[@]}" -v /proc:/proc
	targets
}

@test "with these three, a read-only root and no new privileges too" {
	run_worker placement-worker "${least[@]}" -v /proc:/host/proc:ro --read-only --security-opt no-new-privileges
	targets
}

@test "with the three capabilities a sysctl label is applied, and the worker's own values stay" {
	run_worker placement-worker "${least[@]}" -v /proc:/host/proc:ro
	start_app placement-sysctl -l 'docker-events.sysctl=net.ipv4.ip_default_ttl=33'
	applied placement-sysctl 1
	[ "$(in_netns placement-sysctl cat /proc/sys/net/ipv4/ip_default_ttl)" = 33 ]
	[ "$(in_netns placement-worker cat /proc/sys/net/ipv4/ip_default_ttl)" = 64 ]
}

@test "labels do not change the worker's own network, nor through a container that shares it" {
	run_worker placement-worker --privileged -v /proc:/host/proc:ro -l "$ADDRESS"
	own=$(addresses placement-worker)
	wait_for 5 said level=error container=placement-worker 'the network of this worker'
	start_app placement-rider --network container:placement-worker -l "$ADDRESS"
	wait_for 5 said level=error container=placement-rider 'the network of this worker'
	[ "$(addresses placement-worker)" = "$own" ]
}

@test "without SYS_PTRACE it warns, serves root's containers, and says why not the others'" {
	run_worker placement-worker --cap-drop ALL --cap-add SYS_ADMIN --cap-add NET_ADMIN -v /proc:/host/proc:ro
	said level=warn SYS_PTRACE 'containers that do not run as root' '--cap-add SYS_PTRACE'
	start_app placement-user --user 1000:1000 -l "$ADDRESS"
	wait_for 5 said level=error container=placement-user '--cap-add SYS_PTRACE'
	[[ $(addresses placement-user) != *10.0.1.4* ]]
	start_app placement-root --cap-drop ALL -l "$ADDRESS"
	applied placement-root 1
}

# ends_with STATUS [DOCKER RUN OPTION...]: the worker in a container, by itself.
ends_with() {
	local expected=$1
	shift
	run -"$expected" timeout 20 docker run --rm --name placement-ends --entrypoint /cleat "$@" "$IMAGE" watch
}

@test "without capabilities it ends with 77, and says which and how to grant them" {
	ends_with 77 -v /var/run/docker.sock:/var/run/docker.sock -v /proc:/host/proc:ro
	[[ $output = *'capability SYS_ADMIN is missing'*'--cap-add SYS_ADMIN'* ]]
	[[ $output = *'capability NET_ADMIN is missing'*'--cap-add NET_ADMIN'* ]]
	ends_with 77 -v /var/run/docker.sock:/var/run/docker.sock -v /proc:/host/proc:ro --cap-add SYS_ADMIN --cap-add SYS_PTRACE
	[[ $output = *NET_ADMIN* ]]
	[[ $output != *SYS_ADMIN* ]]
	[[ $output != *SYS_PTRACE* ]]
}

@test "where the host's processes cannot be seen it ends with 78, and says what to add" {
	ends_with 78 -v /var/run/docker.sock:/var/run/docker.sock --privileged
	[[ $output = *'--pid=host'*'-v /proc:/host/proc:ro'* ]]
	[ "$(grep -cE 'level=(error|warn)' <<<"$output")" = 1 ]
}

@test "a /proc that is no procfs ends it with 78" {
	mkdir "$BATS_TEST_TMPDIR/proc"
	launch_worker --proc "$BATS_TEST_TMPDIR/proc"
	ended 78
	said "--proc $BATS_TEST_TMPDIR/proc" procfs
	launch_worker --proc /nowhere
	ended 78
	said '--proc /nowhere'
}

# ended STATUS: the worker on the host does, by itself.
ended() {
	local status=0
	wait_worker || status=$?
	[ "$status" = "$1" ]
}

@test "no socket ends it with 69 and one line, in a container too" {
	launch_worker --host unix:///run/none.sock
	ended 69
	said level=error 'no socket at /run/none.sock'
	[ "$(wc -l <"$LOG")" = 1 ]
	ends_with 69 --privileged -v /proc:/host/proc:ro
	[[ $output = *'no socket at /var/run/docker.sock'*'-v /var/run:/var/run'* ]]
}

@test "a socket that nobody listens at ends it with 69" {
	in_box python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$BATS_TEST_TMPDIR/dead.sock"
	launch_worker --host "unix://$BATS_TEST_TMPDIR/dead.sock"
	ended 69
	said level=error "$BATS_TEST_TMPDIR/dead.sock: Connection refused"
	[ "$(wc -l <"$LOG")" = 1 ]
}

@test "a socket that is not for us ends it with 77 and one line" {
	# a program that everyone may run, wherever the checkout is
	PLACE=$(mktemp -d /tmp/cleat-placement.XXXXXX)
	chmod 755 "$PLACE"
	install -m 755 "$CLEAT" "$PLACE/cleat"
	run_logged in_box setpriv --reuid 65534 --regid 65534 --clear-groups \
		env -u DOCKER_HOST "$PLACE/cleat" watch
	ended 77
	said level=error 'no permission to use /var/run/docker.sock' group
	[ "$(wc -l <"$LOG")" = 1 ]
}

@test "a folder in the socket's place ends it with 78 and one line, in a container too" {
	launch_worker --host "unix://$BATS_TEST_TMPDIR"
	ended 78
	said level=error "$BATS_TEST_TMPDIR is a folder, not a socket"
	[ "$(wc -l <"$LOG")" = 1 ]
	ends_with 78 --privileged -v /proc:/host/proc:ro -v /var/run/placement-none.sock:/var/run/docker.sock
	[[ $output = *'/var/run/docker.sock is a folder'* ]]
	in_box rmdir /var/run/placement-none.sock
}

@test "a file in the socket's place ends it with 78" {
	: >"$BATS_TEST_TMPDIR/file"
	launch_worker --host "unix://$BATS_TEST_TMPDIR/file"
	ended 78
	said level=error "$BATS_TEST_TMPDIR/file is no socket"
}
