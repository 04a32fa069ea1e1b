#!/usr/bin/env python3
"""Every line of test/hostile.tsv as a label of a real container.

hostile_labels make TABLE SOCKET NAME   containers NAME-refused-N and
        NAME-harmless-N, started, with two labels for each kind; says what it
        made: CONTAINER, LABEL, EXPECTED and the line's number in the table
hostile_labels check MADE LOG           what a JSON log says about them
hostile_labels settled MADE LOG         whether it mentions all of them yet
hostile_labels clean LOG                no line can do anything to a terminal

A line for all kinds is made one of each in turn.
"""
import http.client
import json
import re
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

KINDS = ("sysctl", "address", "route", "rule", "host-route")
ESCAPES = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "e": "\x1b",
           "a": "\a", "b": "\b"}


def value(text):
    """The bytes of a VALUE, as a string with surrogates for invalid UTF-8."""
    repeat = re.fullmatch(r"@repeat:([^:]*):(\d+)", text)
    if repeat:
        return value(repeat[1]) * int(repeat[2])

    def byte(m):
        c = m[1]
        return chr(int(c[1:], 16)) if c[0] == "x" else ESCAPES[c]
    # latin-1 on the way, so that \xHH is a byte
    raw = text.encode().decode("latin-1")
    raw = re.sub(r"\\(x[0-9a-f]{2}|.)", byte, raw)
    return raw.encode("latin-1").decode("utf-8", "surrogateescape")


def table(path):
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if line.startswith("#") or line == "\n":
                continue
            kind, text, expected = line.rstrip("\n").split("\t")[:3]
            if kind == "*":
                kind = KINDS[number % len(KINDS)]
                # what may run must leave the host as it is
                if expected != "refused":
                    kind = "address"
            yield number, kind, value(text), expected


def containers(path, name):
    """name -> {label: (value, number)}; each has a kind twice, at most."""
    made, places = {}, {}
    for number, kind, text, expected in table(path):
        n = places[kind, expected] = places.get((kind, expected), -1) + 1
        label = "docker-events." + ("start." if n % 2 else "") + kind
        c = f"{name}-{expected}-{n // 2}"
        made.setdefault(c, {})[label] = (text, number)
    return made


class Engine(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("engine", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)

    def post(self, path, body=None):
        data = None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False)
            data = data.encode("utf-8", "surrogateescape")
        self.request("POST", path, data, {"Content-Type": "application/json"})
        answer = self.getresponse()
        text = answer.read()
        if answer.status >= 300:
            sys.exit(f"POST {path}: {answer.status} {text!r}")


def start(path, name, labels):
    engine = Engine(path)
    engine.post(f"/containers/create?name={name}", {
        "Image": "cleat-test/static",
        "Labels": {k: text for k, (text, _) in labels.items()},
        "HostConfig": {"NetworkMode": "none"},
    })
    engine.post(f"/containers/{name}/start")


def make(path, sock, name):
    made = containers(path, name)
    for c, labels in made.items():
        for label, (_, number) in labels.items():
            print(c, label, "harmless" if "harmless" in c else "refused",
                  number, sep="\t")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda c: start(sock, c, made[c]), made))


def read(made, log):
    """(container, label) -> what its lines say."""
    said = {}
    with open(log, "rb") as f:
        for line in f:
            fields = json.loads(line.decode("utf-8"), strict=True)
            key = fields.get("container"), fields.get("label")
            said.setdefault(key, []).append(fields)
    with open(made, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    return rows, said


def settled(made, log):
    rows, said = read(made, log)
    missing = [row for row in rows if (row[0], row[1]) not in said]
    if missing:
        sys.exit(f"{len(missing)} of {len(rows)} are not mentioned, such as "
                 f"line {missing[0][3]} of the table: {missing[0]}")


def check(made, log):
    rows, said = read(made, log)
    wrong = 0
    for container, label, expected, number in rows:
        for fields in said[container, label]:
            refused = fields["msg"] in ("label refused", "command refused")
            if expected == "refused" and not refused:
                print(f"line {number} of the table:", fields)
                wrong += 1
    if wrong or len(rows) < 80:
        sys.exit(f"{wrong} of {len(rows)} are wrong")
    print(len(rows), "hostile labels")


def clean(log):
    with open(log, "rb") as f:
        text = f.read().decode("utf-8")     # and nothing but UTF-8
    bad = re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f"
                    "\u200e\u200f\u2028-\u202e\u2066-\u2069]", text)
    if bad:
        sys.exit("a control character: " +
                 ascii(text[max(bad.start() - 200, 0):bad.end() + 20]))


globals()[sys.argv[1]](*sys.argv[2:])
