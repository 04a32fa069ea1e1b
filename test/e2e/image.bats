#!/usr/bin/env bats
# The image as `make image` makes it: what is in it, how it runs.

load engine_lib

CHECKOUT=$(readlink -f "${BATS_TEST_DIRNAME}/../..")

setup_file() {
	use_engine
	export IMAGE=cleat-test/image APP_IMAGE=cleat-test/image
	"$CHECKOUT/scripts/image" "$IMAGE"
}

teardown_file() {
	drop_engine
}

teardown() {
	remove_apps
	[ -z "${listener:-}" ] || { kill "$listener" && wait "$listener"; } || true
}

cleat_run() { docker run --rm --network none "$@"; }
config() { docker image inspect -f "$1" "$IMAGE"; }
logs() { docker logs "$1" 2>&1; }
logged() { logs "$1" | grep -qE -- "$2"; }
image_files() {
	start_app image-files --entrypoint /cleat -- init sleep 1000
	docker export image-files | tar -t
}

# --- what is in it

@test "it is no larger than 3.5 MB" {
	[ "$(config '{{.Size}}')" -le 3500000 ]
}

@test "it holds cleat, busybox, ip, certificates, the notifier and its papers, and nothing else" {
	image_files >"$BATS_TEST_TMPDIR/files"
	# what an engine puts there, folders, and busybox's links
	applets=$("$CHECKOUT/build/deps/bin/busybox" --list | grep -vx busybox | sed 's|^\[$|\\[|; s|^|bin/|')
	run -0 diff - <(grep -vE '/$|^(\.dockerenv|dev/|etc/(hostname|hosts|resolv.conf|mtab)$)|^usr/share/cleat/licenses/' \
		"$BATS_TEST_TMPDIR/files" | grep -vxf <(echo "$applets") | LC_ALL=C sort) <<-'END'
	bin/busybox
	bin/ip
	cleat
	etc/group
	etc/passwd
	etc/ssl/certs/ca-certificates.crt
	notifier.sh
	usr/bin/env
	usr/share/cleat/LICENSE
	usr/share/cleat/MANIFEST
	END
	for package in zlib mbedtls curl busybox iproute2 musl jsmn ca-certificates GPL-2; do
		grep -qx "usr/share/cleat/licenses/$package" "$BATS_TEST_TMPDIR/files"
	done
	run -0 config '{{json .RootFS.Layers}}'
	[[ $output != *,* ]]
}

@test "its programs are static and run" {
	run -0 cleat_run --entrypoint /cleat "$IMAGE" version
	[ "$output" = "cleat version $(config '{{index .Config.Labels "org.opencontainers.image.version"}}')" ]
	run -0 cleat_run --entrypoint ip "$IMAGE" -V
	[[ $output = *iproute2* ]]
	# shellcheck disable=SC2016	# for that shell
	run -0 cleat_run --entrypoint /bin/busybox "$IMAGE" sh -c 'echo "$((6 * 7))"'
	[ "$output" = 42 ]
	run -0 cleat_run --entrypoint /bin/sh "$IMAGE" -c 'command -v nc; command -v ip; env | grep ^PATH='
	[[ $output = *nc*/bin/ip*PATH=* ]]
	for program in /cleat /bin/ip /bin/busybox; do
		docker run --rm --entrypoint /bin/cat "$IMAGE" $program >"$BATS_TEST_TMPDIR/program"
		run -0 readelf -lW "$BATS_TEST_TMPDIR/program"
		[[ $output != *INTERP* && $output != *DYNAMIC* ]]
	done
}

@test "its certificates are those of the package, and not what this machine trusts besides" {
	count=$(cat /usr/share/ca-certificates/mozilla/*.crt | grep -c BEGIN)
	run -0 cleat_run --entrypoint grep "$IMAGE" -c BEGIN /etc/ssl/certs/ca-certificates.crt
	[ "$output" = "$count" ]
	[ "$count" -gt 100 ]
}

@test "files belong to root, and none but /tmp is writable for others" {
	start_app image-owners --entrypoint /cleat -- init sleep 1000
	docker export image-owners | tar -tv --numeric-owner |
		grep -vE ' (dev/.*|\.dockerenv|etc/(mtab|host.*|resolv.conf)( .*)?)$' >"$BATS_TEST_TMPDIR/files"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/files")" -gt 80 ]
	run ! grep -v ' 0/0 ' "$BATS_TEST_TMPDIR/files"
	run -0 grep -E '^[^l]....(w..|...w).* ' "$BATS_TEST_TMPDIR/files"
	[[ ${#lines[@]} = 1 && $output = drwxrwxrwt*' tmp/' ]]
}

@test "it names its sources, its licences and its version" {
	cleat_run --entrypoint cat "$IMAGE" /usr/share/cleat/MANIFEST | cmp - "$CHECKOUT/build/deps/MANIFEST"
	[[ $(config '{{index .Config.Labels "org.opencontainers.image.licenses"}}') = *GPL-2.0* ]]
	for package in busybox iproute2; do
		version=$(sed -n "s/^package $package \([^ ]*\) .*/\1/p" "$CHECKOUT/build/deps/MANIFEST")
		[[ $(config '{{index .Config.Labels "cleat.packages"}}') = *"$package $version"* ]]
	done
	grep -q "\"$(config '{{index .Config.Labels "org.opencontainers.image.version"}}')\"" "$CHECKOUT/lib/version.h"
}

@test "it makes no volume that nobody asked for" {
	[ "$(config '{{json .Config.Volumes}}')" = null ]
}

# --- how it runs

@test "without a command it is the worker under cleat init" {
	[ "$(config '{{json .Config.Cmd}}')" = '["/cleat","watch"]' ]
	[ "$(config '{{json .Config.Entrypoint}}')" = '["/cleat","init","--restart","on-failure","--"]' ]
	start_app image-default --network none
	wait_for 5 logged image-default '/var/run/docker.sock: '
	docker stop -t 8 image-default
	[ "$(docker inspect -f '{{.State.ExitCode}}' image-default)" != 137 ]
}

@test "as a plain init it reaps and stops at once, as root and as nobody" {
	for user in 0 65534; do
		start_app image-init-$user --user $user --entrypoint /cleat --network none -- \
			init -- sh -c 'id -u; trap "exit 7" TERM; while :; do (sleep 0.01 &); sleep 0.05; done'
		wait_for 5 logged image-init-$user "^$user\$"
		docker stop -t 8 image-init-$user
		[ "$(docker inspect -f '{{.State.ExitCode}}' image-init-$user)" = 7 ]
	done
}

# what the listener on the engine's host heard
hears() { grep -qx "$1" "$BATS_TEST_TMPDIR/heard"; }
listen_for() {
	# not in_box: TERM must reach it
	"$ENGINE" run "$ENGINE_DIR" -- nc.openbsd -Nkl "$1" >>"$BATS_TEST_TMPDIR/heard" 2>&1 </dev/null 3>&- &
	listener=$!
	wait_for 5 in_box sh -c "ss -Hltnp 'sport = :$1' | grep -q nc.openbsd"
	kill -0 "$listener"
}

@test "as nobody, on a read-only file system, it runs the notifier, which says start and stop" {
	[ -x /bin/nc.openbsd ] || skip "there is no OpenBSD nc: scripts/setup test installs it"
	listen_for 47201
	host=$(in_box ip -4 -o address show docker0 | sed 's/.*inet \([^/]*\).*/\1/')
	start_app image-notifier --user 65534 --cap-drop ALL --read-only -- /notifier.sh "$host" 47201
	wait_for 10 hears start
	wait_for 5 logged image-notifier "start: told $host:47201"
	docker stop -t 8 image-notifier
	wait_for 5 hears stop
	[ "$(docker inspect -f '{{.State.ExitCode}}' image-notifier)" = 0 ]
}

@test "CLEAT_INIT_NOTIFY runs the notifier beside the program" {
	[ -x /bin/nc.openbsd ] || skip "there is no OpenBSD nc: scripts/setup test installs it"
	listen_for 47202
	host=$(in_box ip -4 -o address show docker0 | sed 's/.*inet \([^/]*\).*/\1/')
	start_app image-notify --user 65534 --cap-drop ALL -e "CLEAT_INIT_NOTIFY=$host:47202" -- \
		sh -c 'trap exit TERM; while :; do sleep 0.1; done'
	wait_for 10 hears start
	docker stop -t 8 image-notify
	wait_for 5 hears stop
}

@test "the same sources make the same layer" {
	before=$(config '{{json .RootFS.Layers}}')
	"$CHECKOUT/scripts/image" cleat-test/image-again
	[ "$(docker image inspect -f '{{json .RootFS.Layers}}' cleat-test/image-again)" = "$before" ]
	docker rmi cleat-test/image-again
}

@test "without an engine scripts/image says how to get one" {
	DOCKER_HOST=unix:///none run -1 "$CHECKOUT/scripts/image"
	[[ $output = *"scripts/engine up"* ]]
}
