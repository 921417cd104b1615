"""Answers that stay the same while the process runs: made once, compressed once."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Final

from aiohttp import web

KEPT: Final = frozenset(
    {"Cache-Control", "Content-Security-Policy", "ETag", "Permissions-Policy", "Vary"}
)
"""Headers that a 304 repeats (RFC 9110 §15.4.5).

The policies, too: a browser takes a 304's headers over, and a page with those of data is dead.
"""
TAKES_GZIP: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
"""Named, and not refused by a weight of zero (RFC 9110 §12.5.3)."""


class Cached:
    """A body, its compressed twin, and the tag, weak as it stands for both, that browsers keep."""

    def __init__(self, body: bytes, content_type: str, headers: Mapping[str, str] = {}) -> None:
        self.body = body
        self.tag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
        self.headers = {
            "Content-Type": content_type,
            "Cache-Control": "no-cache",  # keep it, but ask whether it still holds
            "ETag": self.tag,
            "Vary": "Accept-Encoding",
            **headers,
        }

    def __repr__(self) -> str:
        return f"<Cached {self.tag}, {len(self.body)} bytes>"

    @cached_property
    def compressed(self) -> bytes:
        # Once it is asked for: to compress the whole client would be a third of a start.
        return gzip.compress(self.body, mtime=0)

    def answer(self, request: web.Request) -> web.Response:
        if self.tag in request.headers.get("If-None-Match", ""):
            headers = {name: value for name, value in self.headers.items() if name in KEPT}
            return web.Response(status=304, headers=headers)
        if not TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")):
            return web.Response(body=self.body, headers=self.headers)
        headers = {**self.headers, "Content-Encoding": "gzip"}
        return web.Response(body=self.compressed, headers=headers)
