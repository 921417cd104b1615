"""The audit, for administrators: by person, by act, by time; a page, or all of it as CSV."""

from typing import Annotated, Final

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import ValidationFailed
from messenger.http.plumbing import table
from messenger.http.plumbing.keys import CLOCK, DATABASE, IDENTITY
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Limit, Short
from messenger.http.plumbing.responses import Page
from messenger.model import User
from messenger.protocol.command import Cursor, Id
from messenger.rules.moments import checked_moment
from messenger.store.db import Connection
from messenger.store.rows import audit, users

ACTION: Final = r"^[a-z]+(\.[a-z_]+)?$"
COLUMNS: Final = (
    "id", "at", "by", "by_id", "place", "agent", "action", "subject", "subject_id",
    "details", "hash",
)  # fmt: skip


class AuditChoice(Input, frozen=True, kw_only=True):
    """Which records: all of what is given holds."""

    by: Annotated[Id | None, Meta(description="Who did it.")] = None
    subject: Annotated[Id | None, Meta(description="The person or chat it was done to.")] = None
    action: (
        Annotated[
            str,
            Meta(
                max_length=audit.LONGEST_ACTION,
                pattern=ACTION,
                description="What was done, like `user.update`, or all of an area: `user`.",
            ),
        ]
        | None
    ) = None
    since: Annotated[Short | None, Meta(description="From this moment on.")] = None
    until: Annotated[Short | None, Meta(description="Before this moment.")] = None

    def sought(self) -> audit.Sought:
        """Raises ValidationFailed for what is no moment."""
        since = checked_moment(self.since, "since") if self.since else None
        until = checked_moment(self.until, "until") if self.until else None
        if since and until and until <= since:
            raise ValidationFailed("`until` comes after `since`.", field="until")
        return audit.Sought(
            by=self.by, subject=self.subject, action=self.action, since=since, until=until
        )


class AuditPage(AuditChoice, frozen=True, kw_only=True):
    next: Cursor | None = None
    limit: Limit = 50


@operation(
    "Who did what, when and from where, the newest first",
    tag="admin",
    admin=True,
    query=AuditPage,
    ok=audit.AuditEntry,
    errors=(ValidationFailed,),
    page=True,
)
async def show_audit(request: web.Request, query: AuditPage) -> Page:
    before = query.next or 2**53
    found = await audit.newest(request.app[DATABASE], query.sought(), before, query.limit)
    return Page(found.items, found.items[-1].id if found.more else None)


@operation(
    "The same as a table (CSV, RFC 4180), whole",
    tag="admin",
    admin=True,
    query=AuditChoice,
    ok=bytes,
    errors=(ValidationFailed,),
)
async def download_audit(request: web.Request, query: AuditChoice) -> web.StreamResponse:
    sought, database, now = query.sought(), request.app[DATABASE], request.app[CLOCK]()

    async def noted(connection: Connection) -> None:
        told = {name: value for name, value in msgspec.to_builtins(query).items() if value}
        by = request[IDENTITY].user_id
        await audit.record(connection, now, by, "audit.export", None, told)

    await database.transact(noted)
    answer = await table.begin(request, f"audit-{now:%Y-%m-%d}.csv", COLUMNS)
    async for entries in audit.all_of(database, sought):
        ids = {id for each in entries for id in (each.by, each.subject) if id is not None}
        people = {each.id: each for each in await users.by_ids(database, sorted(ids))}
        await answer.write(table.lines([_row(each, people) for each in entries]))
    await answer.write_eof()
    return answer


def _row(entry: audit.AuditEntry, people: dict[int, User]) -> tuple[object, ...]:
    def name(id: int | None) -> str:
        return people[id].username if id in people else ""

    details = "" if entry.details is None else msgspec.json.encode(entry.details).decode()
    return (
        entry.id, entry.at, name(entry.by), entry.by, entry.place, entry.agent, entry.action,
        name(entry.subject), entry.subject, details, entry.hash,
    )  # fmt: skip
