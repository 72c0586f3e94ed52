"""Runs a program on a terminal of its own: what it prints there goes to our output, what we read is typed there.

Its exit code becomes ours. When we end, its terminal is gone, and it gets SIGHUP.
"""

import os
import pty
import select
import sys

child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])

sources = [terminal, 0]
while True:
    ready, _, _ = select.select(sources, [], [])
    if terminal in ready:
        try:
            printed = os.read(terminal, 65536)
        except OSError:  # Linux tells the end of the last program on a terminal by EIO.
            break
        if not printed:
            break
        while printed:
            printed = printed[os.write(1, printed) :]
    if 0 in ready:
        typed = os.read(0, 65536)
        if typed:
            os.write(terminal, typed)
        else:
            sources.remove(0)

code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(code if code >= 0 else 128 - code)
