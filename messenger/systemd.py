"""What systemd is told of a service (sd_notify(3)), and the socket it hands over (its fd 3).

Ready, alive, reloading, stopping. Says nothing where there is no systemd, and never fails its
caller. No library: it is one datagram, and two numbers in the environment.
"""

import logging
import os
import socket
import time

log = logging.getLogger(__name__)

FIRST_FD = 3
"""SD_LISTEN_FDS_START: sockets are handed over from here on."""


def notify(state: str) -> None:
    """Send a state, as READY=1; does nothing without NOTIFY_SOCKET."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    # "@" stands for the NUL that begins an abstract address (unix(7)).
    path = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages:
            messages.settimeout(1)
            messages.sendto(state.encode(), path)
    except OSError as error:
        log.warning("systemd could not be told %s: %s", state, error)


def watchdog_seconds() -> float | None:
    """How often systemd wants WATCHDOG=1 at least; None when it does not watch this process."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    pid = os.environ.get("WATCHDOG_PID", "")
    if not usec.isdecimal() or pid not in ("", str(os.getpid())):
        return None
    return int(usec) / 1e6 or None


def reloading() -> None:
    """Say that settings are being read again; READY=1 ends it (sd_notify(3), RELOADING=1)."""
    notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")


def listening_socket() -> socket.socket | None:
    """The one that systemd listens on for this process; None when it hands over none.

    It outlives us: who connects between a stop and the next start waits in it and is served.
    Raises OSError for what is no TCP socket.
    """
    pid, count = os.environ.get("LISTEN_PID"), os.environ.get("LISTEN_FDS", "")
    if pid != str(os.getpid()) or not count.isdecimal() or int(count) < 1:
        return None
    if int(count) > 1:
        log.warning("systemd hands over %s sockets; the first is served", count)
    # Once: programs that we start are not to take it for theirs.
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"):
        os.environ.pop(name, None)
    handed = socket.socket(fileno=FIRST_FD)
    handed.set_inheritable(False)
    if handed.family not in (socket.AF_INET, socket.AF_INET6) or handed.type != socket.SOCK_STREAM:
        raise OSError("the socket that systemd hands over is not TCP: mend ListenStream")
    return handed
