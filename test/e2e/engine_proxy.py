#!/usr/bin/env python3
"""engine_proxy LISTEN ENGINE LOG: a unix socket in front of an engine's.

Each request's first line goes to LOG.  USR1 cuts all connections that are
open.  USR2 goes away: cuts them and answers no new one; HUP comes back.
"""
import os
import signal
import socket
import sys
import threading

LISTEN, ENGINE, LOG = sys.argv[1:]
METHODS = (b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE ")
open_sockets = set()
log = open(LOG, "ab", buffering=0)


def note(data):
    # requests have no body here, and come whole
    if data.startswith(METHODS):
        log.write(data.split(b"\r\n", 1)[0] + b"\n")


def copy(source, sink, look):
    try:
        while data := source.recv(65536):
            look(data)
            sink.sendall(data)
    except OSError:
        pass
    close(source, sink)


def close(*sockets):
    for s in sockets:
        open_sockets.discard(s)
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    engine = socket.socket(socket.AF_UNIX)
    engine.connect(ENGINE)
    open_sockets.update((client, engine))
    for args in (client, engine, note), (engine, client, lambda data: None):
        threading.Thread(target=copy, args=args, daemon=True).start()


def listen():
    if os.path.exists(LISTEN):
        os.unlink(LISTEN)
    server = socket.socket(socket.AF_UNIX)
    server.bind(LISTEN + ".new")
    server.listen(64)
    os.rename(LISTEN + ".new", LISTEN)
    threading.Thread(target=accept, args=(server,), daemon=True).start()
    return server


def accept(server):
    try:
        while True:
            serve(server.accept()[0])
    except OSError:
        pass


wanted = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP, signal.SIGTERM}
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)  # in all threads
server = listen()
while (number := signal.sigwait(wanted)) != signal.SIGTERM:
    if number == signal.SIGHUP:
        server = listen()
        log.write(b"back\n")
        continue
    if number == signal.SIGUSR2:
        os.unlink(LISTEN)
        server.shutdown(socket.SHUT_RDWR)
    close(*list(open_sockets))
    log.write(b"cut\n")
