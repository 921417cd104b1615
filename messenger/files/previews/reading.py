"""The text of a document, for the search. Runs in the worker alone, under its limits.

A PDF is read by pdfium; what is a ZIP of XML (ECMA-376 §11, OpenDocument 1.3 part 2 §3) entry by
entry, each bounded, by a parser that knows no entities (`defusedxml`); anything else as text, in
UTF-8, UTF-16 or what Windows wrote in Russian.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from messenger.files.previews.jobs import NoPreview, Text

LONGEST: Final = 1024 * 1024
"""Bytes of text in UTF-8 that are kept: the first ones."""
ENTRY: Final = 64 * 1024 * 1024
"""Bytes of one unpacked entry that are read."""
CHUNK: Final = 64 * 1024
ENTRIES: Final = 2000
PAGES: Final = 1000

_parts: Final = re.compile(
    r"word/(?:document|footnotes|endnotes|comments)\.xml|ppt/slides/slide\d+\.xml"
    r"|ppt/notesSlides/notesSlide\d+\.xml|xl/sharedStrings\.xml|xl/worksheets/sheet\d+\.xml"
    r"|content\.xml"
)
_number: Final = re.compile(r"\d+")
ENDS: Final = frozenset({"p", "h", "si", "row", "table-row", "br"})
"""Elements after which a line ends."""
APART: Final = frozenset({"tab", "c", "table-cell", "s", "tc"})


def read_text(path: Path) -> Text | NoPreview:
    """What a file says; whatever is wrong with it has a name."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
        read: Callable[[Path], Iterator[str]] = _plain
        if head.startswith(b"%PDF"):
            read = _pdf
        elif head == b"PK\x03\x04":
            read = _zipped
        return Text(_cut(read(path)))
    except MemoryError:
        return NoPreview("too_large")
    except Exception:
        # Parsers raise whatever they meet in a broken file.
        return NoPreview("damaged")


def _cut(pieces: Iterator[str]) -> str:
    kept: list[bytes] = []
    size = 0
    for piece in pieces:
        kept.append(piece.encode(errors="replace"))
        size += len(kept[-1])
        if size >= LONGEST:
            break
    # NUL is no character of a text that the database takes.
    return b"".join(kept)[:LONGEST].decode(errors="ignore").replace("\x00", " ")


def _pdf(path: Path) -> Iterator[str]:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        for number in range(min(len(document), PAGES)):
            page = document[number]
            text = page.get_textpage()
            # A word that is broken at the end of a line is one word (U+FFFE stands there, too).
            yield re.sub(r"[-\u00ad\ufffe]\r?\n", "", text.get_text_range()) + "\n"
            text.close()
            page.close()


def _zipped(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        wanted = [each for each in archive.infolist()[:ENTRIES] if _parts.fullmatch(each.filename)]
        for entry in sorted(wanted, key=_place):
            with archive.open(entry) as file:
                yield from _xml(file)


def _place(entry: zipfile.ZipInfo) -> tuple[str, int]:
    found = _number.search(entry.filename)
    return _number.sub("", entry.filename), int(found[0]) if found else 0


def _xml(file: IO[bytes]) -> Iterator[str]:
    """The text of a document in its order, as far as one entry is read."""
    from defusedxml.sax import make_parser

    said: list[str] = []
    parser = make_parser()
    parser.setContentHandler(_handler(said))
    left = ENTRY
    while left > 0 and (piece := file.read(min(left, CHUNK))):
        left -= len(piece)
        parser.feed(piece)
        yield "".join(said)
        said.clear()


def _handler(said: list[str]) -> Any:
    from xml.sax.handler import ContentHandler

    class Text(ContentHandler):
        """Of a sheet's cells, those of type `s` are numbers of strings that come by themselves."""

        def __init__(self) -> None:
            super().__init__()
            self.shared = False
            self.quiet = False

        def startElement(self, name: str, attrs: Any) -> None:
            name = name.rpartition(":")[2]
            if name == "c":
                self.shared = attrs.get("t") == "s"
            if name in APART:
                said.append(" ")
            self.quiet = name == "f" or (name == "v" and self.shared)

        def endElement(self, name: str) -> None:
            self.quiet = False
            if name.rpartition(":")[2] in ENDS:
                said.append("\n")

        def characters(self, content: str) -> None:
            if not self.quiet:
                said.append(content)

    return Text()


def _plain(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        raw = file.read(LONGEST * 2)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield raw.decode("utf-16", errors="replace")
        return
    try:
        yield raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start > len(raw) - 4:
            yield raw[: error.start].decode("utf-8-sig")
        elif b"\x00" not in raw:
            yield raw.decode("cp1251", errors="replace")
