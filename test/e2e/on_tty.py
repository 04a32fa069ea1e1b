"""on_tty - a program on a terminal of its own, as a person has it.

    t = Terminal(["cleat", "init", "sh", "-i"])
    t.expect("[$#] ")
    t.send("exit 3\\r")
    assert t.end() == 3
"""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time


class Terminal:
    def __init__(self, argv):
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(argv[0], argv)

    def send(self, text):
        os.write(self.fd, text.encode())

    def size(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, until):
        """What has come; False at the end of file and when time is up."""
        left = until - time.monotonic()
        if left <= 0 or not select.select([self.fd], [], [], left)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:     # EIO: nobody has it open any more
            return False
        self.text += data.decode(errors="replace")
        return bool(data)

    def expect(self, pattern, seconds=10):
        """Wait for pattern; what was read up to it is taken."""
        until = time.monotonic() + seconds
        while not (m := re.search(pattern, self.text)):
            if not self.read(until):
                raise AssertionError("no %r in %r" % (pattern, self.text))
        self.text = self.text[m.end():]
        return m

    def end(self, seconds=10):
        """Its exit status."""
        until = time.monotonic() + seconds
        while self.read(until):
            pass
        while time.monotonic() < until + 1:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        raise AssertionError("it does not end; last: %r" % self.text)
