# shellcheck shell=sh disable=SC2034,SC2154	# read by scripts/deps; set there
min=6.1
needs=

# Without libmnl only the kernel's own words for an error are lost.
build() {
	PKG_CONFIG=false ./configure
	make -j"$JOBS" SUBDIRS="lib ip" SHARED_LIBS=n \
		CCOPTS="$CFLAGS -isystem $DEPS/kinc" LDFLAGS="-static -Wl,--gc-sections"
	"$STRIP" -o "$DEPS/bin/ip" ip/ip
}
