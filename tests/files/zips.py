"""ZIPs as programs write them, byte by byte, and as attackers do."""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from unicodedata import normalize

STORED, DEFLATED = 0, 8
DOS, UNIX, NTFS = 0, 3, 10


@dataclass(frozen=True)
class Member:
    """An entry; what is None is told truly."""

    name: bytes
    content: bytes = b"content"
    flags: int = 0
    made_by: int = DOS << 8 | 20
    mode: int = 0
    method: int = DEFLATED
    extra: bytes = b""
    local_extra: bytes = b""
    local_name: bytes | None = None
    crc: int | None = None
    size: int | None = None
    packed: bytes | None = None
    offset: int | None = None
    """Where the directory says that it begins."""
    zip64: bool = False


def field(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def zip_of(members: Iterable[Member], *, zip64: bool = False, comment: bytes = b"") -> bytes:
    body, directory, count = bytearray(), bytearray(), 0
    for member in members:
        local, central = written(member, len(body))
        body += local
        directory += central
        count += 1
    start, size = len(body), len(directory)
    end = b""
    if zip64:
        end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
        end += struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
        count, size, start = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    end += struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, size, start, len(comment)
    )
    return bytes(body + directory + end + comment)


def written(member: Member, at: int) -> tuple[bytes, bytes]:
    """The entry's header with its content, and its line in the directory."""
    packed = member.packed
    if packed is None:
        packed = deflated(member.content) if member.method == DEFLATED else member.content
    crc = zlib.crc32(member.content) if member.crc is None else member.crc
    size = len(member.content) if member.size is None else member.size
    offset = at if member.offset is None else member.offset
    described = bool(member.flags & 8)
    sizes = (0, 0, 0) if described else (crc, len(packed), size)
    local_name = member.name if member.local_name is None else member.local_name
    central_sizes, extra = (crc, len(packed), size), member.extra
    if member.zip64:
        extra += field(1, struct.pack("<QQ", size, len(packed)))
        central_sizes = (crc, 0xFFFFFFFF, 0xFFFFFFFF)
    moment = (0x6000, 0x5B7D)
    local = struct.pack(
        "<4s5H3L2H", b"PK\x03\x04", 20, member.flags, member.method, *moment, *sizes,
        len(local_name), len(member.local_extra),
    ) + local_name + member.local_extra + packed  # fmt: skip
    if described:
        local += struct.pack("<4s3L", b"PK\x07\x08", crc, len(packed), size)
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", member.made_by, 20, member.flags, member.method, *moment,
        *central_sizes, len(member.name), len(extra), 0, 0, 0, member.mode << 16, offset,
    ) + member.name + extra  # fmt: skip
    return local, central


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


# As programs write them


Files = dict[str, bytes]


def by_explorer(files: Files) -> bytes:
    """Windows Explorer: names in the code page of the console, and not a word about it."""
    return zip_of(Member(name.encode("cp866"), content) for name, content in files.items())


def by_explorer_64(files: Files) -> bytes:
    """The same with sizes in 64 bits, as it does when it does not know how much there will be."""
    return zip_of(
        (Member(name.encode("cp866"), content, zip64=True) for name, content in files.items()),
        zip64=True,
    )


def by_old_archiver(files: Files) -> bytes:
    """Total Commander, old 7-Zip and 1C: names in cp1251."""
    return zip_of(Member(name.encode("cp1251"), content) for name, content in files.items())


def by_seven_zip(files: Files) -> bytes:
    """7-Zip: the flag for UTF-8 where a name needs it, and times of NTFS."""
    times = field(0x000A, bytes(4) + struct.pack("<HH", 1, 24) + bytes(24))
    return zip_of(
        Member(
            name.encode(),
            content,
            flags=0 if name.isascii() else 0x800,
            made_by=NTFS << 8 | 63,
            extra=times,
        )
        for name, content in files.items()
    )


def by_mac(files: Files) -> bytes:
    """macOS: decomposed UTF-8, not flagged; sizes after the content; a shadow beside each file."""
    times = field(0x5855, bytes(8))
    template = Member(
        b"", flags=8, made_by=UNIX << 8 | 21, mode=0o100644, extra=times, local_extra=bytes(0)
    )

    def members() -> Iterable[Member]:
        folders = {name.rpartition("/")[0] for name in files} - {""}
        for folder in sorted(folders):
            yield replace(template, name=apart(folder) + b"/", content=b"", mode=0o040755, flags=0)
        for name, content in files.items():
            folder, slash, last = name.rpartition("/")
            yield replace(template, name=apart(name), content=content)
            yield replace(
                template, name=apart(f"__MACOSX/{folder}{slash}._{last}"), content=b"\0\5\x16\7"
            )
        yield replace(template, name=b".DS_Store", content=b"\0\0\0\1Bud1")

    return zip_of(members())


def apart(name: str) -> bytes:
    return normalize("NFD", name).encode()


def by_info_zip(files: Files) -> bytes:
    """Info-ZIP on Windows: cp866, and the name in UTF-8 in an extra field."""
    return zip_of(
        Member(
            raw := name.encode("cp866"),
            content,
            made_by=11 << 8 | 30,
            extra=field(0x5455, b"\3" + bytes(4))
            + field(0x7075, b"\1" + struct.pack("<L", zlib.crc32(raw)) + name.encode()),
        )
        for name, content in files.items()
    )
