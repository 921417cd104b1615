"""Names of files: readable whatever program wrote them, and never a path."""

import pytest

from messenger.files.names import LONGEST, display_name, encoding_of

RUSSIAN = (
    "Договор аренды №5.docx",
    "Отчёт.pdf",
    "СМЕТА 2024.xls",
    "Фото Крым.jpg",
    "Акт сверки.doc",
)
MISREAD = [
    ("latin-1", "cp1251"),
    ("cp437", "cp866"),
    ("cp1251", "utf-8"),
    ("latin-1", "utf-8"),
    ("cp1251", "cp866"),
    ("cp866", "cp1251"),
]


@pytest.mark.parametrize("name", RUSSIAN)
@pytest.mark.parametrize(("read_as", "written_in"), MISREAD)
def test_what_was_read_wrong_is_mended(name: str, read_as: str, written_in: str) -> None:
    # The number sign is in no old code page of DOS.
    spoilt = name.replace(" №5", "").encode(written_in).decode(read_as)
    assert display_name(spoilt) == name.replace(" №5", "")


@pytest.mark.parametrize(
    "name",
    [
        *RUSSIAN,
        "Größe.pdf",
        "Übergrößen.txt",
        "déjà-vu.txt",
        "SÃO PAULO.pdf",
        "Łódź żółć.txt",
        "日本語.txt",
        "iPhone фото.jpg",
        "Українська їжа.doc",
        "👨‍👩‍👧.png",
        ".env",
        "archive.tar.gz",
    ],
)
def test_name_that_is_right_is_left_alone(name: str) -> None:
    assert display_name(name) == name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\x.txt", "x.txt"),
        ("folder/", "folder"),
        ("..", "file"),
        ("", "file"),
        ("\u200b\u2060", "file"),
        ("a\x00b\x1b[31m.txt", "ab[31m.txt"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("two\r\nlines.txt", "two lines.txt"),
        ("и\u0306од.txt", "йод.txt"),
        ("dots...", "dots"),
        ("half \ud800.txt", "half .txt"),
    ],
)
def test_name_is_no_path_and_has_no_tricks(given: str, shown: str) -> None:
    assert display_name(given) == shown


def test_long_name_keeps_its_extension() -> None:
    shown = display_name("я" * 1000 + ".docx")
    assert len(shown) == LONGEST
    assert shown.endswith("я.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "cp866", "cp1251"])
def test_encoding_is_told_from_all_names_together(encoding: str) -> None:
    assert encoding_of([name.replace("№", "N").encode(encoding) for name in RUSSIAN]) == encoding
