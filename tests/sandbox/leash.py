"""Runs a command that must not outlive its owner: leash.py COMMAND [ARGUMENT]…

The owner holds the other end of standard input. When that closes, be it that the owner closed it, ended, or was killed, the command
and all that it has started get SIGTERM, and SIGKILL two seconds later. They share a process group, which the leash leads.
"""

import os
import signal
import subprocess
import sys
import threading
import time


def main() -> int:
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
    # The group's SIGTERM, sent below, must not end the leash before the SIGKILL.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=lambda: os._exit(command.wait() & 0xFF), daemon=True).start()
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(2)
    os.killpg(0, signal.SIGKILL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
