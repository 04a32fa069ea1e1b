# shellcheck shell=sh disable=SC2034,SC2154	# read by scripts/deps; set there
# 3.6.6 refuses RSA-PSS signatures of TLS 1.2 servers.
min=3.6.7
needs=

build() {
	# Over its own file, because curl must see the same one.
	cp "$recipes/mbedtls_config.h" include/mbedtls/mbedtls_config.h
	make -j"$JOBS" lib CC="$CC" AR="$AR" CFLAGS="$CFLAGS"
	rm -rf "$DEPS/include/mbedtls" "$DEPS/include/psa"
	cp -r include/mbedtls include/psa "$DEPS/include/"
	cp library/libmbedtls.a library/libmbedx509.a library/libmbedcrypto.a "$DEPS/lib/"
}
