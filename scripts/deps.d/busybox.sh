# shellcheck shell=sh disable=SC2034,SC2154	# read by scripts/deps; set there
min=1.37
needs=

# Every symbol that busybox.config does not name is off.
configure() {
	make allnoconfig
	grep '^CONFIG_' "$recipes/busybox.config" >wanted
	cut -d= -f1 wanted | while read -r symbol; do
		sed -i "/^$symbol=/d; /^# $symbol is not set/d" .config
	done
	sed 's/^\(.*\)=n$/# \1 is not set/' wanted >>.config
	yes '' | make oldconfig
	sed 's/^\(.*\)=n$/# \1 is not set/' wanted | while read -r line; do
		grep -qxF "$line" .config || { echo "not taken: $line"; exit 1; }
	done
}

build() {
	configure
	make -j"$JOBS" CC="$CC" AR="$AR" STRIP="$STRIP" HOSTCC=gcc \
		CFLAGS="-isystem $DEPS/kinc -ffile-prefix-map=$PWD=." busybox
	cp busybox "$DEPS/bin/busybox"
}
