# shellcheck shell=sh disable=SC2034,SC2154	# scripts/deps reads and sets them
min=6.1
needs=kinc

# PKG_CONFIG=false: nothing of glibc's is to be found.  What `ip` lacks without
# libmnl is the kernel's own words for an error.
build() {
	PKG_CONFIG=false ./configure
	make -j"$JOBS" SUBDIRS="lib ip" SHARED_LIBS=n HOSTCC=gcc \
		CCOPTS="$CFLAGS -isystem $DEPS/kinc" LDFLAGS="-static -Wl,--gc-sections"
	"$STRIP" ip/ip
	check_static ip/ip
	cp ip/ip "$DEPS/bin/"
}
