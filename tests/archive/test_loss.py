"""What could have lost a message, left a file behind, or made a page slow: it does not."""

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from messenger.archive import restoring
from messenger.archive.joining import of_months
from messenger.archive.running import Policy, Run
from messenger.archive.vault import ArchiveProblem, Vault
from messenger.archive.verifying import Verifier
from messenger.store.archive import index
from messenger.store.archive.index import Part
from messenger.store.archive.session import Session
from tests.archive.past import NOW, fill

POLICY = Policy(30, 2, False)


async def archived(session: Session, vault: Vault, now: datetime = NOW) -> None:
    await Run(session, vault, POLICY, now).run()


async def faults(session: Session, vault: Vault) -> list[str]:
    return (await Verifier(session, vault).verify()).faults


@contextmanager
def dying_at(session: Session, words: str, times: int = 1) -> Iterator[None]:
    """Ends the run, as by kill -9, when a statement with these words comes for the n-th time."""
    rows, left = session.rows, times

    def dying(statement: str, **values: object) -> object:
        nonlocal left
        left -= words in statement
        if left == 0:
            raise KeyboardInterrupt
        return rows(statement, **values)

    session.rows = dying  # type: ignore[assignment,method-assign]
    with pytest.raises(KeyboardInterrupt):
        yield
    session.rows = rows  # type: ignore[method-assign]
    session.rows("rollback")


async def test_what_comes_back_in_the_middle_of_a_removal_is_not_removed(
    session: Session, vault: Vault
) -> None:
    [chat] = fill(session, chats=1, messages=1400)
    everything = session.rows("select * from messages order by seq")
    with dying_at(session, "with gone as", 2):
        await archived(session, vault)
    assert session.value("select count(*) from messages") < 1400
    await restoring.restore(session, vault, chat, 1, 5000, 30, NOW)
    await archived(session, vault)
    assert session.rows("select * from messages order by seq") == everything
    assert await faults(session, vault) == []


@pytest.mark.parametrize("words", ["insert into archive_parts", "insert into archive_manifests"])
async def test_a_file_that_a_killed_run_left_goes_though_the_log_went_on(
    session: Session, vault: Vault, words: str
) -> None:
    [chat] = fill(session, chats=1, messages=300)
    with dying_at(session, words):
        await archived(session, vault)
    session.rows("update streams set seq = seq + 1, n = n + 1 where id = %(chat)s", chat=chat)
    session.rows(
        "insert into messages (chat_id, seq, n, sender_id, client_message_id, digest, text,"
        " created_at, rev) select id, seq, n, (select min(id) from users), gen_random_uuid(), '',"
        " 'more', %(now)s, seq from streams where id = %(chat)s", chat=chat, now=NOW,
    )  # fmt: skip
    await archived(session, vault, NOW + timedelta(days=1))
    assert await faults(session, vault) == []
    assert session.rows("select * from archive_loose") == []


async def test_files_of_a_part_stay_when_a_late_one_of_its_range_expires(
    session: Session, vault: Vault
) -> None:
    [chat] = fill(session, chats=1, messages=1200)
    pinned = session.value("select min(seq) from messages where pinned_at is not null")
    session.rows(
        "with kept as (insert into blobs (sha256, size, place, claimed_at)"
        " select sha256(n::text::bytea), 1, 'disk', %(now)s from generate_series(1, 2) n"
        " returning sha256) insert into files (id, chat_id, uploader_id, name, mime, size, sha256,"
        " created_at, loose) select gen_random_uuid(), %(chat)s, (select min(id) from users), 'a',"
        " 'text/plain', 1, sha256, %(now)s, false from kept", chat=chat, now=NOW,
    )  # fmt: skip
    session.rows(
        "insert into attachments (chat_id, seq, position, file_id) select %(chat)s,"
        " %(pinned)s + row_number() over (order by id) - 1, 0, id from files",
        chat=chat, pinned=pinned,
    )  # fmt: skip
    # The late part reaches from one pin to the other, and past the message between them.
    session.rows("update messages set pinned_at = %(now)s where seq = %(seq)s",
                 now=NOW, seq=pinned + 5)  # fmt: skip
    await archived(session, vault)
    session.rows("update messages set pinned_at = null where created_at < %(old)s",
                 old=NOW - timedelta(days=30))  # fmt: skip
    await archived(session, vault)
    late = next(part for part in index.parts(session, "done") if part.late)
    # Between the last line of the late one and that of the other, two years later.
    await archived(session, vault, late.last_at + timedelta(days=365.25 * 2, hours=1))
    assert [part.late for part in index.parts(session, "expired")] == [True]
    left = session.rows("select seq from attachments")
    assert [row.seq for row in left] == [pinned + 1]


async def test_small_parts_of_a_month_become_one_once_it_is_past(
    session: Session, vault: Vault
) -> None:
    fill(session, chats=1, messages=600)
    for day in range(25, 70):
        await archived(session, vault, NOW + timedelta(days=day - 60))
    parts = [part for part in index.parts(session, "done") if not part.late]
    ends = [(part.last_at.year, part.last_at.month) for part in parts]
    assert ends.count((2026, 10)) == 1
    assert ends.count((2026, 11)) == 8
    done = {part.name for part in index.parts(session, "done")}
    assert {str(path.relative_to(vault.folder)) for path in vault.folder.glob("*/*.gz")} == done
    assert await faults(session, vault) == []


def part(first: int, last: int, month: int, lines: int = 5, late: bool = False) -> Part:
    at = datetime(2026, month, 15, tzinfo=UTC)
    return Part(
        stream_id=1, first_seq=first, last_seq=last, lines=lines, messages=lines,
        first_message=first, first_at=at, last_at=at, place="disk", name=f"{first}", size=1,
        sha256=b"", blocks=[], as_of=last, kept=[], late=late,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        ([part(1, 5, 3), part(6, 9, 3), part(10, 11, 3)], [[1, 6, 10]]),
        ([part(1, 5, 3), part(6, 9, 4), part(10, 11, 4)], [[6, 10]]),
        ([part(1, 5, 3), part(7, 9, 3)], []),
        ([part(1, 5, 3), part(2, 4, 3, late=True), part(6, 9, 3)], [[1, 6]]),
        ([part(1, 5, 3, 6000), part(6, 9, 3, 6000), part(10, 11, 3)], [[6, 10]]),
        ([part(1, 5, 6), part(6, 9, 6)], []),
    ],
)
def test_parts_of_one_past_month_that_follow_one_another_are_joined(
    parts: list[Part], joined: list[list[int]]
) -> None:
    groups = of_months(parts, datetime(2026, 6, 20, tzinfo=UTC))
    assert [[each.first_seq for each in group] for group in groups] == joined


async def test_what_is_written_anew_is_read_back(
    session: Session, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    [chat] = fill(session, chats=1, messages=400)
    await archived(session, vault)
    await restoring.restore(session, vault, chat, 20, 25, 30, NOW)
    [before] = vault.folder.glob("*/*.gz")

    sync = os.fsync

    def wrong(descriptor: int) -> None:
        """A disk that keeps other bytes than it was given."""
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if "new-" in path.name:
            content = gzip.decompress(path.read_bytes())
            path.write_bytes(gzip.compress(content.replace(b"ships", b"shops", 1)))
        sync(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", wrong)
        with pytest.raises(ArchiveProblem, match="is not what was there"):
            await archived(session, vault)
    assert before.is_file()
    await archived(session, vault)
    assert await faults(session, vault) == []
