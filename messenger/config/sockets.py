"""Settings of WebSockets: their pings, sizes and limits."""

from dataclasses import dataclass
from typing import Final

from messenger.config.kinds import size, whole
from messenger.config.setting import setting

COMMAND_BYTES: Final = 512 * 1024
"""Bytes that hold the longest task with its checklist, and a cursor for every chat."""
PENDING_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Sockets:
    # Shorter than the minute after which home routers and proxies forget a quiet connection.
    ws_heartbeat_sec: int = setting("25", whole(1, 3600), "A socket silent for so long is pinged.")
    ws_idle_timeout_sec: int = setting(
        "60", whole(2, 7200), "A socket silent for so long is closed with 4408."
    )
    ws_max_command_bytes: int = setting(
        None,
        size(1024, 2**24),
        "Bytes of a command. A longer frame is answered with `payload_too_large`; one over"
        " twice as long closes the socket with 4413.",
        shown="`512 KiB`; more with a long `MESSAGE_MAX_LENGTH`",
    )
    ws_max_pending_bytes: int = setting(
        None,
        size(2**16, 2**30),
        "Bytes a reader may be behind with live events; beyond, the socket is closed with 4503.",
        shown="`1 MiB`; more with a long `MESSAGE_MAX_LENGTH`",
    )
    ws_max_ids_per_subscribe: int = setting(
        "1000", whole(1, 100_000), "Streams in one `subscribe`; `all` is not bound by it."
    )
    ws_max_subscriptions_per_connection: int = setting(
        "10000", whole(1, 1_000_000), "Streams of one socket."
    )
    ws_max_connections_per_user: int = setting(
        "20",
        whole(1, 100_000),
        "Sockets of one person; with one more, the quietest of the session that has the most"
        " is closed with 4429.",
    )
    ws_rate_limit_window_sec: int = setting(
        "10", whole(1, 3600), "The time that commands are counted over."
    )
    ws_rate_limit_max_commands: int = setting(
        "500",
        whole(1, 10_000_000),
        "Commands of one socket in that time; more close it with 4429. Twenty ids in a command"
        " weigh as much as one more.",
    )
