#!/usr/bin/env python3
"""peer SCHEME://ADDRESS [--cert FILE --key FILE] [--half] [--stall FILE] [--again]

The other end of --io: listens on ADDRESS (port 0: any free one), writes where it
listens to the file `address`, and carries its standard input to whoever connects
and what that sends to its standard output.  tcp, tls, udp, unix, unixgram and
unixpacket; HOST:PORT or a path.

  --half    at the end of standard input close that half of the connection
  --stall F read nothing from the connection until file F is there
  --again   take the next connection when one has ended
"""

import argparse
import os
import select
import socket
import ssl
import sys

TYPES = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM),
    "tls": (socket.AF_INET, socket.SOCK_STREAM),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM),
    "unix": (socket.AF_UNIX, socket.SOCK_STREAM),
    "unixgram": (socket.AF_UNIX, socket.SOCK_DGRAM),
    "unixpacket": (socket.AF_UNIX, socket.SOCK_SEQPACKET),
}


def listen(scheme, where):
    family, kind = TYPES[scheme]
    if where.startswith("["):
        family = socket.AF_INET6
    s = socket.socket(family, kind)
    if family == socket.AF_UNIX:
        if os.path.exists(where):
            os.unlink(where)
        s.bind(where)
    else:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        host, _, port = where.rpartition(":")
        s.bind((host.strip("[]"), int(port)))
        where = "%s:%d" % (host, s.getsockname()[1])
    if kind != socket.SOCK_DGRAM:
        s.listen(8)
    with open("address.new", "w") as f:
        f.write(where)
    os.rename("address.new", "address")
    return s


def accept(s, args):
    while True:
        c = s.accept()[0]
        if not args.cert:
            return c
        t = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        t.load_cert_chain(args.cert, args.key)
        try:
            return t.wrap_socket(c, server_side=True)
        except (ssl.SSLError, OSError) as e:
            print("peer: %s" % e, file=sys.stderr, flush=True)


def carry(c, args):
    """Both ways until c is at its end."""
    inputs = [0, c]
    while True:
        stalled = args.stall and not os.path.exists(args.stall)
        if not (isinstance(c, ssl.SSLSocket) and c.pending()):
            ready = select.select(
                [i for i in inputs if i == 0 or not stalled], [], [], 0.05)[0]
        else:
            ready = [c]
        if 0 in ready:
            data = os.read(0, 65536)
            if data:
                c.sendall(data)
            else:
                inputs.remove(0)
                if args.half:
                    c.shutdown(socket.SHUT_WR)
        if c in ready:
            try:
                data = c.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                return
            os.write(1, data)


def exchange(s):
    """The same with datagrams, to whoever sent the last one."""
    last, inputs = None, [0, s]
    while True:
        ready = select.select(inputs, [], [])[0]
        if s in ready:
            data, last = s.recvfrom(65536)
            os.write(1, data)
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                inputs.remove(0)
            elif last:
                s.sendto(data, last)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("uri")
    p.add_argument("--cert")
    p.add_argument("--key")
    p.add_argument("--half", action="store_true")
    p.add_argument("--stall")
    p.add_argument("--again", action="store_true")
    args = p.parse_args()
    scheme, _, where = args.uri.partition("://")
    s = listen(scheme, where)
    if TYPES[scheme][1] == socket.SOCK_DGRAM:
        exchange(s)
    while True:
        c = accept(s, args)
        carry(c, args)
        c.close()
        if not args.again:
            return


main()
