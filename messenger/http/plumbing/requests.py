"""What comes in with a request: ids in its path, parameters, key, JSON body.

Every reader returns what is well formed or raises an error of the contract;
nothing a stranger sends gets past here as anything else.
"""

import asyncio
import re
from typing import Annotated, Any, Final, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta
from multidict import MultiMapping

from messenger.config import COMMAND_BYTES
from messenger.errors import (
    DomainError,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedType,
    ValidationFailed,
)
from messenger.http.plumbing.keys import SETTINGS
from messenger.protocol.command import Id

Short = Annotated[str, Meta(max_length=256)]
Password = Annotated[str, Meta(max_length=1024)]
"""Bounded before it is normalised, which costs the square of a run of combining marks."""

Limit = Annotated[int, Meta(ge=1, le=200)]

Body = TypeVar("Body", bound=msgspec.Struct)

BODY_SECONDS: Final = 30.0
"""Seconds; a slower body only keeps the connection busy."""
KEY: Final = re.compile(r"[!-~]{1,128}")
JSON: Final = "application/json"
NUMBER: Final = re.compile(r"[1-9][0-9]{0,15}")


def path_id(request: web.Request, place: str = "id") -> int:
    """Read an id out of the path; what is no id names nothing."""
    text = request.match_info[place]
    if not NUMBER.fullmatch(text) or int(text) >= 2**53:
        raise NotFound
    return int(text)


def path_value(request: web.Request, place: str, expected: Any) -> Any:
    """Read what a placeholder stands for, by its type."""
    if expected == Id:
        return path_id(request, place)
    text = request.match_info[place]
    check_text(text, NotFound())
    try:
        return msgspec.convert(text, expected)
    except msgspec.ValidationError:
        raise NotFound from None


def idempotency_key(request: web.Request) -> str | None:
    keys = request.headers.getall("Idempotency-Key", [])
    if len(keys) > 1 or (keys and not KEY.fullmatch(keys[0])):
        raise ValidationFailed(
            "`Idempotency-Key` is given once, with 1 to 128 visible ASCII characters.",
            field="Idempotency-Key",
        )
    return keys[0] if keys else None


def read_query(query: MultiMapping[str], expected: type[Body]) -> Body:
    """Read the parameters of an address; raises ValidationFailed."""
    for name in query:
        if len(query.getall(name)) > 1:
            raise ValidationFailed(f"`{name}` is given more than once.", field=name)
        check_text(name + query[name], ValidationFailed("The query has unusable characters."))
    try:
        read = msgspec.convert(dict(query), expected, strict=False)
    except msgspec.ValidationError as error:
        raise ValidationFailed(str(error)) from None
    for field in msgspec.structs.fields(expected):
        value, text = getattr(read, field.name), query.get(field.encode_name)
        # msgspec reads 1.0 and 1e3 as whole numbers here. One number is written one way.
        if type(value) is int and text is not None and text != str(value):
            raise ValidationFailed(f"`{field.encode_name}` is a whole number.", field=field.name)
    return read


async def read_body(request: web.Request, decoder: msgspec.json.Decoder[Body]) -> Body:
    """Read a JSON body; raises UnsupportedType, PayloadTooLarge or ValidationFailed.

    A body whose every field may be left out may itself be left out.
    """
    raw = b"{}"
    if request.body_exists:
        if request.headers.get("Content-Type") != JSON and request.content_type != JSON:
            raise UnsupportedType
        if "Content-Encoding" in request.headers:
            raise UnsupportedType("Send the body as it is, without Content-Encoding.")
        raw = await _receive(request)
    try:
        body = decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise ValidationFailed(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # The last two are none of msgspec's own: bytes that are not UTF-8, and depth 100,000.
        reason = "nested too deep" if isinstance(error, RecursionError) else error
        raise ValidationFailed(f"The body is not JSON in UTF-8: {reason}") from None
    if b"\\u0000" in raw:  # the only way in for a NUL; a literal one is no JSON
        _check_nul(msgspec.to_builtins(body), "$")
    return body


async def _receive(request: web.Request) -> bytes:
    # What one door takes, the other does: a setting for sockets does not narrow this one.
    most = max(COMMAND_BYTES, request.app[SETTINGS].ws_max_command_bytes)
    if (request.content_length or 0) > most:
        raise PayloadTooLarge
    received = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                received += chunk
                if len(received) > most:
                    raise PayloadTooLarge
    except TimeoutError:
        raise RequestTimeout from None
    except (web.RequestPayloadError, ConnectionError):
        # The sender went away in the middle: no one reads this answer, and nothing is wrong here.
        raise ValidationFailed("The body cannot be read to its end.") from None
    return bytes(received)


def check_text(text: str, refusal: DomainError) -> None:
    """NUL cannot be stored; half a character is what is left of bytes that were not UTF-8."""
    if not text.isprintable() and any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text):
        raise refusal


def _check_nul(value: Any, where: str) -> None:
    match value:
        case str() if "\x00" in value:
            raise ValidationFailed(f"NUL is no character of a text - at `{where}`")
        case dict():
            for name, each in value.items():
                _check_nul(name, where)
                _check_nul(each, f"{where}.{name}")
        case list():
            for each in value:
                _check_nul(each, f"{where}[...]")
