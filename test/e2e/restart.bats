#!/usr/bin/env bats
# The engine ends and comes back, and so does the worker.  These tests have an
# engine of their own, whatever the runner brought up.

load watch_lib

setup_file() {
	unset ENGINE_DIR DOCKER_HOST
	use_engine
	use_worker_image
}
teardown_file() { drop_engine; }
# A test may have left the engine stopped.  Names are used once: an engine that
# was killed may still hold the endpoint of a container that is no more.
setup() {
	"$ENGINE" up "$ENGINE_DIR"
	app=restart-app$BATS_TEST_NUMBER next=restart-next$BATS_TEST_NUMBER
	worker=restart-worker$BATS_TEST_NUMBER early=restart-early$BATS_TEST_NUMBER
}
teardown() {
	"$ENGINE" up "$ENGINE_DIR"
	end_worker
	show_log
	end_listener
	remove_apps
}

LABELS=(-l 'docker-events.address=add 10.0.1.4/16 dev eth0' -l 'docker-events.rule=add from 10.0.1.4 table 100')

watching() { [ "$(times_said 'watching: ')" -ge "$1" ]; }
restarted() { [ "$(docker inspect -f '{{.State.StartedAt}}' "$1")" != "$2" ]; }

# back_after ENGINE_COMMAND [DOCKERD_OPTION...]: stop or kill the engine, start
# it, and see that the worker is back and has done everything once.  There is
# $app, which the engine starts again.
back_after() {
	local command=$1 started
	shift
	start_app "$app" --restart always "${LABELS[@]}"
	applied "$app" 2
	started=$(docker inspect -f '{{.State.StartedAt}}' "$app")
	"$ENGINE" "$command" "$ENGINE_DIR"
	"$ENGINE" start "$ENGINE_DIR" -- "$@"
	wait_for 5 watching 2
	start_app "$next" "${LABELS[@]}"
	wait_for 5 has_done "$next" 2
	# the one that came back
	wait_for 10 restarted "$app" "$started"
	applied "$app" 4
	[[ $(addresses "$app") = *'eth0 inet 10.0.1.4/16'* ]]
	[ "$(rules "$app" | grep -c 10.0.1.4)" = 1 ]
	once_each
}

# once_each: one start, one run; two of $app.
once_each() {
	settled
	[ "$(done_count "$app")" = 4 ]
	[ "$(done_count "$next")" = 2 ]
	absent said 'there already'
	absent said 'File exists'
	# a worker in a container may meet the old socket before it is restarted
	[ "$(worker_log | grep level=error | grep -cv 'mounted as a file')" = 0 ]
}

@test "when the engine is stopped and started, a worker on the host is back within 5 s" {
	start_worker
	back_after stop
	said level=warn 'engine lost: no socket at'
}

@test "when the engine crashes and is started, a worker on the host is back within 5 s" {
	start_worker
	back_after kill
	said level=warn 'engine lost'
}

@test "when the engine is stopped and started, a worker in a container is back within 5 s" {
	run_worker "$worker" --privileged --restart always -v /proc:/host/proc:ro
	back_after stop
}

@test "when the engine crashes and is started, a worker in a container is back within 5 s" {
	run_worker "$worker" --privileged --restart always -v /proc:/host/proc:ro
	back_after kill
}

@test "by the predecessor's own command line it is back as well" {
	run_worker "$worker" --stop-signal=SIGKILL --restart=always -v /proc:/proc --privileged
	back_after stop
}

@test "containers that survive the engine's restart are not touched again" {
	start_worker
	start_app restart-survivor "${LABELS[@]}"
	applied restart-survivor 2
	"$ENGINE" kill "$ENGINE_DIR"
	"$ENGINE" start "$ENGINE_DIR" -- --live-restore
	wait_for 5 watching 2
	settled
	[ "$(done_count restart-survivor)" = 2 ]
	absent said 'there already'
	[ "$(rules restart-survivor | grep -c 10.0.1.4)" = 1 ]
}

@test "a worker in a container that survives it goes on, with the socket's folder mounted" {
	"$ENGINE" stop "$ENGINE_DIR"
	"$ENGINE" start "$ENGINE_DIR" -- --live-restore
	run_worker_with "$worker" -v /var/run:/var/run --privileged -v /proc:/host/proc:ro
	pid=$(pid_of "$worker")
	"$ENGINE" kill "$ENGINE_DIR"
	"$ENGINE" start "$ENGINE_DIR" -- --live-restore
	wait_for 5 watching 2
	[ "$(pid_of "$worker")" = "$pid" ]
	start_app "$next" "${LABELS[@]}"
	applied "$next" 2
}

@test "a worker that survives it with a socket that is gone ends with 75, and is started anew by the engine" {
	"$ENGINE" stop "$ENGINE_DIR"
	"$ENGINE" start "$ENGINE_DIR" -- --live-restore
	run_worker "$worker" --privileged --restart always -v /proc:/host/proc:ro
	started=$(docker inspect -f '{{.State.StartedAt}}' "$worker")
	"$ENGINE" kill "$ENGINE_DIR"
	"$ENGINE" start "$ENGINE_DIR" -- --live-restore
	wait_for 15 watching 2
	# its last words may be lost with the engine that was to read them, which
	# counts no restart when it finds the worker ended
	restarted "$worker" "$started"
	start_app "$next" "${LABELS[@]}"
	applied "$next" 2
	docker update --restart no "$worker" >/dev/null
	"$ENGINE" kill "$ENGINE_DIR"
	"$ENGINE" start "$ENGINE_DIR" -- --live-restore
	wait_for 15 exited "$worker" 75
}
exited() { [ "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$1")" = "exited $2" ]; }

@test "a worker in a container waits for an engine that comes later" {
	mkdir "$BATS_TEST_TMPDIR/run"
	# shellcheck disable=SC2034	# for worker_log
	WORKER_NAME="$early"
	APP_IMAGE=$IMAGE start_app "$early" --privileged -v /proc:/host/proc:ro \
		-v "$BATS_TEST_TMPDIR/run:/run/engine" -- /cleat watch --host unix:///run/engine/docker.sock
	wait_for 5 said 'no socket at /run/engine/docker.sock'
	"$ENGINE" run "$ENGINE_DIR" -- "$BATS_TEST_DIRNAME/engine_proxy.py" \
		"$BATS_TEST_TMPDIR/run/docker.sock" /var/run/docker.sock "$BATS_TEST_TMPDIR/requests" 3>&- &
	LISTENER=$!
	wait_for 5 watching 1
	start_app restart-late "${LABELS[@]}"
	applied restart-late 2
}

# --- the end of the worker

# start_listener PORT: what the notifier says, in $HEARD.
start_listener() {
	HEARD=$BATS_TEST_TMPDIR/heard
	# shellcheck disable=SC2016	# for the shell in the box
	"$ENGINE" run "$ENGINE_DIR" -- sh -c 'while :; do busybox nc -l -p "$1" </dev/null; done' listen "$1" \
		>"$HEARD" 2>&1 3>&- &
	LISTENER=$!
	wait_for 5 listens "$1"
}
listens() { in_box ss -Hltn "sport = :$1" | grep -q .; }
end_listener() {
	[ -n "${LISTENER:-}" ] || return 0
	kill -TERM "$LISTENER"
	wait "$LISTENER" || true
	in_box pkill -x busybox || true
}

# stops_in MS CONTAINER: docker stop takes at most that.
stops_in() {
	local before=${EPOCHREALTIME/[.,]/}
	docker stop -t 10 "$2" >/dev/null
	took=$(((${EPOCHREALTIME/[.,]/} - before) / 1000))
	echo "it took $took ms"
	[ "$took" -le "$1" ]
}

@test "docker stop ends the worker's container within 1 s and with status 0, and the notifier says stop" {
	start_listener 47299
	run_worker "$worker" --privileged -v /proc:/host/proc:ro -e CLEAT_INIT_NOTIFY=172.17.0.1:47299
	wait_for 5 grep -qx start "$HEARD"
	wait_for 5 listens 47299
	stops_in 1000 "$worker"
	[ "$(docker inspect -f '{{.State.ExitCode}}' "$worker")" = 0 ]
	said 'TERM: stopping'
	wait_for 2 grep -qx stop "$HEARD"
	[ "$(paste -sd' ' "$HEARD")" = "start stop" ]
}

@test "without a listener and without its engine's answer it ends as fast" {
	run_worker "$worker" --privileged -v /proc:/host/proc:ro -e CLEAT_INIT_NOTIFY=172.17.0.1:47298
	stops_in 1000 "$worker"
	[ "$(docker inspect -f '{{.State.ExitCode}}' "$worker")" = 0 ]
}
