"""Becomes PostgreSQL: gives up root, asks to be told of the server's death, and executes the rest.

Run as a program of its own (`python -I -S become.py UID GID PARENT COMMAND …`) and never imported:
doing this between fork and exec is unsafe in a process that has threads. Needs nothing but the
standard library, and may not import the package.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    uid, gid, parent = map(int, sys.argv[1:4])
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    # What people wrote stands in its memory, and a core would take the last room of a full disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # After setuid, which clears it. SIGINT is PostgreSQL's fast shutdown.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            sys.exit("the server died before PostgreSQL began")
    os.execv(sys.argv[4], sys.argv[4:])


main()
