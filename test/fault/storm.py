#!/usr/bin/env python3
"""storm CLEAT SECONDS: kill, stop and continue at random what runs beside the
program of `cleat init`, while 1,000 orphans come and go.  Fails if init does
not stay, leaves a zombie, or ends with another status than the program's."""

import glob
import http.server
import os
import random
import signal
import subprocess
import sys
import threading
import time

PROGRAM = r"""
import os, random, sys, time
for i in range(1000):
    if os.fork() == 0:
        if os.fork() == 0:              # an orphan as soon as its parent ends
            time.sleep(random.random() / 10)
            os.write(1, b"orphan %d\n" % i)
            os._exit(i % 256)
        os._exit(0)
    os.wait()
    time.sleep(float(sys.argv[1]) / 1000)
os.write(1, b"all born\n")
open("born", "w")
while not os.path.exists("go"): time.sleep(0.02)
sys.exit(42)
"""


class Hook(http.server.BaseHTTPRequestHandler):
    states = []

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Hook.states.append(body.decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def stat(pid):
    """(state, parent) of a process, or None."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            rest = f.read().rpartition(")")[2].split()
        return rest[0], int(rest[1])
    except (OSError, IndexError):
        return None


def children(pid):
    found = []
    for name in glob.glob("/proc/[0-9]*"):
        s = stat(int(name[6:]))
        if s and s[1] == pid:
            found.append(int(name[6:]))
    return found


def words(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as f:
            return f.read().decode(errors="replace").split("\0")
    except OSError:
        return []


def beside(init):
    """What runs beside the program: helpers, their children, companions."""
    found = []
    for pid in children(init):
        w = words(pid)
        if w[1:2] in (["relay"], ["hook"], ["port"]) or "companion" in w:
            found += [pid] + children(pid)
    return found


def signal_all(pids, sig):
    for pid in pids:
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            pass


def wait_for(what, seconds, condition):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit("storm: waited %d s for: %s" % (seconds, what))
        time.sleep(0.02)


def rage(init, seconds):
    """Hit one of them at a time; returns how often each signal was sent."""
    hits = {signal.SIGKILL: 0, signal.SIGSTOP: 0, signal.SIGCONT: 0}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        targets = beside(init)
        if targets:
            sig = random.choice(list(hits))
            signal_all([random.choice(targets)], sig)
            hits[sig] += 1
        assert stat(init), "storm: init has ended"
        time.sleep(random.random() / 50)
    return hits


def main():
    cleat, seconds = sys.argv[1], float(sys.argv[2])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open("program.py", "w") as f:
        f.write(PROGRAM)
    box = subprocess.Popen([
        "unshare", "-pf", "--kill-child", "--mount-proc", cleat, "init",
        "--io", "file://" + os.getcwd() + "/log", "--log-rotate", "0.0002",
        "--web-hook", "http://127.0.0.1:%d/" % server.server_port,
        "--with", "sh -c 'while :; do sleep 0.1; done' companion",
        "--with", "sh -c 'sleep 0.05' companion",
        "--stdout-prefix", "storm: ",
        "python3", "program.py", str(seconds)])
    wait_for("init", 5, lambda: children(box.pid))
    init = children(box.pid)[0]
    wait_for("helpers", 5, lambda: len(beside(init)) >= 2)
    hits = rage(init, seconds)
    wait_for("the orphans", 180, lambda: os.path.exists("born") or
             signal_all(beside(init), signal.SIGCONT))
    signal_all(beside(init), signal.SIGCONT)
    wait_for("no zombie", 10, lambda: not any(
        (stat(p) or "-")[0] == "Z" for p in children(init)))
    open("go", "w").close()
    status = box.wait(timeout=20)
    print("storm: %s, status %d" % (
        ", ".join("%s %d" % (s.name, n) for s, n in hits.items()), status),
        flush=True)
    if status != 42:
        sys.exit("storm: expected 42")
    if min(hits.values()) == 0 or not any(
            os.path.getsize(name) for name in glob.glob("log*")):
        sys.exit("storm: nothing was hit, or nothing written")


main()
