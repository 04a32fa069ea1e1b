# shellcheck shell=sh disable=SC2034,SC2154	# scripts/deps reads and sets them
min=1.2.13
needs=

build() {
	./configure --static
	make -j"$JOBS" libz.a
	cp zlib.h zconf.h "$DEPS/include/"
	cp libz.a "$DEPS/lib/"
}
