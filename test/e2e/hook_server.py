#!/usr/bin/env python3
"""hook_server PORT_FILE LOG ANSWER [CERTIFICATE]: a web hook at 127.0.0.1.

Takes a free port and writes it to PORT_FILE.  Each request is a line of JSON
in LOG.  ANSWER is a status, LOCATION of a redirect, "silent" (none at all),
"endless" (200, and a body that never ends) or "cut" (200, and half a body).
With CERTIFICATE (PEM, the key included) it speaks TLS.
"""
import http.server
import json
import os
import ssl
import sys
import time

PORT_FILE, LOG, ANSWER = sys.argv[1:4]


class Hook(http.server.BaseHTTPRequestHandler):
    def handle_one_request(self):
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size).decode()
        with open(LOG, "a", encoding="utf-8") as log:
            print(json.dumps({"method": self.command, "path": self.path,
                              "headers": dict(self.headers), "body": body}),
                  file=log)
        self.answer()

    def answer(self):
        self.close_connection = True
        if ANSWER == "silent":
            time.sleep(1000)
        if ANSWER.isdigit():
            self.send_response(int(ANSWER))
            if ANSWER != "204":
                self.send_header("Content-Length", "3")
            self.end_headers()
            if ANSWER != "204":
                self.wfile.write(b"ok\n")
        elif ANSWER in ("endless", "cut"):
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            self.wfile.write(b"on and on\n")
            if ANSWER == "endless":
                time.sleep(1000)
        else:
            self.send_response(302)
            self.send_header("Location", ANSWER)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
server.daemon_threads = True
if len(sys.argv) > 4:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[4])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
with open(PORT_FILE + ".new", "w", encoding="ascii") as f:
    print(server.server_port, file=f)
os.rename(PORT_FILE + ".new", PORT_FILE)
server.serve_forever()
