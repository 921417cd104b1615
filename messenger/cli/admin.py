"""`admin`: accounts and invitations, for people with a shell on the server.

Works on the database with the server's own actors (`local_server`), beside a running server
or without one. Passwords come by standard input or are made here; never as an argument, which other
accounts of the machine can read.
"""

import sys
from typing import Any, get_args

import click
import msgspec
from msgspec.structs import replace

from messenger.auth import Passwords, one_time_password
from messenger.cli import Failure, Misuse, Verbs
from messenger.cli.audit import audit
from messenger.cli.erasing import erase
from messenger.cli.holds import hold
from messenger.cli.invitations import invite
from messenger.cli.local_server import LocalServer, act, read_all
from messenger.cli.mail import reset_link
from messenger.cli.people import import_people
from messenger.cli.printing import as_json, show, table
from messenger.cli.push import push
from messenger.cli.settings import settings
from messenger.model import Me, Role, Session
from messenger.protocol.accounts import AddUser, RevokeSessions, SetPassword, UpdateUser
from messenger.rules import accounts as rules
from messenger.store.paging import Part
from messenger.store.rows import sessions as devices
from messenger.store.rows import users

of_somebody = click.argument("username")
password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)
_PAGE = 500


class Account(msgspec.Struct, frozen=True):
    """What is printed of an account that was changed; a password made here is shown this once."""

    user: Me
    password: str | None = None


@click.group(cls=Verbs)
def admin() -> None:
    """Accounts, invitations, settings, legal holds, the audit."""


admin.add_command(audit)
admin.add_command(hold)
admin.add_command(invite)
admin.add_command(push)
admin.add_command(settings)


@admin.group(cls=Verbs)
def user() -> None:
    """Accounts: USERNAME may also be an e-mail address."""


user.add_command(erase)
user.add_command(import_people)
user.add_command(reset_link)


# Accounts


@user.command()
@of_somebody
@click.option("--admin", "role", flag_value="admin", help="Make an administrator.")
@click.option("--guest", "role", flag_value="guest", help="Make a guest.")
@click.option("--display-name", metavar="NAME", help="The name others see (the user name).")
@click.option("--email", help="An address that signs in as well as the user name.")
@click.option("--locale", type=click.Choice(rules.LOCALES), help="The language (DEFAULT_LOCALE).")
@click.option("--time-zone", default="UTC", help="Like Europe/Moscow (UTC).")
@password_stdin
@as_json
def add(
    username: str,
    role: Role | None,
    display_name: str | None,
    email: str | None,
    locale: str | None,
    time_zone: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Make an account: an administrator's, while there is none.

    Without --password-stdin a password is printed that must be changed at the first sign-in.
    """
    given = read_password() if password_stdin else None
    made = None if password_stdin else one_time_password()
    kept = rules.kept_account(
        AddUser(
            username=username,
            display_name=display_name or "",
            email=email,
            locale=locale or rules.LOCALES[0],
            time_zone=time_zone,
            one_time=made is not None,
        ),
        given,
    )

    async def work(server: LocalServer) -> Account:
        is_first = not await users.administered(server.database)
        if is_first and role == "guest":
            raise Misuse("There is no administrator yet: leave --guest out.")
        command = replace(
            kept,
            role="admin" if is_first else role or "user",
            locale=locale or server.settings.default_locale,
            password_hash=await hashed(server, given or made or ""),
        )
        return Account(await me_of(server, (await server.do(command)).id), made)

    show_account(act(work), as_json)


@user.command(name="list")
@as_json
def list_users(as_json: bool) -> None:
    """List all accounts."""

    async def work(server: LocalServer) -> list[Me]:
        return await read_all(
            lambda last: users.everyone(server.database, last.id if last else 0, _PAGE)
        )

    people = act(work)
    rows = [
        (f"{me.id}", me.username, standing(me), me.email or "-", me.display_name) for me in people
    ]
    show(people, table(("ID", "USER NAME", "ROLE", "E-MAIL", "NAME"), rows), as_json)


@user.command()
@of_somebody
@as_json
def disable(username: str, as_json: bool) -> None:
    """Disable an account: its sessions and open connections end, what it wrote stays."""
    show_account(change(username, disabled=True), as_json)


@user.command()
@of_somebody
@as_json
def enable(username: str, as_json: bool) -> None:
    """Enable an account again. Its user signs in anew."""
    show_account(change(username, disabled=False), as_json)


@user.command()
@of_somebody
@click.argument("role", type=click.Choice(get_args(Role)))
@as_json
def role(username: str, role: Role, as_json: bool) -> None:
    """Change a user's role."""
    show_account(change(username, role=role), as_json)


@user.command()
@of_somebody
@password_stdin
@as_json
def password(username: str, password_stdin: bool, as_json: bool) -> None:
    """Set a new password for a user. All their sessions end.

    Without --password-stdin one is printed that must be changed at the next sign-in.
    """
    given = read_password() if password_stdin else None
    made = None if password_stdin else one_time_password()

    async def work(server: LocalServer) -> Account:
        me = await find(server, username)
        if given is not None:
            rules.check_password(given, me.username, me.email)
        password_hash = await hashed(server, given or made or "")
        await server.do(
            SetPassword(user_id=me.id, password_hash=password_hash, one_time=made is not None)
        )
        return Account(me, made)

    show_account(act(work), as_json)


@user.command()
@of_somebody
@click.option("--revoke", metavar="ID", help="End this session.")
@click.option("--revoke-all", is_flag=True, help="End all of them.")
@as_json
def sessions(username: str, revoke: str | None, revoke_all: bool, as_json: bool) -> None:
    """List a user's signed-in devices, or end their sessions."""
    if revoke is not None and revoke_all:
        raise Misuse("--revoke and --revoke-all do not go together.")

    async def work(server: LocalServer) -> tuple[list[str], list[Session]]:
        me = await find(server, username)
        ended = await end_sessions(server, me, revoke) if revoke or revoke_all else []
        return ended, await live_sessions(server, me)

    ended, live = act(work)
    if revoke or revoke_all:
        show(
            {"revoked": ended}, [f"ended {id}" for id in ended] or ["nobody is signed in"], as_json
        )
        return
    rows = [(each.id, each.last_used_at, each.expires_at, each.device) for each in live]
    show(live, table(("ID", "LAST USED", "EXPIRES", "DEVICE"), rows), as_json)


# What they share


async def me_of(server: LocalServer, user_id: int) -> Me:
    me = await users.me(server.database, user_id)
    assert me is not None
    return me


async def find(server: LocalServer, username: str) -> Me:
    found = await users.by_login(server.database, username)
    if found is None:
        raise Failure(f"There is no account {username!r}; `admin user list` shows all.")
    return await me_of(server, found.user_id)


def change(username: str, **fields: Any) -> Account:
    async def work(server: LocalServer) -> Account:
        me = await find(server, username)
        return Account(await server.do(UpdateUser(user_id=me.id, **fields)))

    return act(work)


async def live_sessions(server: LocalServer, me: Me) -> list[Session]:
    async def read(last: Session | None) -> Part[Session]:
        after = devices.cursor_after(last)
        return await devices.of(server.database, me.id, server.clock(), None, _PAGE, after)

    return await read_all(read)


async def end_sessions(server: LocalServer, me: Me, one: str | None) -> list[str]:
    ids = await devices.others(server.database, me.id, None)
    if one is not None:
        if one not in ids:
            raise Failure(f"{me.username} has no session {one}; without --revoke all are listed.")
        ids = [one]
    if ids:
        await server.do(RevokeSessions(user_id=me.id, session_ids=ids))
    return ids


async def hashed(server: LocalServer, password: str) -> str:
    passwords = Passwords(server.settings.bcrypt_rounds, threads=1)
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()


def read_password() -> str:
    """One line of standard input; a terminal is asked twice, and does not show it."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def standing(me: Me) -> str:
    return me.role if me.disabled_at is None else f"{me.role}, disabled"


def show_account(account: Account, as_json: bool) -> None:
    me = account.user
    lines = [f"{me.username} (id {me.id}): {standing(me)}"]
    if account.password is not None:
        lines.append(f"password: {account.password}")
    show(account, lines, as_json)
