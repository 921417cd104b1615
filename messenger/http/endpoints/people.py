"""Accounts, for administrators: looked through, taken along, brought in, changed many at once."""

import asyncio
from typing import Annotated, Final, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from messenger.errors import DomainError, Forbidden, NotFound, ValidationFailed
from messenger.http.plumbing import table
from messenger.http.plumbing.keys import CLOCK, DATABASE, IDENTITY, SETTINGS
from messenger.http.plumbing.operation import Input, ask, operation
from messenger.http.plumbing.requests import Limit, Short, path_id, path_value
from messenger.http.plumbing.responses import Page
from messenger.mail import links
from messenger.model import Role, Session, timestamp
from messenger.protocol.accounts import RevokeSessions, UpdateUser
from messenger.protocol.command import Cursor, Id, Uuid
from messenger.rules import people_table
from messenger.rules.accounts import email_key, username_key
from messenger.rules.people_table import TablePerson
from messenger.store.db import Connection
from messenger.store.reads import accounts, mailing
from messenger.store.rows import audit, sessions, users
from messenger.store.rows.rights import check_administrator

COLUMNS: Final = (
    "id", "username", "display_name", "email", "role", "created_at", "last_seen_at", "sessions",
    "disabled_at",
)  # fmt: skip
DEVICES: Final = 1000


class AccountChoice(Input, frozen=True, kw_only=True):
    """Which accounts: all of what is given holds."""

    query: Annotated[Short, Meta(description="A part of a name or address.")] = ""
    role: Role | None = None
    state: Annotated[
        Literal["active", "new", "disabled"] | None,
        Meta(description="`new`: active, and never here."),
    ] = None

    def sought(self) -> accounts.Sought:
        return accounts.Sought(query=self.query, role=self.role, state=self.state)


class AccountPage(AccountChoice, frozen=True, kw_only=True):
    next: Cursor | None = None
    limit: Limit = 50


class ManyAccounts(Input, frozen=True, kw_only=True):
    """What to do with each of them: one of the three, or several."""

    ids: Annotated[list[Id], Meta(min_length=1, max_length=200, description="The accounts.")]
    disabled: Annotated[bool | UnsetType, Meta(description="Whether they may sign in no more.")] = (
        UNSET
    )
    role: Role | UnsetType = UNSET
    end_sessions: Annotated[bool, Meta(description="Sign all their devices out.")] = False


class RefusedAccount(msgspec.Struct, frozen=True):
    id: Annotated[int, Meta(description="The account.")]
    code: Annotated[str, Meta(description="Of the error that it would have had alone.")]
    message: Annotated[str, Meta(description="What was wrong, in English.")]


class ManyDone(msgspec.Struct, frozen=True):
    done: Annotated[list[int], Meta(description="The accounts that were changed.")]
    refused: Annotated[list[RefusedAccount], Meta(description="Those that were not, and why.")]


class PeopleTable(Input, frozen=True, kw_only=True):
    csv: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=500_000,
            description="A table whose first line names its columns: username, name, email, role.",
        ),
    ]


class MadeLink(msgspec.Struct, frozen=True):
    url: Annotated[str, Meta(description="The link to hand on.")]
    expires_at: Annotated[str, Meta(description="Until then it is good, once.")]


@operation(
    "All accounts, or those sought, by id", tag="admin", admin=True, query=AccountPage,
    ok=accounts.ListedAccount, page=True,
)  # fmt: skip
async def list_users(request: web.Request, query: AccountPage) -> Page:
    database, now = request.app[DATABASE], request.app[CLOCK]()
    found = await accounts.listed(database, query.sought(), now, query.next or 0, query.limit)
    return Page(found.items, found.items[-1].id if found.more else None)


@operation(
    "The same as a table (CSV, RFC 4180), whole", tag="admin", admin=True, query=AccountChoice,
    ok=bytes,
)  # fmt: skip
async def download_users(request: web.Request, query: AccountChoice) -> web.StreamResponse:
    database, now = request.app[DATABASE], request.app[CLOCK]()
    by = request[IDENTITY].user_id

    async def noted(connection: Connection) -> None:
        await audit.record(connection, now, by, "user.export")

    await database.transact(noted)
    answer = await table.begin(request, f"people-{now:%Y-%m-%d}.csv", COLUMNS)
    async for found in accounts.all_of(database, query.sought(), now):
        rows = [[getattr(each, column) for column in COLUMNS] for each in found]
        await answer.write(table.lines(rows))
    await answer.write_eof()
    return answer


@operation(
    "Read a table of people, and say what accounts could be made of it; makes none",
    tag="admin",
    admin=True,
    body=PeopleTable,
    ok=list[TablePerson],
    errors=(ValidationFailed,),
)
async def check_table(request: web.Request, body: PeopleTable) -> list[TablePerson]:
    people = await asyncio.to_thread(people_table.read_people, body.csv)
    names = [username_key(person.username) for person in people]
    addresses = [email_key(person.email) for person in people if person.email]
    return people_table.against(
        people, *await accounts.taken(request.app[DATABASE], names, addresses)
    )


@operation(
    "Change many accounts at once; each by itself, so that one refusal keeps no other back",
    tag="admin",
    admin=True,
    body=ManyAccounts,
    ok=ManyDone,
    errors=(ValidationFailed,),
)
async def change_many(request: web.Request, body: ManyAccounts) -> ManyDone:
    changed = body.disabled is not UNSET or body.role is not UNSET
    if not changed and not body.end_sessions:
        raise ValidationFailed("Say what to change.", field="ids")
    done: list[int] = []
    refused: list[RefusedAccount] = []
    for id in dict.fromkeys(body.ids):
        try:
            if changed:
                await ask(request, UpdateUser(user_id=id, disabled=body.disabled, role=body.role))
            if body.end_sessions:
                await _end(request, id, None)
            done.append(id)
        except DomainError as error:
            refused.append(RefusedAccount(id, error.code, str(error)))
    return ManyDone(done, refused)


async def _end(request: web.Request, user_id: int, only: str | None) -> None:
    """End a person's sessions, or one of them."""
    ids = await sessions.others(request.app[DATABASE], user_id, None)
    if only is not None:
        if only not in ids:
            raise NotFound
        ids = [only]
    for start in range(0, len(ids), DEVICES):
        part = ids[start : start + DEVICES]
        await ask(request, RevokeSessions(user_id=user_id, session_ids=part))


@operation(
    "A person's live sessions, the last used first",
    tag="admin",
    admin=True,
    ok=list[Session],
    errors=(NotFound,),
)
async def list_sessions(request: web.Request) -> list[Session]:
    id, database = path_id(request), request.app[DATABASE]
    await _check_there(request, id)
    return (await sessions.of(database, id, request.app[CLOCK](), None, 200)).items


@operation(
    "End all sessions of a person: every device has to sign in again",
    tag="admin",
    admin=True,
    errors=(NotFound, Forbidden),
)
async def end_sessions(request: web.Request) -> None:
    id = path_id(request)
    await _check_there(request, id)
    await _end(request, id, None)


@operation(
    "End one of a person's sessions",
    tag="admin",
    admin=True,
    path={"session_id": Uuid},
    errors=(NotFound, Forbidden),
)
async def end_session(request: web.Request) -> None:
    await _end(request, path_id(request), path_value(request, "session_id", Uuid))


async def _check_there(request: web.Request, user_id: int) -> None:
    if await users.me(request.app[DATABASE], user_id) is None:
        raise NotFound("There is no such person.")


@operation(
    "Make a link with which a person chooses a new password: good once, for an hour",
    note="It signs in as them: hand it to nobody else. 404 for who is disabled.",
    tag="admin",
    admin=True,
    ok=MadeLink,
    status=201,
    errors=(NotFound, Forbidden),
)
async def make_reset_link(request: web.Request) -> MadeLink:
    id, app, now = path_id(request), request.app, request.app[CLOCK]()
    person = await mailing.person(app[DATABASE], id)
    if person is None:
        raise NotFound("There is no such person, or their access is closed.")
    by = request[IDENTITY].user_id

    async def record(connection: Connection) -> None:
        await check_administrator(connection, by)
        await audit.record(connection, now, by, "user.reset_link", id)

    await app[DATABASE].transact(record)
    settings = app[SETTINGS]
    url = links.reset_of(settings.secret_key, settings.base_url, person, now)
    return MadeLink(url, timestamp(now + links.LIVES["reset"]))
