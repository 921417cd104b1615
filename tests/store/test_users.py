import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from messenger.decision import PasswordSet, PrivateSaved
from messenger.errors import Forbidden, InvalidCredentials
from messenger.model import Identity, Invite, Role, User, timestamp
from messenger.protocol.accounts import AddUser
from messenger.storage import Duplicate, FirstInvite
from messenger.store.db import Connection, Database
from messenger.store.rows import audit, chats, instance_figures, invites, users
from messenger.store.schema.tables import chats as chat_table
from messenger.store.schema.tables import members
from messenger.store.statements import Prepared

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SECRET = b"s" * 32


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, size=3)
    await database.open()
    yield database
    await database.close()


async def add(database: Database, username: str, role: Role = "user", **more: Any) -> User:
    name = more.pop("display_name", username.title())
    command = AddUser(
        username=username, display_name=name, role=role, locale="ru", time_zone="UTC", **more
    )
    user = User(
        id=await chats.new_stream(database, "user"),
        username=username,
        display_name=name,
        role=role,
        created_at=timestamp(NOW),
        rev=1,
    )

    async def work(connection: Connection) -> None:
        await users.add(connection, user, command)

    await database.transact(work)
    return user


async def seat(database: Database, chat_id: int, *people: User) -> None:
    """Make a chat of these people."""
    await database.fetch(
        Prepared(chat_table.insert()),
        id=chat_id, kind="group", title="lobby", board=False, user_ids=None, created_by=None,
        created_at=NOW, updated_at=NOW, deleted_at=None, rev=1,
    )  # fmt: skip
    for user in people:
        await database.fetch(
            Prepared(members.insert()),
            chat_id=chat_id, user_id=user.id, role="member", joined_at=NOW, left_at=None,
            read_seq=0, received_seq=0, read_n=0, rev=1,
        )  # fmt: skip


def viewer(user: User) -> Identity:
    return Identity(user_id=user.id, session_id="", username=user.username, role=user.role)


def names(found: list[User]) -> list[str]:
    return [user.username for user in found]


async def test_a_user_is_read_back_as_added(database: Database) -> None:
    alice = await add(database, "alice", email="Alice@Example.org")
    assert await users.by_ids(database, [alice.id]) == [alice]
    me = await users.me(database, alice.id)
    assert me is not None
    assert (me.email, me.locale, me.time_zone) == ("Alice@Example.org", "ru", "UTC")


async def test_a_look_alike_name_is_a_duplicate(database: Database) -> None:
    await add(database, "Ivan")
    with pytest.raises(Duplicate) as refused:
        await add(database, "lvan")
    assert refused.value.constraint == "users_username_key_key"


async def test_an_address_is_taken_in_any_case(database: Database) -> None:
    await add(database, "alice", email="a@x.org")
    with pytest.raises(Duplicate) as refused:
        await add(database, "bob", email="A@X.ORG")
    assert refused.value.constraint == "users_email_key_key"


@pytest.mark.parametrize("login", ["anna", "ANNA", "Anna", "A@x.ORG", "a@x.org"])
async def test_an_account_is_found_by_name_or_address_in_any_case(
    database: Database, login: str
) -> None:
    anna = await add(database, "Anna", email="a@X.org", password_hash="h")
    found = await users.by_login(database, login)
    assert found == users.Credentials(anna.id, "h", False)


async def test_nobody_is_found_by_an_address_that_is_missing(database: Database) -> None:
    await add(database, "anna")
    assert await users.by_login(database, "nobody@x.org") is None
    assert await users.by_login(database, "") is None


async def test_several_users_are_saved_by_one_statement(database: Database) -> None:
    alice, bob = await add(database, "alice"), await add(database, "bob")
    new = [
        User(**{**_fields(alice), "display_name": "A", "avatar_url": "/a", "rev": 7}),
        User(**{**_fields(bob), "role": "guest", "disabled_at": timestamp(NOW), "rev": 8}),
    ]
    await database.transact(lambda connection: users.save(connection, new))
    assert await users.by_ids(database, [alice.id, bob.id]) == new


def _fields(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in User.__struct_fields__}


async def test_private_settings_are_saved_and_an_address_can_be_dropped(
    database: Database,
) -> None:
    alice = await add(database, "alice", email="a@x.org")
    saved = PrivateSaved(
        user_id=alice.id, email=None, email_verified_at=None, locale="en", time_zone="Europe/Moscow"
    )
    await database.transact(lambda connection: users.save_private(connection, saved))
    me = await users.me(database, alice.id)
    assert me is not None
    assert (me.email, me.locale, me.time_zone) == (None, "en", "Europe/Moscow")
    assert await users.by_login(database, "a@x.org") is None


async def test_a_new_password_hash_replaces_the_old(database: Database) -> None:
    alice = await add(database, "alice", password_hash="old")
    change = PasswordSet(user_id=alice.id, password_hash="new", instead_of="old")
    await database.transact(lambda connection: users.set_password(connection, change))
    assert await users.password_hash(database, alice.id) == "new"
    with pytest.raises(InvalidCredentials):
        await database.transact(lambda connection: users.set_password(connection, change))


async def test_search_finds_parts_of_either_name_and_beginnings_first(database: Database) -> None:
    alice = await add(database, "alice", display_name="Алиса Петрова")
    await add(database, "malice", display_name="Борис")
    await add(database, "carol")
    who = viewer(alice)
    assert names(await users.search(database, who, "ali", 10)) == ["alice", "malice"]
    assert names(await users.search(database, who, "ПЕТР", 10)) == ["alice"]
    assert names(await users.search(database, who, "", 2)) == ["carol", "alice"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "(", "'", "a%e"])
async def test_search_takes_wildcards_literally(database: Database, query: str) -> None:
    alice = await add(database, "alice")
    strange = await add(database, "strange", display_name=f"x{query}y")
    assert names(await users.search(database, viewer(alice), query, 10)) == [strange.username]


async def test_search_leaves_disabled_people_out(database: Database) -> None:
    alice, bob = await add(database, "alice"), await add(database, "bob")
    gone = User(**{**_fields(bob), "disabled_at": timestamp(NOW)})
    await database.transact(lambda connection: users.save(connection, [gone]))
    assert await users.search(database, viewer(alice), "bob", 10) == []


async def test_a_guest_sees_themselves_and_those_they_share_a_chat_with(
    database: Database,
) -> None:
    guest = await add(database, "guest", role="guest")
    bob, carol = await add(database, "bob"), await add(database, "carol")
    everybody = [guest.id, bob.id, carol.id]
    await seat(database, await chats.new_stream(database, "chat"), guest, bob)
    await seat(database, await chats.new_stream(database, "chat"), bob, carol)
    assert await users.visible(database, viewer(guest), everybody) == [guest.id, bob.id]
    assert names(await users.seen(database, viewer(guest), everybody)) == ["guest", "bob"]
    assert names(await users.search(database, viewer(guest), "", 10)) == ["bob", "guest"]
    assert await users.visible(database, viewer(bob), everybody) == everybody


@pytest.mark.parametrize("left", ["guest", "bob"])
async def test_a_guest_sees_nobody_of_a_chat_that_one_of_them_left(
    database: Database, left: str
) -> None:
    people = {name: await add(database, name, role="guest") for name in ("guest", "bob")}
    await seat(database, await chats.new_stream(database, "chat"), *people.values())
    gone = members.update().where(members.c.user_id == people[left].id).values(left_at=NOW)
    await database.fetch(Prepared(gone))
    bob = people["bob"].id
    assert await users.visible(database, viewer(people["guest"]), [bob]) == []


async def test_all_accounts_come_in_pages_by_id(database: Database) -> None:
    people = [await add(database, name) for name in ("carol", "alice", "bob")]
    first = await users.everyone(database, after=0, limit=2)
    rest = await users.everyone(database, after=first.items[-1].id, limit=2)
    assert [me.id for me in first.items + rest.items] == [user.id for user in people]


# Invitations


async def invite(database: Database, uses: int = 1, role: Role = "user") -> Invite:
    """A new invitation of the server, good for a day."""
    made = Invite(
        id=str(uuid.uuid4()), role=role, created_at=timestamp(NOW),
        expires_at=timestamp(NOW + timedelta(days=1)), uses=uses, uses_left=uses,
    )  # fmt: skip
    await database.transact(lambda connection: invites.save(connection, made))
    return made


async def test_an_invitation_is_good_for_as_many_uses_as_it_has(database: Database) -> None:
    made = await invite(database, uses=2)
    uses = [
        await database.transact(lambda connection: invites.use(connection, made.id, NOW))
        for _ in range(3)
    ]
    assert uses == [True, True, False]
    assert await invites.find(database, made.id, NOW) is None


async def test_an_invitation_runs_out(database: Database) -> None:
    made = await invite(database)
    later = NOW + timedelta(days=1)
    assert await invites.find(database, made.id, NOW) == made
    assert await invites.find(database, made.id, later) is None
    used = await database.transact(lambda connection: invites.use(connection, made.id, later))
    assert used is False


async def test_only_who_is_an_administrator_as_it_is_stored_invites(database: Database) -> None:
    alice = await add(database, "alice")
    made = msgspec.structs.replace(await invite(database), id=str(uuid.uuid4()))
    theirs = msgspec.structs.replace(made, created_by=alice.id)
    with pytest.raises(Forbidden):
        await database.transact(lambda connection: invites.save(connection, theirs))
    with pytest.raises(Forbidden):
        await database.transact(
            lambda connection: invites.revoke(connection, made.id, alice.id, NOW)
        )
    assert await invites.by_id(database, theirs.id) is None


async def test_a_code_names_its_invitation_and_cannot_be_changed(database: Database) -> None:
    made = await invite(database)
    code = invites.code_of(SECRET, made.id)
    assert invites.id_of(SECRET, code) == made.id
    assert invites.id_of(b"x" * 32, code) is None
    for position in range(len(code)):
        changed = code[:position] + ("A" if code[position] != "A" else "B") + code[position + 1 :]
        assert invites.id_of(SECRET, changed) is None


@pytest.mark.parametrize("code", ["", "x", "=" * 32, "é" * 32, "A" * 31, "A" * 32, "A" * 10_000])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert invites.id_of(SECRET, code) is None


async def test_the_first_administrator_is_invited_while_nobody_is_here(
    database: Database,
) -> None:
    assert await invites.first(database, NOW) == FirstInvite(administered=False, invite_id=None)
    made = await invite(database, role="admin")
    assert await invites.first(database, NOW) == FirstInvite(False, made.id)
    assert await invites.first(database, NOW + timedelta(days=8)) == FirstInvite(False, None)
    await add(database, "alice", role="admin")
    assert await invites.first(database, NOW) == FirstInvite(administered=True, invite_id=None)


# What administrators look at


async def test_records_come_newest_first_and_in_pages(database: Database) -> None:
    async def work(connection: Connection) -> None:
        for number in range(3):
            await audit.record(connection, NOW, 5, "user.add", number, {"n": number})

    await database.transact(work)
    first = (await audit.newest(database, audit.Sought(), 2**53, 2)).items
    rest = (await audit.newest(database, audit.Sought(), first[-1].id, 2)).items
    assert [entry.subject for entry in first + rest] == [2, 1, 0]
    assert first[0].details == {"n": 2}
    assert (first[0].by, first[0].at) == (5, timestamp(NOW))


async def test_figures_count_people_by_role(database: Database) -> None:
    await add(database, "alice", role="admin")
    bob = await add(database, "bob")
    gone = User(**{**_fields(bob), "disabled_at": timestamp(NOW)})
    await database.transact(lambda connection: users.save(connection, [gone]))
    figures = await instance_figures.figures(database, NOW)
    assert [(count.role, count.active, count.disabled) for count in figures.people] == [
        ("admin", 1, 0),
        ("user", 0, 1),
    ]
    assert (figures.sessions, figures.chats, figures.messages) == (0, 0, 0)
    assert figures.database_bytes > 1_000_000
