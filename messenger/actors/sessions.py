"""A person's password and sessions: what ends with a new one, and what is ended."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from messenger.actors.chat.entries import session_entries
from messenger.actors.commands import EndSessions
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import Audited, Decision, PasswordSet, SessionsRevoked, Write
from messenger.model import Identity
from messenger.protocol import accounts
from messenger.rules import permissions as rules


class SessionFacts(Facts, frozen=True):
    """Ids of the person's sessions, but the one that is kept; whether they were erased."""

    sessions: Sequence[str]
    erased: bool = False


async def load(
    context: ActorContext,
    user_id: int,
    who: Identity,
    command: accounts.SetPassword | accounts.RevokeSessions | EndSessions,
) -> SessionFacts:
    keep = None if isinstance(command, accounts.RevokeSessions) else command.keep_session
    erased = isinstance(command, accounts.SetPassword) and await context.store.erased(user_id)
    return SessionFacts(who, context.settings, await context.store.sessions(user_id, keep), erased)


def end(user_id: int, session_ids: Sequence[str]) -> Decision:
    """The decision that these sessions are over; there is at least one."""
    ids = list(session_ids)
    return Decision(
        entries=session_entries(user_id, ids), writes=[SessionsRevoked(session_ids=ids)]
    )


def set_password(
    user_id: int, facts: SessionFacts, command: accounts.SetPassword, at: datetime
) -> Decision:
    rules.check_set_password(facts.who, user_id)
    rules.check_not_erased(facts.erased)
    writes: list[Write] = [
        PasswordSet(
            user_id=user_id,
            password_hash=command.password_hash,
            one_time=command.one_time,
            instead_of=command.instead_of,
        ),
        Audited(action="user.password", subject=user_id),
    ]
    ended = end(user_id, facts.sessions) if facts.sessions else Decision()
    return Decision(by=facts.maker, entries=ended.entries, writes=[*writes, *ended.writes])


def revoke_sessions(
    user_id: int, facts: SessionFacts, command: accounts.RevokeSessions, at: datetime
) -> Decision:
    rules.check_end_sessions(facts.who, user_id)
    alive = set(facts.sessions)
    return end_audited(user_id, facts, [id for id in command.session_ids if id in alive])


def end_sessions(user_id: int, facts: SessionFacts, command: EndSessions, at: datetime) -> Decision:
    rules.check_end_sessions(facts.who, user_id)
    return end_audited(user_id, facts, facts.sessions)


def end_audited(user_id: int, facts: Facts, session_ids: Sequence[str]) -> Decision:
    """End sessions; where others than the person do it, that is on record."""
    if not session_ids:
        return Decision()
    decision = msgspec.structs.replace(end(user_id, session_ids), by=facts.maker)
    if facts.maker == user_id:
        return decision
    details = {"sessions": len(session_ids)}
    audited = Audited(action="session.revoke", subject=user_id, details=details)
    return msgspec.structs.replace(decision, writes=[*decision.writes, audited])


DECIDERS: Deciders = {
    accounts.SetPassword: Decider(load, set_password),
    accounts.RevokeSessions: Decider(load, revoke_sessions),
    EndSessions: Decider(load, end_sessions),
}
