# watch_lib.bash - `cleat watch` in tests: on the engine's host, and in a
# container; what it logs, and what a container's network looks like.
#
#   setup_file()    { use_engine; }
#   teardown_file() { drop_engine; }
#   teardown()      { end_worker; show_log; remove_apps; }

load engine_lib

CHECKOUT=$(readlink -f "${BASH_SOURCE[0]%/*}/../..")
CLEAT=$(readlink -f "${CLEAT:-$CHECKOUT/build/cleat}")

# --- the worker on the host

# start_worker [NAME=VALUE...] [OPTION...]: in the box, until it watches.  Its
# log is $LOG.  A worker started before is not ended by that.
start_worker() {
	launch_worker "$@"
	wait_for 10 watches_or_gone
	said 'watching: '
}
watches_or_gone() { said 'watching: ' || ! kill -0 "$WORKER"; }

# launch_worker: the same without waiting.
launch_worker() {
	local variables=()
	while [[ ${1-} =~ ^[A-Za-z_]+= ]]; do
		variables+=("$1")
		shift
	done
	run_logged "$ENGINE" run "$ENGINE_DIR" -- env -u DOCKER_HOST "${variables[@]}" "$CLEAT" watch "$@"
}

# run_logged COMMAND...: a worker by another command line.
run_logged() {
	LOG=$BATS_TEST_TMPDIR/worker.log
	"$@" >>"$LOG" 2>&1 3>&- &
	WORKER=$!
}

# end_worker: TERM, and its status.  Nothing when there is none.
end_worker() {
	[ -n "${WORKER:-}" ] || return 0
	kill -TERM "$WORKER" 2>/dev/null || true
	wait_worker
}

# wait_worker: its status, once it has ended by itself.
wait_worker() {
	local pid=$WORKER
	WORKER=
	wait_for 10 absent kill -0 "$pid" || in_box pkill -KILL -x cleat
	wait "$pid"
}

# show_log: for a teardown, which is seen only when the test failed.
show_log() {
	if [ -n "${LOG:-}" ]; then
		head -c 20000 "$LOG"
	fi
	[ -z "${WORKER_NAME:-}" ] || docker logs --tail 100 "$WORKER_NAME" 2>&1 || true
}

# kill_worker: a crash.
kill_worker() {
	in_box pkill -KILL -x cleat
	wait_worker || true
}

worker_lives() { kill -0 "$WORKER"; }

# --- what it says

# said TEXT...: one line of the log has all of these, as they stand.
said() {
	local text lines
	lines=$(worker_log)
	for text; do
		lines=$(grep -F -e "$text" <<<"$lines") || return
	done
}

# times_said TEXT: in how many lines.
times_said() { worker_log | grep -cF -e "$1" || true; }

# worker_log: of the worker in the box, or in the container $WORKER_NAME.
worker_log() {
	if [ -n "${WORKER_NAME:-}" ]; then
		docker logs "$WORKER_NAME" 2>&1
	else
		cat "$LOG"
	fi
}

# done_count CONTAINER: how many commands were run for it without an error.
done_count() { times_said "msg=done container=$1 "; }
has_done() { [ "$(done_count "$1")" -ge "$2" ]; }

# applied CONTAINER N: wait until N commands were run for it, and see that none
# failed or was refused.
applied() {
	wait_for 10 has_done "$1" "$2"
	[ "$(done_count "$1")" = "$2" ]
	absent said level=error "container=$1 "
}

# settled: the worker has seen every start up to now: it handles one container
# after the other here (--jobs 1), or the containers before have their lines.
settled() {
	local name=settled-$BATS_TEST_NUMBER-$((++SETTLED))
	start_app "$name" --network none -l 'docker-events.address=add 10.254.254.1/32 dev lo'
	wait_for 10 has_done "$name" 1
}
SETTLED=0

# --- a container's network, whole

# addresses CONTAINER: "eth0 inet 172.17.0.2/16" and so on, by device.
addresses() { in_netns "$1" ip -o address | awk '{ print $2, $3, $4 }' | sort -s -k 1,1; }
routes() { in_netns "$1" ip route | sed 's/ *$//'; }
routes6() { in_netns "$1" ip -6 route | sed 's/ *$//'; }
rules() { in_netns "$1" ip rule | tr '\t' ' ' | sed 's/ *$//'; }
host_routes() { in_box ip route | sed 's/ linkdown//; s/ *$//'; }

# same EXPECTED COMMAND...: the command's whole output.
same() {
	local expected=$1
	shift
	diff -u <(echo "$expected") <("$@")
}

# --- the worker in a container

# use_worker_image: the image cleat, as `make image` makes it, in $IMAGE; with
# $CLEAT in it when that is another program.
use_worker_image() {
	export IMAGE=cleat-test/worker
	"$CHECKOUT/scripts/image" "$IMAGE"
	[ "$CLEAT" != "$CHECKOUT/build/cleat" ] || return 0
	docker create --name "${IMAGE##*/}-with" "$IMAGE" >/dev/null
	docker cp -q "$CLEAT" "${IMAGE##*/}-with:/cleat"
	docker commit "${IMAGE##*/}-with" "$IMAGE" >/dev/null
	docker rm "${IMAGE##*/}-with" >/dev/null
}

# run_worker NAME [DOCKER RUN OPTION...] [-- WATCH OPTION...]: a worker's
# container that watches.  $WORKER_NAME, for worker_log, is its name.
run_worker() {
	local name=$1
	shift
	run_worker_with "$name" -v /var/run/docker.sock:/var/run/docker.sock "$@"
}

# run_worker_with: the same without the engine's socket.
run_worker_with() {
	local name=$1 options=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	[ $# = 0 ] || shift
	WORKER_NAME=$name
	APP_IMAGE=$IMAGE start_app "$name" "${options[@]}" -- /cleat watch "$@"
	wait_for 10 said 'watching: '
}
