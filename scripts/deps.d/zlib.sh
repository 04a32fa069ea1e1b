# shellcheck shell=sh disable=SC2034,SC2154	# read by scripts/deps; set there
min=1.2.13
needs=

build() {
	CFLAGS="$CFLAGS" ./configure --static --prefix="$DEPS"
	make -j"$JOBS" libz.a
	cp zlib.h zconf.h "$DEPS/include/"
	cp libz.a "$DEPS/lib/"
}
