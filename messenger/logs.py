"""What the program says about itself: one line an event, as text or JSON, to standard error.

Times are UTC. What comes from outside cannot forge a line: control characters are escaped.
Nothing here, and nothing that is logged, may hold a secret or what people wrote.

A line says which request or command it belongs to, from the door to the commit: `request_id`, or
`connection_id` (the request id of the socket's upgrade) and `command_id`. At the door, and in what
the door awaits, they are found in the context; an actor and the journal work for many at once, and
say it with `extra=envelope.trace`. Nothing of it is put together unless a line is written.
"""

import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

# Set at the door for the time of a request; every line logged meanwhile bears it.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
connection_id: ContextVar[str | None] = ContextVar("connection_id", default=None)

IDS = ("request_id", "connection_id")
"""A line that was given one of these has no use for those of its context."""

# What a record has of itself; anything else was passed as `extra`.
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}

# C0, DEL and C1 controls, and the two separators that some viewers break lines at.
_ESCAPES = {
    code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
}


def configure(level: str, format: str, stream: TextIO | None = None) -> None:
    """Send everything that is logged to one stream, standard error unless told otherwise."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if format == "json" else TextLines())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(True)
    # It tells every step; a line for each migration comes from us.
    logging.getLogger("yoyo").setLevel(logging.WARNING)


def _moment(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    fields = {key: value for key, value in vars(record).items() if key not in _STANDARD}
    return fields if any(name in fields for name in IDS) else {**origin(), **fields}


def origin() -> dict[str, str]:
    """What this is done for, by its context: a socket, or a request, or nothing."""
    connection = connection_id.get()
    if connection is not None:
        return {"connection_id": connection}
    request = request_id.get()
    return {} if request is None else {"request_id": request}


def _value(value: Any) -> str:
    """As logfmt has it: in quotes where it would not end where it ends."""
    text = str(value)
    if text and not any(each in text for each in ' "='):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _trace(record: logging.LogRecord) -> str | None:
    if record.exc_info and record.exc_info[0]:
        return "".join(traceback.format_exception(*record.exc_info)).rstrip()
    return None


class TextLines(logging.Formatter):
    """`time LEVEL logger: message key=value`; an exception follows, each of its lines indented."""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {key}={_value(value)}" for key, value in _extra(record).items())
        head = f"{_moment(record)} {record.levelname} {record.name}: {record.getMessage()}{fields}"
        trace = (_trace(record) or "").splitlines()
        return "\n".join(
            [head.translate(_ESCAPES), *(f"    {x.translate(_ESCAPES)}" for x in trace)]
        )


class JsonLines(logging.Formatter):
    """One object a line, whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extra(record),
        }
        trace = _trace(record)
        if trace is not None:
            line["exception"] = trace
        return _encodable(line)


def _encodable(line: dict[str, Any]) -> str:
    try:
        return msgspec.json.encode(line, enc_hook=str).decode()
    except (UnicodeEncodeError, ValueError, TypeError, msgspec.MsgspecError):
        # Lone surrogates and keys of odd types: a log must not fail on what it is told about.
        plain = {str(key): str(value) for key, value in line.items()}
        safe = {
            key: value.encode(errors="backslashreplace").decode() for key, value in plain.items()
        }
        return msgspec.json.encode(safe).decode()
