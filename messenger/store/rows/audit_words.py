"""What a record of the audit says of a person in words: their names and addresses.

They stand beside it, and the record has their digest with a salt: so they go when the person is
erased, and the chain stays whole. What it says in ids, roles and settings is in the record itself.
"""

import hashlib
import secrets
from typing import Any, Final

import msgspec

PERSONAL: Final = frozenset({"display_name", "email", "username"})
"""Fields whose values are words of a person's."""
SEAL: Final = "words"
"""What the digest is called in a record's details."""
SIDES: Final = ("before", "after")


def parted(
    details: dict[str, Any] | None,
) -> tuple[dict[str, Any] | None, dict[str, Any] | None, bytes]:
    """Details without what is personal in them, that, and the salt of its digest."""
    given = details or {}
    words = {
        side: {name: value for name, value in given[side].items() if name in PERSONAL}
        for side in SIDES
        if isinstance(given.get(side), dict) and PERSONAL & given[side].keys()
    }
    if not words:
        return details, None, b""
    kept = {
        name: {key: each for key, each in value.items() if key not in PERSONAL}
        if name in words
        else value
        for name, value in given.items()
    }
    salt = secrets.token_bytes(16)
    return {**kept, SEAL: sealed(words, salt)}, words, salt


def joined(details: dict[str, Any] | None, words: dict[str, Any] | None) -> dict[str, Any] | None:
    """The details as they were recorded; of who was erased without the words, and saying so."""
    if details is None or SEAL not in details:
        return details
    told = {name: value for name, value in details.items() if name != SEAL}
    if words is None:
        return {**told, "erased": True}
    for side, found in words.items():
        told[side] = {**(told.get(side) or {}), **found}
    return told


def sealed(words: dict[str, Any], salt: bytes) -> str:
    """The digest that stands in the record."""
    return hashlib.sha256(salt + msgspec.json.encode(words, order="deterministic")).hexdigest()
