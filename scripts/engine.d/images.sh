# shellcheck shell=bash
# shellcheck disable=SC2154	# variables of engine
# images.sh - base images without a registry, and programs of other releases.

engine_docker() { docker -H "unix://$(socket)" "$@"; }
has_image() { engine_docker image inspect "$1" >/dev/null 2>&1; }

need_engine() {
	need_ours
	command -v docker >/dev/null || die "there is no docker command here: scripts/setup engine installs it"
	answers || die "the engine in $DIR does not run: engine up $DIR"
}

# Debian's busybox-static with a link for each of its applets.
busybox_tree() {
	local root=$1 busybox=/bin/busybox applet
	# a dynamic one would find no library in the image
	! ldd $busybox >/dev/null 2>&1 ||
		die "$busybox is not static: scripts/setup engine installs busybox-static"
	mkdir -p "$root/bin" "$root/etc" "$root/root" "$root/tmp"
	chmod 1777 "$root/tmp"
	cp $busybox "$root/bin/busybox"
	for applet in $($busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
	done
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
}

static_tree() {
	local cc=gcc
	command -v gcc >/dev/null || cc=musl-gcc
	command -v $cc >/dev/null || die "there is no gcc here: scripts/setup build installs it"
	$cc -Os -s -static -o "$1/pause" "$here/engine.d/pause.c" || die "cannot compile engine.d/pause.c"
}

# import_tree TREE IMAGE CHANGE...: a folder becomes an image
import_tree() {
	local tree=$1 image=$2 changes=()
	shift 2
	for c; do changes+=(-c "$c"); done
	tar -C "$tree" --owner=0 --group=0 --sort=name -c . |
		engine_docker import "${changes[@]}" - "$image" >/dev/null || die "cannot import $image"
}

cmd_images() {
	local tmp
	need_engine
	tmp=$(mktemp -d "$DIR/images.XXXXXX")
	mkdir "$tmp/busybox" "$tmp/static"
	if ! has_image cleat-test/busybox; then
		busybox_tree "$tmp/busybox"
		import_tree "$tmp/busybox" cleat-test/busybox 'ENV PATH=/bin' 'CMD ["/bin/sh"]'
	fi
	if ! has_image cleat-test/static; then
		static_tree "$tmp/static"
		import_tree "$tmp/static" cleat-test/static 'CMD ["/pause"]'
	fi
	rm -rf "$tmp"
}

find_dockerd() {
	local d=${ENGINE_DOCKERD:-}
	if [ -z "$d" ]; then
		d=$(command -v dockerd) || die "there is no dockerd here: scripts/setup engine installs it, or name one in ENGINE_DOCKERD"
	fi
	[ -x "$d" ] || die "$d is no program: put the path of a dockerd in ENGINE_DOCKERD"
	echo "$d"
}
