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

# The machine's busybox with a link for each of its applets, and the libraries
# it needs when it is not the static one.
busybox_tree() {
	local root=$1 busybox applet lib
	busybox=$(command -v busybox) || die "there is no busybox here: scripts/setup engine installs it"
	for lib in $(ldd "$busybox" 2>/dev/null | grep -o '/[^ ]*'); do
		mkdir -p "$root${lib%/*}"
		cp -L "$lib" "$root$lib"
	done
	mkdir -p "$root/bin" "$root/etc" "$root/root" "$root/tmp"
	chmod 1777 "$root/tmp"
	cp "$busybox" "$root/bin/busybox"
	for applet in $("$busybox" --list); do
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

# debian:trixie-slim, near enough: what debootstrap calls minbase.
cmd_base() {
	local tar=$cache/debian-trixie.tar
	need_engine
	! has_image debian:trixie-slim || return 0
	[ -s "$tar" ] || base_tar trixie "$tar"
	engine_docker import -c 'CMD ["bash"]' \
		-c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
		"$tar" debian:trixie-slim >/dev/null || die "cannot import $tar"
}

base_tar() {	# SUITE TAR
	local tmp uri
	command -v debootstrap >/dev/null || die "there is no debootstrap here: scripts/setup engine installs it"
	mkdir -p "$cache"
	tmp=$(mktemp -d "$cache/base.XXXXXX")
	uri=$(suite_mirror "$1") || exit 1
	warn "fetching the base of Debian $1, which takes half a minute"
	# what it mounts in there goes with its namespace
	unshare -m -p --fork --kill-child debootstrap --variant=minbase \
		"$1" "$tmp/root" "$uri" >"$tmp/log" 2>&1 || {
		tail -n 5 "$tmp/log" "$tmp/root/debootstrap/debootstrap.log" >&2 || true
		rm -rf "$tmp"
		die "debootstrap failed"
	}
	tar -C "$tmp/root" --exclude='./var/cache/apt/*.bin' --exclude='./var/cache/apt/archives/*.deb' \
		--exclude='./var/lib/apt/lists/*_*' --exclude='./var/log/*.log' -cf "$tmp/tar" .
	mv "$tmp/tar" "$2"
	rm -rf "$tmp"
}
