"""A multipart body whose lines are counted: what has nothing but lines is given up.

aiohttp skips what stands before the first boundary line by line, and goes on without giving way
while it has some: 8 MB of empty lines kept the loop for fifteen seconds.
"""

from typing import Any, Final

from aiohttp import StreamReader

LINES: Final = 200
"""Between two pieces of content; the headers of a part may have 128 (aiohttp's own bound)."""


class FewLines:
    """A request's content as `MultipartReader` reads it. Raises ValueError past the bound."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        # State: lines since the last piece of content.
        self._lines = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    async def read(self, size: int = -1) -> bytes:
        self._lines = 0
        return await self._content.read(size)

    async def readline(self, *, max_line_length: int | None = None) -> bytes:
        self._lines += 1
        if self._lines > LINES:
            raise ValueError(f"over {LINES} lines without any content")
        return await self._content.readline(max_line_length=max_line_length)
