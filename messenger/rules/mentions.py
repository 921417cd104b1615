"""Whom a text mentions: `@name`, but not in code, in an address or after a backslash.

The client decides the same on its own tokens; `tests/vectors/mentions.json` holds both to one
definition. Reads a text once, from its first line to its last: the time is linear in its length.
"""

import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Final

import msgspec

_quoted = re.compile(r" {0,3}> ?")
_listed = re.compile(r"( {0,3}(?:[-*+]|[0-9]{1,9}[.)]))( +|\t|$)")
_fence = re.compile(r"(`{3,})[^`]*$|(~{3,}).*$")
_heading = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_ticks = re.compile(r"(?:\\[^`])|(\\?)(`+)")
# What is skipped whole: an address, and where a link leads. A name's end is looked at below.
_address = re.compile(r"(?:https?://|www\.|mailto:)[^\s<]*|\]\([^\s()]*", re.IGNORECASE)
_host = re.compile(r"@\w[\w-]{0,62}\.\w")
NEVER_BEFORE: Final = "@/+"
MARKS: Final = 3
"""Underscores before an `@` that may be emphasis."""
NESTED: Final = 32
"""Markers of lists that are looked at in one line."""
LONGEST: Final = 64
"""Characters that are looked at for a name, of which none has so many."""


class _Fence(msgspec.Struct):
    """An open block of code: what closes it, and the container it stands in."""

    mark: str
    depth: int
    offset: int

    def closed_by(self, line: str) -> bool:
        line = line.strip()
        return len(line) >= len(self.mark) and not line.strip(self.mark[0])


def mentioned(text: str) -> set[str]:
    """The names after `@` in a text, case-folded; `all` among them means all members."""
    if "@" not in text:
        return set()
    names: set[str] = set()
    for block in _blocks(text.strip()):
        if "@" in block:
            names.update(_named(_without_code(block)))
    return names


# Blocks


class _Reader:
    """The lines of a text, as blocks of words; blocks of code are left out."""

    def __init__(self) -> None:
        # State: the block being read, the fence that is open, how deep lines are quoted, how far
        # a list's words are indented, and whether the line before was blank or code.
        self.block: list[str] = []
        self.fence: _Fence | None = None
        self.depth = 0
        self.offset = 0
        self.apart = True

    def finished(self) -> str:
        block, self.block = "\n".join(self.block), []
        return block

    def take(self, line: str) -> Iterator[str]:
        """Read a line; yields the block that ends before it."""
        line, depth = _unquoted(line.expandtabs(4))
        indent = len(line) - len(line.lstrip(" "))
        blank = indent == len(line)
        if self.fence is not None:
            if self._in_fence(line, depth, indent, blank):
                return
            self.fence, self.apart = None, True
        if blank or depth > self.depth:
            yield self.finished()
            self.apart = True
        if blank:
            self.depth = depth
            return
        if self.apart and indent < self.offset:
            self.offset = 0
        self.depth = depth
        yield from self._words(line, indent)

    def _in_fence(self, line: str, depth: int, indent: int, blank: bool) -> bool:
        """Whether a line belongs to the open fence; the one that closes it does."""
        fence = self.fence
        assert fence is not None
        if depth < fence.depth or (not blank and indent < fence.offset):
            return False
        if indent - fence.offset < 4 and fence.closed_by(line):
            self.fence, self.apart = None, True
        return True

    def _words(self, line: str, indent: int) -> Iterator[str]:
        for _ in range(NESTED):
            item = _listed.match(line, self._start(indent))
            if item is None:
                break
            yield self.finished()
            space = len(item[2])
            self.offset = item.end(1) + (space if 0 < space < 5 else 1)
            line = " " * self.offset + line[self.offset :]
            indent = len(line) - len(line.lstrip(" "))
            self.apart = True
        if self.apart and indent - self.offset >= 4:
            return
        opened = _fence.match(line, indent) if indent - self.offset < 4 else None
        if opened is not None:
            yield self.finished()
            self.fence = _Fence(opened[1] or opened[2], self.depth, min(self.offset, indent))
            return
        if _heading.match(line):
            yield self.finished()
            yield line
            self.apart = True
            return
        self.block.append(line)
        self.apart = False

    def _start(self, indent: int) -> int:
        """Where a list's marker may stand: within the list before, or anew."""
        return self.offset if indent >= self.offset else 0


def _blocks(text: str) -> Iterator[str]:
    reader = _Reader()
    for line in text.splitlines():
        yield from reader.take(line)
    yield reader.finished()


def _unquoted(line: str) -> tuple[str, int]:
    """A line without the marks of quotes, and how many they were."""
    place = depth = 0
    while (mark := _quoted.match(line, place)) is not None:
        place = mark.end()
        depth += 1
    return line[place:], depth


# Within a block


def _without_code(block: str) -> str:
    """A block without its spans of code: each ends at the next run of as many backticks."""
    if "`" not in block:
        return block
    runs = [run for run in _ticks.finditer(block) if run[2]]
    by_length: dict[int, deque[int]] = defaultdict(deque)
    for run in runs:
        by_length[len(run[2])].append(run.start(2))
    kept, end = [], 0
    for run in runs:
        start, length = run.start(2), len(run[2])
        if start < end:
            continue
        opens = length
        if run[1]:
            # A backslash takes the first of them away.
            start, opens = start + 1, length - 1
        closing = by_length[opens]
        while closing and closing[0] <= start:
            closing.popleft()
        if opens and closing:
            kept += [block[end:start], " "]
            end = closing.popleft() + opens
    return "".join([*kept, block[end:]])


def _named(words: str) -> Iterator[str]:
    words = _address.sub(" ", words)
    place = words.find("@")
    while place >= 0:
        if _begins(words, place):
            name = _name_at(words, place + 1)
            if name:
                yield name.casefold()
        place = words.find("@", place + 1)


def _begins(words: str, place: int) -> bool:
    """Whether an `@` begins a mention: not in the middle of a word, an address or a path.

    Underscores before it are emphasis, unless they belong to a word.
    """
    before = place
    while before > max(place - MARKS, 0) and words[before - 1] == "_":
        before -= 1
    if before and (_in_name(words[before - 1]) or words[before - 1] in NEVER_BEFORE):
        return False
    escapes = place
    while escapes and words[escapes - 1] == "\\":
        escapes -= 1
    return (place - escapes) % 2 == 0


def _name_at(words: str, start: int) -> str:
    end = start
    while end < min(len(words), start + LONGEST) and _in_name(words[end]):
        end += 1
    name = words[start:end].rstrip("._-")
    # With a host behind it, it is an address: `@name@example.org`.
    known = name and name[0].isalnum() and not _host.match(words, end)
    return name if known else ""


def _in_name(character: str) -> bool:
    return character.isalnum() or character in "._-" or unicodedata.category(character)[0] == "M"
