import itertools
import random
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from messenger.files.archive import (
    ArchiveRefused,
    Entry,
    EntryRefused,
    Limits,
    Refused,
    entries,
)

from .zips import (
    STORED,
    UNIX,
    Member,
    by_explorer,
    by_explorer_64,
    by_info_zip,
    by_mac,
    by_old_archiver,
    by_seven_zip,
    deflated,
    field,
    written,
    zip_of,
)

MIB = 1024 * 1024
LIMITS = Limits(entry=8 * MIB, unpacked=32 * MIB)
RUSSIAN = {
    "Фото с дачи/Ёлка и йод.jpg": b"\xff\xd8 picture",
    "Фото с дачи/2024/ДОГОВОР №7.pdf": b"%PDF-1.7",
    "Отчёт за год (итог).docx": b"PK" * 600,
    "readme.txt": b"",
}


def noise(size: int) -> bytes:
    """What does not pack, the same each time."""
    return random.Random(1).randbytes(size)


def opened(content: bytes, path: Path, limits: Limits = LIMITS) -> list[Entry | Refused]:
    """What the reader finds, each entry read to its end."""
    file = path / "sent.zip"
    file.write_bytes(content)
    found: list[Entry | Refused] = []
    for each in entries(file, limits):
        if isinstance(each, Entry):
            assert sum(map(len, each.chunks())) == each.size
        found.append(each)
    return found


def refusals(content: bytes, path: Path, limits: Limits = LIMITS) -> list[str]:
    found = opened(content, path, limits)
    assert all(isinstance(each, Refused) for each in found)
    return [each.reason for each in found if isinstance(each, Refused)]


# As programs write them


@pytest.mark.parametrize(
    "program",
    [by_explorer, by_explorer_64, by_old_archiver, by_seven_zip, by_mac, by_info_zip],
)
def test_names_and_contents_come_out_whoever_packed_them(
    program: Callable[[dict[str, bytes]], bytes], tmp_path: Path
) -> None:
    file = tmp_path / "sent.zip"
    file.write_bytes(program(RUSSIAN))
    found = {
        each.path: b"".join(each.chunks())
        for each in entries(file, LIMITS)
        if isinstance(each, Entry)
    }
    assert found == RUSSIAN


def test_folders_are_told_from_the_name(tmp_path: Path) -> None:
    (entry,) = opened(by_explorer({"Фото/Лето/./море.jpg": b"1"}), tmp_path)
    assert isinstance(entry, Entry)
    assert (entry.folders, entry.name) == (("Фото", "Лето"), "море.jpg")


def test_a_short_name_is_read_as_the_others_are(tmp_path: Path) -> None:
    """`ТУР` in cp1251 is no word in any other, but what is it in three letters?"""
    names = ["ТУР.doc", "Счёт на оплату.pdf", "Акт сверки.pdf"]
    for encoding in ("cp866", "cp1251"):
        found = opened(zip_of(Member(each.encode(encoding)) for each in names), tmp_path)
        assert [each.path for each in found] == names


def test_an_extra_name_for_another_name_does_not_count(tmp_path: Path) -> None:
    wrong = field(0x7075, b"\1" + struct.pack("<L", zlib.crc32(b"other")) + b"evil.exe")
    (entry,) = opened(zip_of([Member(b"plain.txt", extra=wrong)]), tmp_path)
    assert entry.path == "plain.txt"


# Names that mean something else


@pytest.mark.parametrize(
    "name",
    [
        b"../evil.txt", b"a/../../evil.txt", b"/etc/passwd", b"//host/share/x", b"C:\\evil.txt",
        b"C:evil.txt", b"..\\..\\evil.txt", b"a\\b.txt", b"fine.txt\0.exe", b"a\nb.txt",
        b"\x1b[2Jx", b"..", b"evil/\0.txt", b"x" * 256,
        b"/".join([b"x" * 200] * 6),
    ],
)  # fmt: skip
def test_a_name_that_is_no_plain_path_is_refused(name: bytes, tmp_path: Path) -> None:
    (refused, fine) = opened(zip_of([Member(name), Member(b"fine.txt")]), tmp_path)
    assert isinstance(refused, Refused)
    assert refused.reason == "path"
    assert refused.path.isprintable()
    assert isinstance(fine, Entry)


@pytest.mark.parametrize("second", ["a/Отчёт.txt", "A/ОТЧЁТ.TXT", "a/./Отчёт.txt"])
def test_the_second_of_one_name_is_refused_by_case_and_composition_too(
    second: str, tmp_path: Path
) -> None:
    members = [Member("a/Отчёт.txt".encode(), b"1"), Member(second.encode(), b"2")]
    (first, other) = opened(zip_of(members), tmp_path)
    assert isinstance(first, Entry)
    assert isinstance(other, Refused)
    assert other.reason == "duplicate"


def test_what_macos_adds_is_left_out_without_a_word(tmp_path: Path) -> None:
    names = [b"__MACOSX/._a.txt", b"photos/.DS_Store", b".DS_Store", b"photos/", b"photos/a.txt"]
    found = opened(zip_of(Member(name) for name in names), tmp_path)
    assert [each.path for each in found] == ["photos/a.txt"]


# Entries that are not what they seem


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = Member(b"notes", b"/etc/passwd", made_by=UNIX << 8 | 30, mode=0o120777)
    device = Member(b"disk", b"", made_by=UNIX << 8 | 30, mode=0o060666)
    assert refusals(zip_of([link, device]), tmp_path) == ["link", "link"]


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    assert refusals(zip_of([Member(b"secret.txt", flags=1)]), tmp_path) == ["encrypted"]


@pytest.mark.parametrize("method", [9, 12, 14, 93, 95, 99])
def test_a_method_that_is_not_read_in_small_pieces_is_refused(method: int, tmp_path: Path) -> None:
    """LZMA names its memory itself; a block of bzip2 is twenty thousand times its packed bytes."""
    assert refusals(zip_of([Member(b"a", method=method, packed=b"x")]), tmp_path) == ["method"]


def test_folders_may_lie_in_one_another_only_so_deep(tmp_path: Path) -> None:
    deep = b"/".join([b"d"] * (LIMITS.depth + 1)) + b"/x"
    fits = b"/".join([b"d"] * LIMITS.depth) + b"/x"
    (refused, entry) = opened(zip_of([Member(deep), Member(fits)]), tmp_path)
    assert isinstance(refused, Refused)
    assert refused.reason == "too_deep"
    assert isinstance(entry, Entry)


def test_an_archive_within_is_a_file_like_any_other(tmp_path: Path) -> None:
    inner = zip_of([Member(b"../evil")])
    (entry,) = opened(zip_of([Member(b"inner.zip", inner)]), tmp_path)
    assert isinstance(entry, Entry)
    assert entry.size == len(inner)


# Contents that are not what was said


def broken(member: Member, path: Path) -> None:
    file = path / "sent.zip"
    file.write_bytes(zip_of([member, Member(b"fine.txt", b"fine")]))
    first, second = None, None
    for each in entries(file, LIMITS):
        assert isinstance(each, Entry)
        if first is None:
            first = each
            with pytest.raises(EntryRefused) as caught:
                list(each.chunks())
            assert caught.value.reason == "damaged"
        else:
            second = b"".join(each.chunks())
    assert second == b"fine"


@pytest.mark.parametrize(
    "member",
    [
        Member(b"crc", b"content", crc=1),
        Member(b"crc", b"content", crc=1, method=STORED),
        Member(b"longer", b"a" * 100, size=2000),
        Member(b"shorter", b"a" * 2000, size=100),
        Member(b"shorter", b"abcd" * 99, size=8, method=STORED),
        Member(b"cut", b"abc" * 999, packed=deflated(noise(3000))[:500], size=3000),
        Member(b"noise", b"a" * 500, packed=b"\xff" * 80),
        Member(b"name", local_name=b"name.exe"),
        Member(b"patched", flags=0x20),
    ],
    ids=lambda member: member.name.decode(),
)
def test_an_entry_that_lies_is_refused_and_the_next_one_read(
    member: Member, tmp_path: Path
) -> None:
    broken(member, tmp_path)


def test_a_wrong_checksum_is_known_whatever_the_size(tmp_path: Path) -> None:
    broken(Member(b"big", noise(3 * MIB), crc=7), tmp_path)


# Bombs


def test_too_large_a_file_is_refused_alone(tmp_path: Path) -> None:
    members = [Member(b"large", noise(9 * MIB)), Member(b"small")]
    (refused, entry) = opened(zip_of(members), tmp_path)
    assert isinstance(refused, Refused)
    assert refused.reason == "too_large"
    assert isinstance(entry, Entry)


def test_what_was_packed_too_well_is_refused(tmp_path: Path) -> None:
    assert refusals(zip_of([Member(b"zeros", bytes(6 * MIB))]), tmp_path) == ["ratio"]
    assert isinstance(opened(zip_of([Member(b"white.bmp", bytes(MIB))]), tmp_path)[0], Entry)


def whole(content: bytes, path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(ArchiveRefused) as caught:
        opened(content, path, limits)
    return caught.value.reason


def test_more_than_the_sum_is_refused_before_the_first_entry(tmp_path: Path) -> None:
    members = [Member(b"%d" % each, size=8 * MIB) for each in range(5)]
    assert whole(zip_of(members), tmp_path) == "too_large"


def test_a_hundred_thousand_entries_are_refused_at_once(tmp_path: Path) -> None:
    body, directory = [], []
    at = 0
    for number in range(100_000):
        local, central = written(Member(b"%d" % number, b"", method=STORED), at)
        at += len(local)
        body.append(local)
        directory.append(central)
    size = sum(map(len, directory))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 7, 7, size, at, 0)  # it says seven
    content = b"".join([*body, *directory, end])
    began = time.process_time()
    assert whole(content, tmp_path) == "too_many"
    assert time.process_time() - began < 0.5


def test_as_many_entries_as_are_allowed_are_read(tmp_path: Path) -> None:
    few = Limits(entry=MIB, unpacked=MIB, entries=3)
    content = zip_of(Member(b"%d" % each) for each in range(3))
    assert len(opened(content, tmp_path, few)) == 3
    content = zip_of(Member(b"%d" % each) for each in range(4))
    assert whole(content, tmp_path, few) == "too_many"


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """David Fifield's bomb: many names for one kernel, or each header quoted by the one before."""
    kernel = Member(b"0", noise(4000))
    shared = [kernel, replace_name(kernel, b"1"), replace_name(kernel, b"2")]
    assert whole(zip_of(shared), tmp_path) == "damaged"
    inner, _ = written(Member(b"1", b"inner", method=STORED), 0)
    quoting = Member(b"0", inner, method=STORED)
    outer, _ = written(quoting, 0)
    quoted = Member(b"1", b"inner", method=STORED, offset=len(outer) - len(inner))
    assert whole(zip_of([quoting, quoted]), tmp_path) == "damaged"


def replace_name(member: Member, name: bytes) -> Member:
    return Member(name, member.content, offset=0)


# What is no archive


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x05\x06",
        b"\xff\xd8\xff\xe0 a picture",
        zip_of([Member(b"a")])[:-1],
        zip_of([Member(b"a")])[:-30],
        zip_of([Member(b"a")])[40:],
        zip_of([Member(b"a")], zip64=True)[:-22],
        zip_of([Member(b"a", offset=10_000)]),
        zip_of([Member(b"\xff\xfe", flags=0x800)]),
    ],
)
def test_what_is_no_whole_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    assert whole(content, tmp_path) == "damaged"


def test_of_two_ends_the_last_one_counts(tmp_path: Path) -> None:
    assert opened(zip_of([Member(b"a")]) + zip_of([]), tmp_path) == []


def test_an_archive_behind_a_program_is_read(tmp_path: Path) -> None:
    (entry,) = opened(b"MZ" + noise(500) + by_explorer({"файл.txt": b"1"}), tmp_path)
    assert entry.path == "файл.txt"


def test_no_cut_and_no_changed_byte_does_more_than_refuse(tmp_path: Path) -> None:
    good = by_mac({"Фото/а.txt": b"abc" * 50, "b.txt": b"1"})
    file = tmp_path / "sent.zip"
    for position, changed in itertools.product(range(len(good)), (0, 255)):
        file.write_bytes(good[:position] + bytes([changed]) + good[position + 1 :])
        try:
            for each in entries(file, LIMITS):
                if isinstance(each, Entry):
                    list(each.chunks())
        except (ArchiveRefused, EntryRefused):
            continue
