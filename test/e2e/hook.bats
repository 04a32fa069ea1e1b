#!/usr/bin/env bats
# cleat hook alone: what a web hook is sent, and what is said when that fails.
# TLS peers are real, with certificates made here.
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a port

load engine_lib		# for wait_for

CLEAT=${CLEAT:-$BATS_TEST_DIRNAME/../../build/cleat}
SERVER=$BATS_TEST_DIRNAME/hook_server.py

# authority NAME: a certificate that signs others
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "/CN=$1" -days 2 -keyout "$1.key" -out "$1.pem"
}

# certificate NAME SUBJECT-ALTERNATIVE-NAME: one that ours has signed, and its key
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "/CN=$1" -keyout "$1.key" -out "$1.csr" &&
		openssl x509 -req -in "$1.csr" -CA ours.pem -CAkey ours.key \
			-CAcreateserial -days 2 -extfile <(echo "subjectAltName=$2") \
			-out "$1.crt" &&
		cat "$1.crt" "$1.key" > "$1.pem"
}

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	{ authority ours && authority theirs && certificate local DNS:localhost; } 2> openssl.log ||
		{ cat openssl.log; return 1; }
}

setup() {
	[ -x "$CLEAT" ] || skip "no $CLEAT: run make"
	cd "$BATS_TEST_TMPDIR" || return
	certs=$BATS_FILE_TMPDIR
	server=''
}

teardown() { stop_serving; }

# serve ANSWER [CERTIFICATE]: sets port
serve() {
	rm -f port
	python3 "$SERVER" port requests "$@" 3>&- &
	server=$!
	wait_for 10 test -e port
	port=$(cat port)
}

stop_serving() {
	[ -z "$server" ] || kill -KILL "$server"
	[ -z "$server" ] || wait "$server" 2>/dev/null || :
	server=''
}

# hook ARG...: no test takes longer than this
hook() { timeout 20 "$CLEAT" hook "$@" 3>&-; }

# sent FILTER: of the only request
sent() {
	[ "$(wc -l < requests)" -eq 1 ] && jq -r "$1" requests
}

# refused HOST: $output says so, and why, in one line that says just that
refused() {
	[[ $output == "cleat: error: web hook https://$1:$port/: starting: "*ertificate* ]] &&
		[[ $output != *'\x'* ]] && [ "${#lines[@]}" -eq 1 ]
}

# ms: a clock
ms() { echo $(($(date +%s%N) / 1000000)); }

@test "a web hook is told of a state by PUT, in JSON" {
	serve 200
	for state in starting running crashed; do
		run -0 hook "http://127.0.0.1:$port/a/b?c=d" $state
		[ -z "$output" ]
		[ "$(sent .method)" = PUT ]
		[ "$(sent .path)" = "/a/b?c=d" ]
		[ "$(sent '.headers["Content-Type"]')" = application/json ]
		[ "$(sent '.body | fromjson | .ps.status')" = $state ]
		[ "$(sent '.body | fromjson | keys, (.ps | keys) | join(" ")')" = "ps
net_interfaces status" ]
		rm requests
	done
}

@test "it is told of every interface once, with the first address of each family" {
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	cat > inside <<-'I'
	set -e
	ip link add one type veth peer name two
	for i in one two; do echo 1 > /proc/sys/net/ipv6/conf/$i/addr_gen_mode; done
	ip addr add 10.1.1.2/24 dev one label one:x
	ip addr add 10.1.1.3/24 dev one
	ip addr add 10.2.0.1/16 dev one
	ip addr add fd00::1/64 dev one nodad
	ip addr add fd00::2/64 dev one nodad
	ip addr add fd00::3/64 dev two nodad
	for i in lo one two; do ip link set $i up; done
	ip -j addr > addresses
	python3 "$1" port requests 200 &
	trap "kill $!" EXIT
	until [ -e port ]; do sleep 0.03; done
	"$2" hook "http://127.0.0.1:$(cat port)/" running
	I
	timeout 20 unshare -n sh inside "$SERVER" "$CLEAT" 3>&-
	sent '.body | fromjson | .ps.net_interfaces' > told
	jq 'map({ name: .ifname, ipv4: ([.addr_info[] | select(.family == "inet") | .local][0] // ""),
		ipv6: ([.addr_info[] | select(.family == "inet6") | .local][0] // "") })' addresses > want
	diff -u want told
	[ "$(jq -r 'map(.name) | sort | join(" ")' told)" = "lo one two" ]
	[ "$(jq -r '.[] | select(.name == "one").ipv4' told)" = 10.1.1.2 ]
	[ "$(jq -r '.[] | select(.name == "two") | .ipv4 + "-" + .ipv6' told)" = -fd00::3 ]
	[ "$(jq -r '.[] | select(.name == "lo") | .ipv4 + " " + .ipv6' told)" = "127.0.0.1 ::1" ]
}

@test "any status from 200 to 299 is good, whatever becomes of the body" {
	for answer in 204 299 cut; do
		serve $answer
		run -0 hook "http://127.0.0.1:$port/" starting
		[ -z "$output" ]
		stop_serving
	done
	serve endless
	run -0 hook --limit 0.5 "http://127.0.0.1:$port/" starting
	[ -z "$output" ]
}

@test "any other status is said, and no redirect is followed" {
	for answer in 300 404 500; do
		serve $answer
		run -1 hook "http://127.0.0.1:$port/x" crashed
		[ "$output" = "cleat: error: web hook http://127.0.0.1:$port/x: crashed: status $answer" ]
		stop_serving
	done
	rm requests
	serve /elsewhere
	run -1 hook "http://127.0.0.1:$port/x" crashed
	[ "$output" = "cleat: error: web hook http://127.0.0.1:$port/x: crashed: status 302" ]
	[ "$(sent .path)" = /x ]
}

@test "nobody there, or nobody of that name, is said" {
	run -1 hook http://127.0.0.1:1/x starting
	[ "$output" = "cleat: error: web hook http://127.0.0.1:1/x: starting: Connection refused" ]
	run -1 hook http://nobody.invalid/ starting
	[[ $output == "cleat: error: web hook http://nobody.invalid/: starting: Could not resolve host"* ]]
}

@test "what may be secret in the URL is sent but not said" {
	serve 500
	run -1 hook "http://me:secret@127.0.0.1:$port/x?token=secret" starting
	[ "$output" = "cleat: error: web hook http://127.0.0.1:$port/x: starting: status 500" ]
	[ "$(sent .path)" = "/x?token=secret" ]
	[ "$(sent '.headers.Authorization')" = "Basic $(printf me:secret | base64)" ]
	run -2 hook "http://me:secret@127.0.0.1:$port:/?token=secret" starting
	[[ $output != *secret* ]]
}

@test "a server that never answers is given up after the limit" {
	serve silent
	local began
	began=$(ms)
	run -1 hook --limit 0.5 "http://127.0.0.1:$port/" starting
	[ $(($(ms) - began)) -lt 3000 ]
	[[ $output == "cleat: error: web hook http://127.0.0.1:$port/: starting: "*"timed out"* ]]
	began=$(ms)
	run -1 hook "http://127.0.0.1:$port/" starting
	[ $(($(ms) - began)) -ge 4900 ]
	[ $(($(ms) - began)) -lt 8000 ]
}

@test "a name server that never answers is given up after the limit" {
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	echo "nameserver 127.0.0.1" > resolv.conf
	cat > inside <<-'I'
	set -e
	ip link set lo up
	mount --bind resolv.conf /etc/resolv.conf
	python3 -c 'import signal, socket
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("127.0.0.1", 53))
	open("bound", "w").close()
	signal.pause()' &
	trap "kill $!" EXIT
	until [ -e bound ]; do sleep 0.03; done
	timeout -s KILL 2.5 "$1" hook --limit 0.5 http://somebody.example/ running
	I
	run -1 timeout 20 unshare -nm sh inside "$CLEAT" 3>&-
	[[ $output == "cleat: error: web hook http://somebody.example/: running: "*"timed out"* ]]
}

@test "variables that name a proxy mean nothing" {
	serve 200
	export http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 \
		ALL_PROXY=http://127.0.0.1:1
	run -0 hook "http://127.0.0.1:$port/" starting
	[ "$(sent .path)" = / ]
}

@test "https is spoken with whom the given authority vouches for" {
	serve 200 "$certs/local.pem"
	run -0 hook --tls-ca "$certs/ours.pem" "https://localhost:$port/" starting
	[ -z "$output" ]
	[ "$(sent .method)" = PUT ]
}

@test "a certificate of an unknown authority is refused" {
	serve 200 "$certs/local.pem"
	for ca in "--tls-ca=$certs/theirs.pem" --; do
		run -1 hook "$ca" "https://localhost:$port/" starting
		refused localhost
	done
	[ ! -e requests ]
}

@test "a certificate of another name is refused" {
	serve 200 "$certs/local.pem"
	run -1 hook --tls-ca "$certs/ours.pem" "https://127.0.0.1:$port/" starting
	refused 127.0.0.1
	# with all that is wrong in one line
	run -1 hook --tls-ca "$certs/theirs.pem" "https://127.0.0.1:$port/" starting
	refused 127.0.0.1
	[ ! -e requests ]
}

@test "--tls-insecure takes any certificate of any name" {
	serve 200 "$certs/local.pem"
	run -0 hook --tls-insecure "https://127.0.0.1:$port/" starting
	[ -z "$output" ]
	[ "$(sent .method)" = PUT ]
	rm requests
	run -0 hook --tls-insecure --tls-ca "$certs/theirs.pem" "https://localhost:$port/" starting
	[ "$(sent .method)" = PUT ]
}

@test "a file of authorities that cannot be read is said before anything is sent" {
	serve 200
	run -2 hook --tls-ca missing.pem "http://127.0.0.1:$port/" starting
	[ "$output" = "cleat: error: hook: --tls-ca missing.pem: No such file or directory" ]
	run -2 hook --tls-ca . "http://127.0.0.1:$port/" starting
	[ "$output" = "cleat: error: hook: --tls-ca .: Is a directory" ]
	[ ! -e requests ]
}

@test "a file without authorities is said" {
	serve 200 "$certs/local.pem"
	echo nothing > empty.pem
	run -1 hook --tls-ca empty.pem "https://localhost:$port/" starting
	[[ $output == "cleat: error: web hook https://localhost:$port/: starting: "*empty.pem* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "what is no URL, no state or too much is said with what was expected" {
	run -2 hook ftp://127.0.0.1/ starting
	[ "$output" = "cleat: error: hook: bad URL: expected http://HOST[:PORT][/PATH] or https://..." ]
	run -2 hook http://127.0.0.1/ up
	[ "$output" = 'cleat: error: hook: bad state "up": expected starting, running or crashed' ]
	for words in "" http://127.0.0.1/ "http://127.0.0.1/ starting more"; do
		# shellcheck disable=SC2086	# none, one and three words
		run -2 hook $words
		[ "$output" = "cleat: error: hook: expected URL and STATE: see cleat hook --help" ]
	done
}
