# Helpers of the --io tests: the other end of a wire.
# shellcheck shell=bash disable=SC2034	# variables are for the tests

load "${BASH_SOURCE[0]%/*}/init_lib"

io_setup() {
	init_setup
	PEERS=()
}

io_teardown() {
	exec 8>&-
	[ ${#PEERS[@]} = 0 ] || kill -KILL "${PEERS[@]}" 2>/dev/null || :
	init_teardown
}

# peer SCHEME ARG...: start test/e2e/peer.py; what is written to descriptor 8 it sends,
# what it gets is in the file got.  Sets PEER and ADDRESS (HOST:PORT or a path).
peer() {
	local scheme=$1 where=127.0.0.1:0
	shift
	case $scheme in
	unix*) where=$T/socket ;;
	esac
	[ -p keys ] || mkfifo keys
	rm -f address
	exec 8<>keys
	"$BATS_TEST_DIRNAME/peer.py" "$scheme://$where" "$@" < keys >> got 2>> peer.err 3>&- 8>&- &
	PEER=$!
	PEERS+=("$PEER")
	wait_for 5 test -s address
	ADDRESS=$(<address)
}

# peer_at ADDRESS SCHEME ARG...: the same on a given address
peer_at() {
	local where=$1 scheme=$2
	shift 2
	rm -f address
	"$BATS_TEST_DIRNAME/peer.py" "$scheme://$where" "$@" < keys >> got 2>> peer.err 3>&- 8>&- &
	PEER=$!
	PEERS+=("$PEER")
	wait_for 5 test -s address
}

# certificates: ca.pem, and server.pem with server.key for localhost and 127.0.0.1
certificates() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj /CN=test-ca -keyout ca.key -out ca.pem 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=${1:-localhost}" \
		-keyout server.key -out server.csr 2>/dev/null
	printf 'subjectAltName=%s\n' "${2:-DNS:localhost,IP:127.0.0.1}" > san
	openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
		-extfile san -out server.pem 2>/dev/null
}

# lines FILE: how many it has
lines_of() { wc -l < "$1"; }

# got_text TEXT: what the peer got is that, but for carriage returns
got_text() { [ "$(tr -d '\r' < got)" = "$1" ]; }
