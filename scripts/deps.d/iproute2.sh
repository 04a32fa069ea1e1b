# shellcheck shell=sh disable=SC2034,SC2154	# scripts/deps reads and sets them
min=6.1
needs=kinc

# PKG_CONFIG=false: nothing of glibc's is to be found.  What `ip` lacks without
# libmnl is the kernel's own words for an error.  libgen.h: older
# ones look for basename() in string.h, where musl 1.2.5 has it no more.
build() {
	PKG_CONFIG=false ./configure
	make -j"$JOBS" SUBDIRS="lib ip" SHARED_LIBS=n HOSTCC=gcc \
		CCOPTS="$CFLAGS -isystem $DEPS/kinc -include libgen.h" \
		LDFLAGS="-static -Wl,--gc-sections"
	"$STRIP" ip/ip
	check_static ip/ip
	cp ip/ip "$DEPS/bin/"
}
