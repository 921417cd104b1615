"""Answers that stay the same while the process runs: made once, compressed once, then kept so."""

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Final

from aiohttp import web

from messenger.http.plumbing.shelf import Shelf

KEPT: Final = frozenset(
    {"Cache-Control", "Content-Security-Policy", "ETag", "Permissions-Policy", "Vary"}
)
"""Headers that a 304 repeats (RFC 9110 §15.4.5).

The policies, too: a browser takes a 304's headers over, and a page with those of data is dead.
"""
TAKES_GZIP: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
"""Named, and not refused by a weight of zero (RFC 9110 §12.5.3)."""


class Cached:
    """A body, and the tag, weak as it stands for the compressed one too, that browsers keep."""

    def __init__(
        self,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] = {},
        *,
        compressed: bool = False,
        shelf: Shelf | None = None,
    ) -> None:
        """`compressed`: the body comes as gzip made it; it is put on a `shelf`, if there is one."""
        # State: what gives the body, and whether that is the compressed one.
        self._kept: Callable[[], bytes] = (lambda: body) if shelf is None else shelf.put(body)
        self._is_compressed = compressed
        self.tag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
        self.headers = {
            "Content-Type": content_type,
            "Cache-Control": "no-cache",  # keep it, but ask whether it still holds
            "ETag": self.tag,
            "Vary": "Accept-Encoding",
            **headers,
        }

    def __repr__(self) -> str:
        return f"<Cached {self.tag}, {self.headers['Content-Type']}>"

    @property
    def body(self) -> bytes:
        # Hardly anybody asks for it: not worth keeping beside the other.
        return gzip.decompress(self._kept()) if self._is_compressed else self._kept()

    @property
    def compressed(self) -> bytes:
        if not self._is_compressed:
            made = gzip.compress(self._kept(), mtime=0)
            self._kept, self._is_compressed = (lambda: made), True
        return self._kept()

    def answer(self, request: web.Request, status: int = 200) -> web.Response:
        if status == 200 and self.tag in request.headers.get("If-None-Match", ""):
            headers = {name: value for name, value in self.headers.items() if name in KEPT}
            return web.Response(status=304, headers=headers)
        if not TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")):
            return web.Response(body=self.body, headers=self.headers, status=status)
        headers = {**self.headers, "Content-Encoding": "gzip"}
        return web.Response(body=self.compressed, headers=headers, status=status)
