"""What systemd is told of a service (sd_notify(3)): ready, alive, stopping.

Says nothing where there is no systemd, and never fails its caller. No library: it is one datagram.
"""

import logging
import os
import socket

log = logging.getLogger(__name__)


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
