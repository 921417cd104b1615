"""Whether anybody can be heard at HOST and PORT, looked at before a database is started."""

import os
import socket

from messenger.config import Settings


def check_free(settings: Settings, *ports: int) -> None:
    """Bind and let go; raises OSError, in asyncio's words, for a port that is taken or not ours.

    Where the bus lets several servers stand behind one port, they do not count. A socket that
    systemd hands over listens already.
    """
    if os.environ.get("LISTEN_PID") == str(os.getpid()):
        return
    for port in ports or (settings.port,):
        # One that the system is to choose is not known yet, but HOST is.
        _bind(settings.host, port, shared=settings.bus != "none")


def _bind(host: str, port: int, shared: bool) -> None:
    for family, kind, protocol, _, address in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    ):
        try:
            trial = socket.socket(family, kind, protocol)
        except OSError:
            # A kernel without IPv6; asyncio passes over it as well.
            continue
        with trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if shared:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            try:
                trial.bind(address)
            except OSError as error:
                raise OSError(
                    error.errno, f"error while attempting to bind on address {address!r}"
                ) from error
