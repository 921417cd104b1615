"""The chain of manifests: each lists a run's parts, and has the hash of the one before."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from messenger.archive.format import Gone, Listed, Manifest, Previous
from messenger.archive.vault import Vault, write_synced
from messenger.store.archive import index, loose
from messenger.store.archive.index import Part
from messenger.store.archive.session import Session


def listed(part: Part) -> Listed:
    return Listed(
        name=part.name,
        stream=part.stream_id,
        first_seq=part.first_seq,
        last_seq=part.last_seq,
        lines=part.lines,
        messages=part.messages,
        bytes=part.size,
        sha256=part.sha256.hex(),
        first_at=part.first_at,
        last_at=part.last_at,
    )


async def write(
    session: Session,
    vault: Vault,
    at: datetime,
    parts: Sequence[Part],
    gone: Sequence[tuple[Part, Gone]] = (),
    fresh: Sequence[Part] = (),
) -> str:
    """Put a manifest in its place and list it; returns its name. From here on its parts count."""
    chain = index.manifests(session)
    previous = Previous(chain[-1].name, bytes(chain[-1].sha256).hex()) if chain else None
    manifest = Manifest(
        made_at=at,
        previous=previous,
        parts=[listed(part) for part in (*parts, *fresh)],
        gone=[entry for _, entry in gone],
    )
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    names = {each.name for each in chain}
    name, number = f"{at:%Y-%m-%d}/manifest.json", 2
    while name in names:
        name, number = f"{at:%Y-%m-%d}/manifest-{number}.json", number + 1
    loose.note(session, name, vault.primary)
    with vault.beside(name) as path:
        write_synced(path, content)
        place = await vault.keep(name, path)
    index.add_manifest(
        session,
        place,
        name,
        hashlib.sha256(content).digest(),
        at,
        parts,
        [(part, entry.why) for part, entry in gone],
        fresh,
    )
    return name
