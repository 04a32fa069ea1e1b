# shellcheck shell=sh disable=SC2034,SC2154	# scripts/deps reads and sets them
# With CMake: Debian's patches would have autotools run again.
min=8.14
needs="zlib mbedtls"

# The texts of errors (VERBOSE_STRINGS) stay: they are 28 KB well spent.
off="ALTSVC AWS BEARER_AUTH BINDLOCAL COOKIES DIGEST_AUTH DOH FORM_API GETOPTIONS
	HSTS KERBEROS_AUTH MIME NEGOTIATE_AUTH NETRC NTLM PARSEDATE PROGRESS_METER
	PROXY SHA512_256 SHUFFLE_DNS SRP WEBSOCKETS"

# Resolving in a thread costs 8 KB, and saves seconds where a server is slow.
configure() {
	set --
	for o in $off; do set -- "$@" "-DCURL_DISABLE_$o=ON"; done
	if [ "$karch" != "$(gcc -print-multiarch)" ]; then
		set -- "$@" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="${karch%%-*}"
	fi
	cmake -S . -B b "$@" \
		-DCMAKE_C_COMPILER="$(command -v "$CC")" \
		-DCMAKE_AR="$(command -v "$AR")" \
		-DCMAKE_RANLIB="$(command -v "$RANLIB")" \
		-DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="$CFLAGS" \
		-DBUILD_SHARED_LIBS=OFF -DBUILD_STATIC_LIBS=ON -DBUILD_CURL_EXE=OFF \
		-DBUILD_TESTING=OFF -DBUILD_EXAMPLES=OFF -DBUILD_LIBCURL_DOCS=OFF \
		-DBUILD_MISC_DOCS=OFF -DENABLE_CURL_MANUAL=OFF \
		-DCURL_USE_PKGCONFIG=OFF -DPICKY_COMPILER=OFF \
		-DHTTP_ONLY=ON -DENABLE_IPV6=ON -DENABLE_UNIX_SOCKETS=ON \
		-DENABLE_THREADED_RESOLVER=ON \
		-DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DUSE_NGHTTP2=OFF \
		-DUSE_LIBIDN2=OFF -DCURL_USE_LIBPSL=OFF -DCURL_USE_LIBSSH2=OFF \
		-DCURL_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt \
		-DCURL_CA_PATH=none \
		-DCURL_ZLIB=ON -DZLIB_INCLUDE_DIR="$DEPS/include" \
		-DZLIB_LIBRARY="$DEPS/lib/libz.a" \
		-DCURL_USE_OPENSSL=OFF -DCURL_USE_MBEDTLS=ON \
		-DMBEDTLS_INCLUDE_DIR="$DEPS/include" \
		-DMBEDTLS_LIBRARY="$DEPS/lib/libmbedtls.a" \
		-DMBEDX509_LIBRARY="$DEPS/lib/libmbedx509.a" \
		-DMBEDCRYPTO_LIBRARY="$DEPS/lib/libmbedcrypto.a"
}

# An option that a later curl calls otherwise would be lost without a word.
check() {
	grep -qx 'supported_protocols="HTTP HTTPS"' b/libcurl.pc
	for f in AsynchDNS IPv6 SSL UnixSockets libz; do
		grep -q "^supported_features=.*\<$f\>" b/libcurl.pc
	done
}

build() {
	configure
	check
	cmake --build b -j"$JOBS"
	rm -rf "$DEPS/include/curl"
	mkdir "$DEPS/include/curl"
	cp include/curl/*.h "$DEPS/include/curl/"
	cp b/lib/libcurl.a "$DEPS/lib/"
}
