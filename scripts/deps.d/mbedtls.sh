# shellcheck shell=sh disable=SC2034,SC2154	# scripts/deps reads and sets them
# 3.6.6 refuses the RSA-PSS signatures of TLS 1.2 servers.
min=3.6.7
needs=

build() {
	# in the place of the library's own: curl has to see the same one
	cp "$recipes/mbedtls_config.h" include/mbedtls/mbedtls_config.h
	make -j"$JOBS" lib CC="$CC" AR="$AR" CFLAGS="$CFLAGS"
	rm -rf "$DEPS/include/mbedtls" "$DEPS/include/psa"
	cp -r include/mbedtls include/psa "$DEPS/include/"
	cp library/libmbedtls.a library/libmbedx509.a library/libmbedcrypto.a "$DEPS/lib/"
}
