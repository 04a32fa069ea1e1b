# shellcheck shell=sh disable=SC2034,SC2154	# scripts/deps reads and sets them
min=1.37
needs=kinc

# Ours first, then all that it does not name, which is off.
configure() {
	make allnoconfig
	mv .config all-off
	awk '{ symbol = $0; sub(/^# /, "", symbol); sub(/[= ].*/, "", symbol) }
		!seen[symbol]++' "$recipes/busybox.config" all-off >.config
	yes '' | make oldconfig
	if grep '^CONFIG_' "$recipes/busybox.config" | grep -vxFf .config; then
		echo "not taken from busybox.config: the above"
		exit 1
	fi
}

build() {
	configure
	make -j"$JOBS" CC="$CC" AR="$AR" STRIP="$STRIP" HOSTCC=gcc \
		CFLAGS="-isystem $DEPS/kinc -ffile-prefix-map=$PWD=." busybox
	check_static busybox
	cp busybox "$DEPS/bin/"
}
