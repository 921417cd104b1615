"""Copies of backups in a bucket: objects under the names that their files have in the folder.

`NAME/SHA256SUMS` is sent last and removed first, so what has it is whole; contents are there once
for all copies. Only the job writes here. A copy is fetched into a folder, and restored from there.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from messenger.backup import contents, rotation
from messenger.backup.contents import Damaged, Entry
from messenger.backup.folders import (
    CONTENTS,
    FILES,
    MANIFEST,
    PARTIAL,
    SEALED,
    SUMS,
    Backup,
    Manifest,
    drop_partial,
    make,
    moment_of,
    size_of,
    synced,
    written,
    wrong_sums,
)
from messenger.config import Settings
from messenger.errors import Unavailable
from messenger.files.bucket import Bucket

if TYPE_CHECKING:
    from messenger.files.objects import Objects

PIECE: Final = 2**20
Note = Callable[[], Awaitable[None]]


class CopyFailed(Exception):
    """A backup is made, and its copy did not come to the bucket; the message says why."""


class Copy(msgspec.Struct, frozen=True):
    """A whole copy, as its manifest tells of it."""

    name: str
    made_at: datetime
    manifest: Manifest
    whole: bool


def bucket_of(settings: Settings) -> Bucket | None:
    """The bucket of the copies; what BACKUP_S3_… does not say is as for files."""
    if settings.backup_s3_url is None:
        return None
    name, prefix = settings.backup_s3_url
    own = settings.backup_s3_access_key_id is not None
    return Bucket(
        name=name,
        prefix=prefix,
        endpoint=settings.backup_s3_endpoint or settings.s3_endpoint,
        region=settings.backup_s3_region or settings.s3_region,
        access_key=settings.backup_s3_access_key_id if own else settings.s3_access_key_id,
        secret_key=settings.backup_s3_secret_access_key if own else settings.s3_secret_access_key,
    )


class Copies:
    """What is in the bucket, looked through once at the beginning."""

    def __init__(self, objects: "Objects", sizes: dict[str, int]) -> None:
        self._objects = objects
        self._sizes = sizes

    def __repr__(self) -> str:
        return f"<Copies in {self._objects!r}, {len(self._sizes)} objects>"

    @classmethod
    async def opened(cls, bucket: Bucket) -> "Copies":
        """Raises Unavailable."""
        from messenger.files.objects import Objects  # a large library, once a day

        objects = Objects(bucket)
        return cls(objects, {key: size async for key, size in objects.listed()})

    async def add(self, root: Path, made: Backup, note: Note) -> None:
        """Send a whole backup with the contents it lists; raises CopyFailed, what `note` raises."""
        try:
            for entry in contents.kept_of(made):
                await note()
                source = contents.place_of(root, entry.sha256, made.manifest.sealed)
                await self._send(source.relative_to(root).as_posix(), source)
            for name in (*made.manifest.parts, MANIFEST, SUMS):
                await note()
                await self._send(f"{made.name}/{name}", made.path / name)
        except Unavailable as error:
            raise CopyFailed(
                f"{made.name} is made, and its copy did not reach the bucket; the next one does."
            ) from error

    async def _send(self, key: str, source: Path) -> None:
        size = size_of(source)
        if self._sizes.get(key) == size:
            return
        await self._objects.put(key, source)
        if await self._objects.size(key) != size:
            raise CopyFailed(f"{key} arrived in the bucket as something else.")
        self._sizes[key] = size

    async def listed(self) -> list[Copy]:
        """The whole ones, the oldest first."""
        return [
            await self._copy(name, made_at)
            for name in self._names()
            if f"{name}/{SUMS}" in self._sizes and (made_at := moment_of(name)) is not None
        ]

    def _names(self) -> list[str]:
        folders = {key.partition("/")[0] for key in self._sizes}
        return sorted(name for name in folders if moment_of(name) is not None)

    async def _copy(self, name: str, made_at: datetime) -> Copy:
        manifest = msgspec.json.decode(await self._read(f"{name}/{MANIFEST}"), type=Manifest)
        sizes = {part: self._sizes.get(f"{name}/{part}") for part in manifest.parts}
        return Copy(name, made_at, manifest, sizes == manifest.parts)

    async def rotate(self, settings: Settings) -> None:
        """Remove what may go, what never became whole, and the contents that only those had."""
        copies = await self.listed()
        proven = {each.made_at for each in copies if each.whole and each.manifest.proven_at}
        others = {each.made_at for each in copies} - proven
        days = max(settings.backup_keep_days, 1)
        weeks, months = settings.backup_keep_weeks, settings.backup_keep_months
        stay = rotation.kept(proven, others, days, weeks, months)
        kept = [each for each in copies if each.made_at in stay]
        for name in sorted(set(self._names()) - {each.name for each in kept}):
            # The sums first: a half removed one must not count.
            keys = [key for key in self._sizes if key.startswith(f"{name}/")]
            for key in sorted(keys, key=lambda key: not key.endswith(f"/{SUMS}")):
                await self._remove(key)
        if not all(each.whole for each in kept):
            return
        listed = {entry.sha256 for each in kept for entry in await self._entries(each)}
        for key in [key for key in self._sizes if key.startswith(f"{CONTENTS}/")]:
            if key.rpartition("/")[2].removesuffix(SEALED) not in listed:
                await self._remove(key)

    async def _remove(self, key: str) -> None:
        await self._objects.remove(key)
        del self._sizes[key]

    async def _entries(self, copy: Copy) -> list[Entry]:
        lines = (await self._read(f"{copy.name}/{FILES}")).splitlines()
        return [msgspec.json.decode(line, type=Entry) for line in lines]

    async def fetch(self, copy: Copy, directory: Path, note: Note) -> Backup:
        """Bring a copy into a folder of backups; raises Damaged, and then it does not count there.

        Contents that are there already are not brought again.
        """
        make(directory)
        drop_partial(directory)
        folder = directory / f"{copy.name}{PARTIAL}"
        make(folder)
        for name in (*copy.manifest.parts, MANIFEST, SUMS):
            await note()
            await self._bring(f"{copy.name}/{name}", folder / name)
        fetched = Backup(folder, copy.made_at, copy.manifest)
        wrong = list(wrong_sums(fetched))
        if wrong:
            raise Damaged(f"The copy {copy.name} is not whole: {'; '.join(wrong)}.")
        for entry in contents.kept_of(fetched):
            await note()
            target = contents.place_of(directory, entry.sha256, copy.manifest.sealed)
            if not target.exists():
                await self._bring(target.relative_to(directory).as_posix(), target)
        whole = folder.with_name(copy.name)
        folder.rename(whole)
        synced(directory)
        return msgspec.structs.replace(fetched, path=whole)

    async def _bring(self, key: str, target: Path) -> None:
        make(target.parent)
        aside = target.with_name(f"{target.name}.new")
        size = self._sizes.get(key)
        if size is None:
            raise Damaged(f"{key} is not in the bucket.")
        try:
            with written(aside) as file:
                for start in range(0, size, PIECE):
                    file.write(await self._objects.read(key, start, min(size, start + PIECE)))
            aside.rename(target)
        except FileNotFoundError:
            raise Damaged(f"{key} is not in the bucket any more.") from None
        finally:
            aside.unlink(missing_ok=True)

    async def _read(self, key: str) -> bytes:
        size = self._sizes.get(key, 0)
        return bytes(await self._objects.read(key, 0, size)) if size else b""


async def copy_to(settings: Settings, bucket: Bucket, root: Path, made: Backup, note: Note) -> None:
    """Send a backup to the bucket, and rotate there; raises CopyFailed."""
    try:
        copies = await Copies.opened(bucket)
        await copies.add(root, made, note)
        await copies.rotate(settings)
    except (Unavailable, FileNotFoundError, msgspec.DecodeError) as error:
        raise CopyFailed(
            f"{made.name} is made, and the bucket of its copy cannot be reached or read."
        ) from error
