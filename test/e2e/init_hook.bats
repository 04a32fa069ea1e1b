#!/usr/bin/env bats
# cleat init --web-hook: somebody is told of the program's states.
# shellcheck disable=SC2016	# it is the program that expands $$ and such
# shellcheck disable=SC2030,SC2031	# each test is a subshell with a PID1
# shellcheck disable=SC2153	# STATUS is that of init, status that of run

load io_lib

setup() {
	io_setup
	cat > server.py <<-'P'
	import http.server, json, os, ssl, sys, time
	class Hook(http.server.BaseHTTPRequestHandler):
	    def do_PUT(self):
	        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
	        if os.path.exists("hang"):
	            while os.path.exists("hang"): time.sleep(0.02)
	        with open("states", "a") as f: f.write(body["ps"]["status"] + "\n")
	        self.send_response(204); self.end_headers()
	    def log_message(self, *_): pass
	server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
	if len(sys.argv) > 1:
	    t = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); t.load_cert_chain(sys.argv[1], sys.argv[2])
	    server.socket = t.wrap_socket(server.socket, server_side=True)
	with open("port.new", "w") as f: f.write(str(server.server_port))
	os.rename("port.new", "port")
	server.serve_forever()
	P
}
teardown() { io_teardown; }

serve() {
	python3 server.py "$@" 3>&- 8>&- 2> server.err &
	PEERS+=($!)
	wait_for 15 test -s port
	URL=http://127.0.0.1:$(<port)/hook
}

# looked: `cleat port` has looked more than once
looked() { [ "$(awk '/^voluntary/ { print $2 }' "/proc/$(pgrep -P "$PID1" -f 'cleat port')/status")" -gt 4 ]; }

states() { [ "$(tr '\n' ' ' < states)" = "$1" ]; }

@test "a web hook is told starting, running and crashed, in this order" {
	serve
	in_ns --web-hook "$URL" sh -c 'while ! grep -qs running states; do sleep 0.02; done; exit 4' || st=$?
	[ "$st" -eq 4 ]
	states "starting running crashed "
	rm states
	in_ns --web-hook "$URL" true	# faster than anybody can be told
	states "starting running crashed "
}

@test "it is told of each run of a program that is started again" {
	serve
	boot --restart on-failure --web-hook "$URL" sh -c 'echo run; [ "$(grep -c run out)" -ge 3 ]'
	ends 10
	states "starting running crashed starting running crashed starting running crashed "
}

@test "a web hook that hangs delays nothing, and the end by 2 s at most" {
	serve
	touch hang
	boot --web-hook "$URL" sh -c 'echo up; while [ ! -e go ]; do sleep 0.02; done; exit 4'
	wait_for 15 has out up
	wait_for 15 pgrep -P "$PID1" -f 'cleat hook'
	absent pgrep -P "$PID1" -f 'cleat hook.*http'	# anybody may look
	start=$(ms)
	touch go
	ends 15
	took=$(($(ms) - start))
	[ "$STATUS" -eq 4 ]
	[ $took -ge 1500 ]
	[ $took -le 3000 ]
	has err 'the web hook was not told of the end'
}

@test "it comes last: after the program, what that left, and the companions" {
	cat > say <<-'P'
	trap 'sleep 0.2; echo "$1" >> states; exit' TERM
	echo "$1 runs"; while :; do sleep 0.02; done
	P
	serve
	boot --web-hook "$URL" --with 'sh say companion' \
		sh -c 'setsid sh say left & exec sh say program'
	for who in companion left program; do wait_for 15 has out "$who runs"; done
	wait_for 15 has states running
	kill -TERM "$PID1"
	ends 15
	states "starting running program left companion crashed "
}

@test "certificates of a web hook are verified" {
	certificates
	serve server.pem server.key
	url=https://localhost:$(<port)/
	in_ns --web-hook "$url" --tls-ca "$T/ca.pem" true
	states "starting running crashed "
	rm states
	in_ns --web-hook "$url" true 2> err
	[ ! -e states ]
	grep -qi certificate err
	in_ns --web-hook "$url" --tls-insecure true
	states "starting running crashed "
}

@test "with --bind-port it is running once the port is bound" {
	serve
	cat > server2.py <<-'P'
	import os, socket, time
	print("up", flush=True)
	while not os.path.exists("bind"): time.sleep(0.02)
	s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.bind(("127.0.0.1", 47311)); s.listen(1)
	while not os.path.exists("go"): time.sleep(0.02)
	P
	for strict in '' --strict-port-binding; do
		rm -f states bind go
		boot --web-hook "$URL" --bind-port 47311 $strict python3 server2.py
		wait_for 15 has out up
		wait_for 15 has states starting
		# two looks at least
		wait_for 15 pgrep -P "$PID1" -f 'cleat port'
		wait_for 15 looked
		absent has states running
		touch bind
		wait_for 15 has states running
		touch go
		ends 15
	done
}

@test "with --strict-port-binding neither strangers nor companions count" {
	serve
	python3 -m http.server --bind 127.0.0.1 47312 3>&- 8>&- > /dev/null 2>&1 &
	PEERS+=($!)
	listens() { grep -qi ':B8D0 .* 0A ' /proc/net/tcp; }
	wait_for 15 listens
	boot --web-hook "$URL" --bind-port 47312 --strict-port-binding sleep 1000
	wait_for 15 pgrep -P "$PID1" -f 'cleat port'
	wait_for 15 looked
	absent has states running
	kill -TERM "$PID1"
	ends 15
	absent has states running
	rm states
	boot --web-hook "$URL" --bind-port 47312 sleep 1000
	wait_for 15 has states running
	kill -TERM "$PID1"
	ends 15
}
