#!/usr/bin/env bats
# The whole Dockerfile, from a Debian base, with the builder that the docker
# command takes by default (DOCKER_BUILDKIT chooses).  It takes minutes.

load engine_lib

CHECKOUT=$(readlink -f "${BATS_TEST_DIRNAME}/../..")

setup_file() {
	use_engine
	"$ENGINE" base "$ENGINE_DIR"
	export IMAGE=cleat-test/dockerfile
	# what git would clone, and something that is no business of the image
	context=$BATS_FILE_TMPDIR/context
	export context
	mkdir -p "$context/build" "$context/.git"
	echo junk | tee "$context/build/junk" "$context/.git/junk" >"$context/junk"
	(cd "$CHECKOUT" && tar -c Dockerfile .dockerignore Makefile LICENSE scripts lib init handlers notifier test) |
		tar -x -C "$context"
	began=$SECONDS
	docker build --no-cache -t "$IMAGE" "$context" >"$BATS_FILE_TMPDIR/log" 2>&1 ||
		{ tail -n 60 "$BATS_FILE_TMPDIR/log" >&2; return 1; }
	echo "# built in $((SECONDS - began)) s" >&3
}

teardown_file() {
	drop_engine
}

teardown() {
	remove_apps
}

files_of() {	# IMAGE
	local name=dockerfile-${1##*/}
	APP_IMAGE=$1 start_app "$name" --entrypoint /cleat --network none -- init sleep 1000
	docker export "$name" | tar -tv --numeric-owner |
		awk '{ print $1, $2, $6, $7, $8 }' | grep -v ' dev/' | LC_ALL=C sort
}

@test "docker build makes an image no larger than 3.5 MB, whose programs run" {
	[ "$(docker image inspect -f '{{.Size}}' "$IMAGE")" -le 3500000 ]
	run -0 docker run --rm --network none "$IMAGE" /cleat version
	[[ $output = 'cleat version '* ]]
	run -0 docker run --rm --network none --user 65534 "$IMAGE" sh -c 'ip -V && id -u'
	[[ $output = *iproute2*65534 ]]
	run -0 docker run --rm --entrypoint cat "$IMAGE" /usr/share/cleat/MANIFEST
	[[ $output = *"package busybox "*"package iproute2 "* ]]
}

@test "docker build and make image give the same files, owners, modes and configuration" {
	"$CHECKOUT/scripts/image" cleat-test/local
	diff -u <(files_of "$IMAGE") <(files_of cleat-test/local)
	configuration() { docker image inspect -f '{{json .Config.Entrypoint}} {{json .Config.Cmd}} {{json .Config.Env}}
		{{.Config.StopSignal}} {{json .Config.Volumes}} {{index .Config.Labels "org.opencontainers.image.version"}}' "$1"; }
	diff -u <(configuration "$IMAGE") <(configuration cleat-test/local)
}

@test "a change of a source builds no dependency again" {
	echo '/* changed */' >>"$context/lib/log.c"
	run -0 docker build -t cleat-test/dockerfile-again "$context"
	[[ $output = *ache* ]]
	[[ $output != *'deps: '*' built in '* ]]
	[[ $output = *'log.'* ]]	# it was compiled
	docker rmi cleat-test/dockerfile-again
}

@test "a change of what the image does not need builds nothing" {
	before=$(docker build -q -t cleat-test/dockerfile-same "$context")
	echo more >>"$context/README.md"
	echo more >>"$context/junk"
	[ "$(docker build -q -t cleat-test/dockerfile-same "$context")" = "$before" ]
	docker rmi cleat-test/dockerfile-same
}
