"""hangfs.py DIR COMMAND...: mount a file system on DIR that answers no
question but the first, and run COMMAND.  FUSE without its library."""
import ctypes
import os
import struct
import sys

INIT = 26

where, command = sys.argv[1], sys.argv[2:]
fuse = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % fuse
if libc.mount(b"hangfs", where.encode(), b"fuse.hangfs", 0, options.encode()):
    sys.exit("mount: " + os.strerror(ctypes.get_errno()))

length, opcode, unique = struct.unpack("=IIQ", os.read(fuse, 1 << 17)[:16])
assert opcode == INIT
answer = struct.pack("=IIIIHHIIHHI28x", 7, 31, 65536, 0, 12, 10, 65536, 1,
                     32, 0, 0)
os.write(fuse, struct.pack("=IiQ", 16 + len(answer), 0, unique) + answer)
os.set_inheritable(fuse, True)  # as long as somebody has it, questions wait
os.execvp(command[0], command)
