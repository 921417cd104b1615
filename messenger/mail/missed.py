"""What a person missed: of each chat what would have been an alert, and no device showed."""

from datetime import datetime
from typing import Final

import msgspec

from messenger.mail.letter import Group, one_line
from messenger.model import Cause, Event, TaskReminder
from messenger.push.happenings import chat_of, concerned, happening
from messenger.push.jobs import Job, telling
from messenger.push.readers import reader_of
from messenger.push.wording import Known, address, called, words
from messenger.rules.mailing import as_if_awake
from messenger.rules.notify import Happening, Posted, Reacted
from messenger.store import events as log_of
from messenger.store.db import Database
from messenger.store.reads import mailing, pushing
from messenger.store.reads.mailing import Person
from messenger.store.rows import pushed, tasks, users
from messenger.words import say

EVENTS: Final = 200
"""Events of a chat that are looked at: the newest."""
LINES: Final = 5
"""Lines of a chat that are shown: the newest."""
LINE_LONGEST: Final = 200
TITLE_LONGEST: Final = 100


class Alert(msgspec.Struct, frozen=True):
    """An event that they would have been told of aloud, and why."""

    event: Event
    happened: Happening
    cause: Cause | None


class Missed(msgspec.Struct, frozen=True):
    """A chat's, as it stands in a letter, and how many there are."""

    group: Group
    count: int


async def missed(
    database: Database, person: Person, since: datetime, until: datetime, base_url: str
) -> list[Missed]:
    """All of it between two moments, as far as they may still read it and have not."""
    found: list[Missed] = []
    for news in await mailing.missed(database, person.id, since):
        after = max(news.after, news.head - EVENTS)
        events = await between(database, news.chat_id, after, news.head, since, until)
        found += await of_chat(database, person, news.chat_id, events, base_url)
    return [*found, *await reminders(database, person, since, until, base_url)]


async def between(
    database: Database, stream: int, after: int, head: int, since: datetime, until: datetime
) -> list[Event]:
    found: list[Event] = []
    while after < head:
        page = await log_of.read(database, stream, after, head)
        if not page:
            break
        after = page[-1].seq
        found += [
            event
            for event in page
            if event.data is not None and since < datetime.fromisoformat(event.at) <= until
        ]
    return found


async def alerts(
    database: Database, person: Person, chat_id: int, events: list[Event]
) -> list[Alert]:
    """Those of a chat's events that they would have been told of aloud."""
    kind = await pushing.kind(database, chat_id)
    facts = await pushing.facts(database, chat_id, [person.id])
    if kind is None or not facts:
        return []
    reader = reader_of(facts[0], at_desk=False)
    found = []
    told = await shown(database, person.id, events)
    for event in events:
        wanted = concerned(event)
        if (
            event.by == person.id
            or event.seq in told
            or (wanted is not None and person.id not in wanted)
        ):
            continue
        happened = await happening(database, event, kind)
        if happened is None:
            continue
        verdict = as_if_awake(happened, reader)
        if verdict.telling == "alert":
            found.append(Alert(event, happened, verdict.cause))
    return found


async def shown(database: Database, user_id: int, events: list[Event]) -> set[int]:
    """Those of a stream's events that a push has told them of."""
    if not events:
        return set()
    seqs = [event.seq for event in events]
    return await pushed.delivered(database, user_id, events[0].stream, seqs)


async def reminders(
    database: Database, person: Person, since: datetime, until: datetime, base_url: str
) -> list[Missed]:
    """The same of tasks that fell due, which stand in the person's own stream."""
    head = (await log_of.heads(database, [person.id])).get(person.id, 0)
    events = await between(database, person.id, max(head - EVENTS, 0), head, since, until)
    by_chat: dict[int, list[Event]] = {}
    for event in events:
        if isinstance(event.data, TaskReminder):
            by_chat.setdefault(chat_of(event), []).append(event)
    found: list[Missed] = []
    for chat_id, due in by_chat.items():
        found += await of_chat(database, person, chat_id, due, base_url)
    return found


async def of_chat(
    database: Database, person: Person, chat_id: int, events: list[Event], base_url: str
) -> list[Missed]:
    found = await alerts(database, person, chat_id, events)
    return [await told(database, person, chat_id, found, base_url)] if found else []


async def told(
    database: Database, person: Person, chat_id: int, alerts: list[Alert], base_url: str
) -> Missed:
    """A chat's part of a letter, in the reader's words; without texts where they hide them."""
    view = (await pushing.views(database, [(person.id, chat_id)]))[person.id, chat_id]
    newest, count = alerts[-LINES:], len(alerts)
    makers = {each.event.by for each in newest if each.event.by is not None}
    names = {user.id: user for user in await users.by_ids(database, sorted(makers))}
    subjects = [each.happened.subject for each in newest]
    due = [each.task_id for each in subjects if isinstance(each, TaskReminder)]
    reminded = await tasks.by_ids(database, due) if due else {}
    other = names.get(newest[-1].event.by or 0)
    title = view.title or called(other, person.locale)
    lines = []
    for each in newest:
        subject, job = each.happened.subject, as_pushed(person.id, chat_id, each)
        if view.hide_text and isinstance(subject, Posted | Reacted):
            continue
        task = reminded.get(subject.task_id) if isinstance(subject, TaskReminder) else None
        by = names.get(each.event.by or 0)
        known = Known(view=view, by=by, task=task, badge=0, base_url=base_url)
        _, said, body = words(job, known, person.locale)
        lines.append(one_line(body if said == title else f"{said}: {body}", LINE_LONGEST))
    if len(lines) < len(newest):
        hidden = sum(isinstance(each.happened.subject, Posted | Reacted) for each in alerts)
        lines.append(say(person.locale, "mail_messages", count=hidden))
    more = count - len(newest)
    place = address(as_pushed(person.id, chat_id, newest[0])) if count == 1 else f"/chat/{chat_id}"
    group = Group(
        title=one_line(title, TITLE_LONGEST),
        url=base_url + place,
        lines=lines,
        more=say(person.locale, "mail_more", count=more) if more and not view.hide_text else None,
    )
    return Missed(group, count)


def as_pushed(user_id: int, chat_id: int, alert: Alert) -> Job:
    """The words are the same."""
    return telling(user_id, chat_id, alert.event, alert.happened, alert.cause)
