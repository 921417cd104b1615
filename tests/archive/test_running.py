"""What is old moves, what is wanted stays, and `verify` finds whatever is wrong afterwards."""

from datetime import datetime, timedelta

import pytest

from messenger.archive.running import Policy, Report, Run
from messenger.archive.vault import ArchiveProblem, Vault
from messenger.archive.verifying import Verdict, Verifier
from messenger.store.archive.session import Session
from tests.archive.past import NOW, fill

POLICY = Policy(30, 2, False)


async def archived(
    session: Session, vault: Vault, now: datetime = NOW, policy: Policy = POLICY
) -> Report:
    return await Run(session, vault, policy, now).run()


async def verified(session: Session, vault: Vault) -> Verdict:
    return await Verifier(session, vault).verify()


async def test_what_is_old_moves_and_every_number_is_in_one_place(
    session: Session, vault: Vault
) -> None:
    chats = fill(session, chats=3, messages=1000)
    report = await archived(session, vault)
    assert report.parts == 3
    young = session.value("select count(*) from messages where created_at >= %(at)s",
                          at=NOW - timedelta(days=30))  # fmt: skip
    pinned = session.value("select count(*) from messages where pinned_at is not null")
    left = session.value("select count(*) from messages")
    assert (left, report.messages + left) == (young + pinned, 3000)
    verdict = await verified(session, vault)
    assert verdict.faults == []
    assert verdict.lines == report.lines
    again = await archived(session, vault)
    assert (again.parts, again.messages, chats) == (0, 0, chats)


async def test_fault(session: Session, vault: Vault) -> None:
    with pytest.raises(ArchiveProblem):
        raise ArchiveProblem("x")
