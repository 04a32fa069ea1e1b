#!/usr/bin/env bats
# What the command line and the environment of `cleat watch` change, and what
# it says about a wrong one.

# shellcheck disable=SC2016	# $NAME in a label is for the worker

load watch_lib

setup_file() { use_engine; }
teardown_file() { drop_engine; }
teardown() {
	end_worker
	show_log
	remove_apps
	in_box ip route del 10.99.5.0/24 2>/dev/null || true
}

ADDRESS='docker-events.address=add 10.7.0.1/24 dev lo'

@test "--label-prefix chooses other labels, and the usual ones do nothing then" {
	start_worker --jobs 1 --label-prefix com.example.net
	start_app options-prefix --network none -l 'com.example.net.address=add 10.7.0.2/24 dev lo' -l "$ADDRESS" \
		-l com.example.network=x
	applied options-prefix 1
	same "lo inet 127.0.0.1/8
lo inet 10.7.0.2/24" addresses options-prefix
}

@test "each option may be a variable of the environment, and the command line wins" {
	start_worker CLEAT_WATCH_LABEL_PREFIX=from.env CLEAT_WATCH_LOG_FORMAT=json CLEAT_WATCH_DRY_RUN=1 \
		CLEAT_WATCH_ALLOW=host-route CLEAT_WATCH_LABEL_ENV=ADDR,ROUTE ADDR=10.7.0.3/24 ROUTE=10.99.4.0/24 \
		CLEAT_WATCH_HOST=unix:///nowhere.sock --host unix:///var/run/docker.sock
	start_app options-env --network none -l 'from.env.address=add $ADDR dev lo' \
		-l 'from.env.host-route=add $ROUTE dev docker0'
	wait_for 5 said '"msg":"would run"' '"container":"options-env"' 'from.env.address' 'add $ADDR dev lo'
	wait_for 5 said '"msg":"would run"' 'from.env.host-route'
	same "lo inet 127.0.0.1/8" addresses options-env
}

@test "DOCKER_HOST is the engine when no option says another" {
	run_logged "$ENGINE" run "$ENGINE_DIR" -- env "DOCKER_HOST=unix://$ENGINE_DIR/docker.sock" "$CLEAT" watch
	wait_for 10 said 'watching: '
	said "at unix://$ENGINE_DIR/docker.sock"
	start_app options-host --network none -l "$ADDRESS"
	applied options-host 1
}

@test "--log-format json gives one JSON object a line, whatever labels say" {
	start_worker --log-format json -v
	start_app options-json --network none -l "$ADDRESS" -l docker-events.'we"ird\kind'=x \
		-l docker-events.route=$'add "10.0.0.0/8\t\e[31m\xc3\xa9\xe2\x82\xac\U1F600'
	wait_for 5 said '"msg":"done"' '"container":"options-json"'
	wait_for 5 said docker-events.route
	end_worker
	jq -es 'all(has("time") and has("level") and has("msg"))' "$LOG"
	[ "$(jq -s length "$LOG")" = "$(wc -l <"$LOG")" ]
	[ "$(jq -r 'select(.msg == "done") | .command' "$LOG")" = 'add 10.7.0.1/24 dev lo' ]
	[ "$(jq -r 'select(.label | tostring | contains("ird")) | .label' "$LOG")" = 'docker-events.we"ird\kind' ]
	[ "$(jq -r 'select(.label == "docker-events.route") | .command' "$LOG")" = \
		$'add "10.0.0.0/8\t\e[31m\xc3\xa9\xe2\x82\xac\U1F600' ]
}

@test "logfmt shows none of a label's control bytes as they are" {
	start_worker
	start_app options-logfmt --network none -l docker-events.$'a\e[2J=b\n'=x \
		-l docker-events.route=$'add\x7f \e]0;owned\a \xc2\x9b31m\r\nlevel=info msg=forged'
	wait_for 5 said docker-events.route
	[ "$(times_said options-logfmt)" = 3 ]
	LC_ALL=C run ! grep -q $'[\x01-\x09\x0b-\x1f\x7f-\x9f]' "$LOG"
	run ! grep -q '^level=info' "$LOG"
}

@test "--log-level error is silent about what goes well" {
	run_logged "$ENGINE" run "$ENGINE_DIR" -- env -u DOCKER_HOST "$CLEAT" watch --log-level error
	start_app options-quiet --network none -l "$ADDRESS"
	wait_for 10 has_address options-quiet 10.7.0.1/24
	start_app options-loud --network none -l 'docker-events.address=nonsense'
	wait_for 5 said level=error options-loud
	[ "$(wc -l <"$LOG")" = 1 ]
}
has_address() { addresses "$1" | grep -qF "$2"; }

# fake_ip SCRIPT: what the worker finds as ip, beside the real one.
fake_ip() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/ip" <<-END
	#!/bin/sh
	$1
	PATH=\${PATH#*:} exec ip "\$@"
	END
	chmod 755 "$BATS_TEST_TMPDIR/bin/ip"
}

@test "a command that takes longer than --timeout is ended with its children and told, and the next one runs" {
	fake_ip 'case "$*" in *10.7.0.66*) trap "" TERM; sleep 4321 & wait; sleep 4321 ;; esac'
	start_worker "PATH=$BATS_TEST_TMPDIR/bin:$PATH" --timeout 1
	start_app options-slow --network none \
		-l 'docker-events.address=add 10.7.0.66/24 dev lo; add 10.7.0.1/24 dev lo'
	start_app options-last --network none \
		-l 'docker-events.address=add 10.7.0.1/24 dev lo; add 10.7.0.66/24 dev lo'
	start_app options-fast --network none -l "$ADDRESS"
	applied options-fast 1
	wait_for 12 has_done options-slow 1
	for name in slow last; do
		wait_for 12 said level=error 'msg="command took too long"' "container=options-$name" \
			'command="add 10.7.0.66/24 dev lo"'
		same "lo inet 127.0.0.1/8
lo inet 10.7.0.1/24" addresses options-$name
	done
	local left=0
	wait_for 5 absent in_box pgrep -fx 'sleep 4321' || left=1
	[ "$left" = 0 ] || in_box pkill -KILL -fx 'sleep 4321'
	[ "$left" = 0 ]
}

@test "a command gets no descriptor of the worker's, the engine's socket least of all" {
	fake_ip "ls -l /proc/self/fd >>$BATS_TEST_TMPDIR/fds"
	# between them a connection to the engine is kept open
	start_app options-before --network none -l "$ADDRESS"
	start_worker "PATH=$BATS_TEST_TMPDIR/bin:$PATH"
	start_app options-fds --network none -l 'docker-events.address=add 10.7.0.1/24 dev lo; add 10.7.0.2/24 dev lo'
	applied options-fds 2
	grep -q '0 -> /dev/null' "$BATS_TEST_TMPDIR/fds"
	absent grep -E 'socket:|/ns/net|net:|anon_inode|/docker.sock' "$BATS_TEST_TMPDIR/fds"
}

@test "a command gets PATH alone of the worker's environment, and no capability to load modules" {
	fake_ip "cat /proc/\$\$/status >>$BATS_TEST_TMPDIR/status; tr '\\0' '\\n' </proc/\$\$/environ >>$BATS_TEST_TMPDIR/env"
	start_worker "PATH=$BATS_TEST_TMPDIR/bin:$PATH" SECRET=of-the-worker DOCKER_TLS_VERIFY=
	start_app options-bare --network none -l 'docker-events.address=add 10.7.0.1/24 dev lo; add 10.7.0.2/24 dev lo'
	applied options-bare 2
	same "PATH=$BATS_TEST_TMPDIR/bin:$PATH
PATH=$BATS_TEST_TMPDIR/bin:$PATH" cat "$BATS_TEST_TMPDIR/env"
	# SYS_MODULE is 16; each of the two commands has the others
	[ "$(grep -cE '^Cap(Inh|Prm|Eff|Bnd):' "$BATS_TEST_TMPDIR/status")" = 8 ]
	while read -r set mask; do
		[ $((0x$mask >> 16 & 1)) = 0 ]
		[ "$set" = CapInh: ] || [ $((0x$mask >> 12 & 1)) = 1 ]
	done < <(grep -E '^Cap(Inh|Prm|Eff|Bnd):' "$BATS_TEST_TMPDIR/status")
}

@test "many commands with a long --timeout are not ended before their time" {
	# in an int, the milliseconds of all of them are 704
	fake_ip 'case "$*" in *" 10.7.0.1/32 "*) sleep 1 ;; esac'
	start_worker "PATH=$BATS_TEST_TMPDIR/bin:$PATH" --timeout 44276
	start_app options-many --network none \
		-l "docker-events.address=$(printf 'add 10.7.0.%d/32 dev lo;' {1..97})"
	applied options-many 97
}

@test "TERM again and again does not put the end off while a command runs" {
	fake_ip 'sleep 4322'
	start_worker "PATH=$BATS_TEST_TMPDIR/bin:$PATH"
	start_app options-hangs --network none -l "$ADDRESS"
	wait_for 5 in_box pgrep -fx 'sleep 4322'
	local n=0
	while kill -TERM "$WORKER"; do
		[ $((++n)) -le 14 ]	# half a second each
		sleep 0.5
	done
	wait_worker
	said level=warn 'commands still run: leaving without them'
	in_box pkill -KILL -fx 'sleep 4322'
}

@test "what is refused in the host's network is told once, and its host-route is run" {
	before=$(host_routes)
	start_worker --allow host-route
	start_app options-host --network host -l "$ADDRESS" -l 'docker-events.sysctl=net.ipv4.ip_default_ttl=33' \
		-l 'docker-events.host-route=add 10.99.5.0/24 dev docker0'
	wait_for 5 has_done options-host 1
	settled
	[ "$(times_said level=error)" = 1 ]
	said level=error 'msg="labels refused"' container=options-host "it shares the host's network"
	in_box ip route del 10.99.5.0/24
	same "$before" host_routes
}

# wrong WORD... -- ARG...: ends with 2 at once and one line that holds the words
wrong() {
	local words=() word said status=0
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	said=$(in_box env -u DOCKER_HOST "${VARIABLES[@]}" timeout 5 "$CLEAT" watch "$@" 2>&1) || status=$?
	echo "$status: $said"
	[ "$status" = 2 ]
	[ "$(wc -l <<<"$said")" = 1 ]
	for word in "${words[@]}"; do
		grep -qF -e "$word" <<<"$said"
	done
}
VARIABLES=()

@test "a wrong command line ends with 2 and one line that names the option and what it wants" {
	wrong --jobs 'many' -- --jobs many
	wrong --jobs 1024 -- --jobs 0
	wrong -j 1024 -- -j 1025
	wrong --timeout -- --timeout 1h
	wrong --timeout -- --timeout
	wrong --allow host-route -- --allow everything
	wrong --allow -- --allow host-route,
	wrong --catch-up labels -- --catch-up some
	wrong --log-format logfmt json -- --log-format xml
	wrong --log-level debug -- --log-level loud
	wrong --label-env -- --label-env A,,B
	wrong --label-env -- --label-env 'A B'
	wrong --host unix:///PATH -- --host ssh://me@there
	wrong --host unix:///PATH -- -H unix://relative.sock
	wrong --frobnicate -- --frobnicate
	wrong --dry-run -- --dry-run=please
	wrong --label-prefix 'without a dot' -- --label-prefix ''
	wrong --label-prefix 'without a dot' -- --label-prefix x.
	wrong extra -- extra
}

@test "a wrong variable is told by its name" {
	VARIABLES=(CLEAT_WATCH_JOBS=none)
	wrong CLEAT_WATCH_JOBS --
	VARIABLES=(CLEAT_WATCH_ALLOW=everything)
	wrong CLEAT_WATCH_ALLOW host-route --
	VARIABLES=(DOCKER_HOST=ssh://me@there)
	wrong ssh://me@there --
	for version in foo 1. 1.x 2.0 44; do
		VARIABLES=("DOCKER_API_VERSION=$version")
		wrong DOCKER_API_VERSION 'such as 1.44' "$version" --
	done
}

@test "--help names each option with its variable, and fits a terminal" {
	run -0 "$CLEAT" watch --help
	for option in host label-prefix label-env allow proc engine-netns catch-up jobs timeout dry-run log-format \
		log-level verbose; do
		[[ $output = *"--$option"* ]]
	done
	[[ $output = *CLEAT_WATCH_* ]]
	run ! awk 'length > 80 { exit 0 } END { exit 1 }' <<<"$output"
}
