"""What a letter says, made when it is sent: with the rights, the texts and the words of then."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from messenger.mail import links
from messenger.mail.letter import Button, Group, Letter, one_line
from messenger.mail.missed import missed
from messenger.model import Task
from messenger.push.readers import zone_of
from messenger.rules import mailing as rules
from messenger.rules.accounts import email_key
from messenger.rules.tasks import day_of
from messenger.store.db import Database
from messenger.store.reads import mailing, task_lists
from messenger.store.reads.mailing import Person
from messenger.store.rows import invites, users
from messenger.store.rows.mails import Kind, Waiting
from messenger.store.rows.organisation import Organisations
from messenger.words import say

TASKS: Final = 50
"""Tasks of one mail; who has more opens the list."""
REST_AGAIN: Final = timedelta(minutes=15)
WEEK: Final = timedelta(days=7)


class Withheld(Exception):
    """Nothing is to be sent (any more): no rights, no address, nothing left to tell."""


class Resting(Exception):
    """Not at this moment: the reader's quiet hours have begun meanwhile."""


class Addressed(msgspec.Struct, frozen=True):
    """A letter and the address it goes to."""

    letter: Letter
    address: str


class Contents:
    """Writes letters; knows the server's key, its address and its name."""

    def __init__(
        self,
        database: Database,
        organisation: Organisations,
        secret: bytes,
        base_url: str,
        clock: Callable[[], datetime],
        default_locale: str,
    ) -> None:
        self.database = database
        self.organisation = organisation
        self.secret = secret
        self.base_url = base_url
        self.clock = clock
        self.default_locale = default_locale
        self._makers: Mapping[Kind, Callable[[Waiting], Awaitable[Addressed]]] = {
            "reset": self._reset,
            "verify": self._verify,
            "invite": self._invite,
            "digest": self._digest,
            "weekly": self._weekly,
        }

    def __repr__(self) -> str:
        return f"<Contents of {self.base_url}>"

    async def name(self) -> str:
        """Whom mail is from, in words."""
        return (await self.organisation.current()).name or "Messenger"

    async def of(self, waiting: Waiting) -> Addressed:
        """Raises Withheld or Resting."""
        return await self._makers[waiting.kind](waiting)

    async def _person(self, waiting: Waiting) -> Person:
        found = await mailing.person(self.database, waiting.user_id or 0)
        if found is None:
            raise Withheld
        return found

    async def _reachable(self, waiting: Waiting) -> tuple[Person, str]:
        person = await self._person(waiting)
        if person.email is None or not person.verified:
            raise Withheld
        return person, person.email

    # Accounts

    async def _reset(self, waiting: Waiting) -> Addressed:
        person, address = await self._reachable(waiting)
        return Addressed(reset_letter(person, self.reset_link(person)), address)

    def reset_link(self, person: Person) -> str:
        """A link to a new password, good from now."""
        return links.reset_of(self.secret, self.base_url, person, self.clock())

    async def _verify(self, waiting: Waiting) -> Addressed:
        person, locale = await self._person(waiting), ""
        if person.email is None or person.email != waiting.address or person.verified:
            raise Withheld
        locale = person.locale
        token = links.token(self.secret, "email", person.id, self.clock(), email_key(person.email))
        text = say(locale, "mail_verify_text", name=person.display_name, username=person.username)
        letter = Letter(
            locale=locale,
            subject=say(locale, "mail_verify"),
            heading=say(locale, "mail_verify"),
            paragraphs=[text],
            button=Button(say(locale, "mail_verify_do"), links.email(self.base_url, token)),
            notes=[say(locale, "mail_verify_note")],
        )
        return Addressed(letter, person.email)

    async def _invite(self, waiting: Waiting) -> Addressed:
        invite_id = str(waiting.data["invite"])
        invite = await invites.find(self.database, invite_id, self.clock())
        if invite is None or invite.email is None:
            raise Withheld
        organisation = await self.organisation.current()
        locale, name = organisation.locale or self.default_locale, await self.name()
        makers = [] if invite.created_by is None else [invite.created_by]
        by = [user.display_name for user in await users.by_ids(self.database, makers)]
        key = "mail_invite_text" if by else "mail_invite_server"
        url = invites.link(self.base_url, invites.code_of(self.secret, invite.id))
        day = shown_day(datetime.fromisoformat(invite.expires_at).date(), locale)
        letter = Letter(
            locale=locale,
            subject=say(locale, "mail_invite", name=name),
            heading=say(locale, "mail_invite_heading"),
            paragraphs=[say(locale, key, by="".join(by), name=name)],
            button=Button(say(locale, "mail_invite_do"), url),
            notes=[say(locale, "mail_invite_note", until=day)],
        )
        return Addressed(letter, invite.email)

    # By the clock

    async def _digest(self, waiting: Waiting) -> Addressed:
        person, address = await self._reachable(waiting)
        self._awake(person, person.notifications.mail_digest != "off")
        since, until = (datetime.fromisoformat(waiting.data[name]) for name in ("since", "until"))
        found = await missed(self.database, person, since, until, self.base_url)
        if not found:
            raise Withheld
        locale = person.locale
        heading = say(locale, "mail_missed", count=sum(each.count for each in found))
        letter = Letter(
            locale=locale,
            subject=f"{heading}: {', '.join(each.group.title for each in found[:3])}",
            heading=heading,
            groups=[each.group for each in found],
            button=Button(say(locale, "mail_missed_do"), self.base_url),
            notes=[say(locale, "mail_missed_note")],
            unsubscribe=self._unsubscribe(person, "digest"),
        )
        return Addressed(letter, address)

    async def _weekly(self, waiting: Waiting) -> Addressed:
        person, address = await self._reachable(waiting)
        self._awake(person, person.notifications.mail_weekly)
        found, more = await open_tasks(self.database, person.id)
        if not found:
            raise Withheld
        locale, today = person.locale, self.clock().astimezone(zone_of(person.time_zone)).date()
        count = len(found)
        hidden = person.notifications.hide_text
        letter = Letter(
            locale=locale,
            subject=say(locale, "mail_tasks", count=count),
            heading=say(locale, "mail_tasks_heading"),
            groups=[] if hidden else tasks_by_week(found, today, locale, self.base_url),
            paragraphs=[say(locale, "mail_tasks", count=count)] if hidden or more else [],
            button=Button(say(locale, "mail_tasks_do"), f"{self.base_url}/tasks"),
            unsubscribe=self._unsubscribe(person, "weekly"),
        )
        return Addressed(letter, address)

    def _awake(self, person: Person, wanted: bool) -> None:
        if not wanted:
            raise Withheld
        if rules.rests(person.notifications, zone_of(person.time_zone), self.clock()):
            raise Resting

    def _unsubscribe(self, person: Person, kind: Kind) -> Button:
        token = links.token(self.secret, "unsubscribe", person.id, links.FOR_EVER, kind)
        url = links.unsubscribe(self.base_url, kind, token)
        return Button(say(person.locale, f"mail_stop_{kind}"), url)


def reset_letter(person: Person, link: str) -> Letter:
    locale = person.locale
    text = say(locale, "mail_reset_text", name=person.display_name, username=person.username)
    return Letter(
        locale=locale,
        subject=say(locale, "mail_reset"),
        heading=say(locale, "mail_reset"),
        paragraphs=[text],
        button=Button(say(locale, "mail_reset_do"), link),
        notes=[say(locale, "mail_reset_note"), say(locale, "mail_not_you")],
    )


def test_letter(locale: str, base_url: str) -> Letter:
    """What an operator sends to see that it arrives."""
    subject = say(locale, "mail_test")
    text = say(locale, "mail_test_text")
    return Letter(locale=locale, subject=subject, heading=subject, paragraphs=[text, base_url])


async def open_tasks(database: Database, user_id: int) -> tuple[list[Task], bool]:
    """A person's open tasks of chats they are in, by due date; and whether there are more."""
    wanted = task_lists.Wanted(assigned_to=user_id, status="open", limit=TASKS)
    page = await task_lists.page(database, user_id, wanted)
    return page.items, page.more


def tasks_by_week(tasks: list[Task], today: date, locale: str, base_url: str) -> list[Group]:
    """What is late, what falls due within the week, what later, what at no time."""
    by_key: dict[str, list[Task]] = {}
    for task in tasks:
        by_key.setdefault(_when(day_of(task.due), today), []).append(task)
    return [
        Group(
            title=say(locale, key),
            url=f"{base_url}/tasks",
            lines=[_line(task, locale) for task in by_key[key]],
        )
        for key in ("mail_overdue", "mail_this_week", "mail_later", "mail_no_date")
        if key in by_key
    ]


def _when(day: date | None, today: date) -> str:
    if day is None:
        return "mail_no_date"
    if day < today:
        return "mail_overdue"
    return "mail_this_week" if day < today + WEEK else "mail_later"


def _line(task: Task, locale: str) -> str:
    day = day_of(task.due)
    title = one_line(task.title, 150)
    return title if day is None else f"{shown_day(day, locale)} · {title}"


def shown_day(day: date, locale: str) -> str:
    """A date as it is written: 30.11.2026, or 30 Nov 2026."""
    return f"{day:%d.%m.%Y}" if locale == "ru" else f"{day.day} {day:%b} {day.year}"
