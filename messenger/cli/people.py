"""`admin user import`: accounts of a table of people."""

from pathlib import Path

import click
import msgspec

from messenger.auth import Passwords, one_time_password
from messenger.cli import Misuse
from messenger.cli.local_server import LocalServer, act
from messenger.cli.printing import as_json, show, table
from messenger.errors import DomainError
from messenger.protocol.accounts import AddUser
from messenger.rules.accounts import email_key, username_key
from messenger.rules.people_table import TablePerson, against, read_people
from messenger.store.reads import accounts

MOST_BYTES = 500_000


class Imported(msgspec.Struct, frozen=True):
    """`password` is for once; null where `problem` says why there is no account."""

    line: int
    username: str
    password: str | None
    problem: str | None


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only say what would be made.")
@as_json
def import_people(file: Path, check: bool, as_json: bool) -> None:
    """Make an account for everybody in a table (CSV: username, name, email, role).

    Prints a one-time password for each. Exit 1 when there was no account to be made of some.
    """
    people = read_people(_text_of(file))

    async def work(server: LocalServer) -> list[Imported]:
        names = [username_key(person.username) for person in people]
        addresses = [email_key(person.email) for person in people if person.email]
        taken = await accounts.taken(server.database, names, addresses)
        passwords = Passwords(server.settings.bcrypt_rounds)
        try:
            return [
                await _add(server, passwords, person, check) for person in against(people, *taken)
            ]
        finally:
            passwords.close()

    found = act(work)
    rows = [
        (str(each.line), each.username or "-", each.password or "-", each.problem or "")
        for each in found
    ]
    show(found, table(("LINE", "USER NAME", "PASSWORD", "PROBLEM"), rows), as_json)
    if any(each.problem for each in found):
        raise click.exceptions.Exit(1)


def _text_of(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Misuse("The table has more than 500 kB; split it.")
        written = file.read_bytes()
    except OSError as error:
        raise Misuse(f"{file} cannot be read ({error.strerror}).") from None
    # Table programs of Windows write in its old encoding where they are not told otherwise.
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = written.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Misuse("The table is no text in UTF-8 or Windows-1251: save it as CSV UTF-8.")


async def _add(
    server: LocalServer, passwords: Passwords, person: TablePerson, check: bool
) -> Imported:
    if person.problem is not None or check:
        return Imported(person.line, person.username, None, person.problem)
    password = one_time_password()
    command = AddUser(
        username=person.username,
        display_name=person.display_name,
        email=person.email,
        role=person.role,
        locale=server.settings.default_locale,
        time_zone="UTC",
        one_time=True,
        password_hash=await passwords.hash(password),
    )
    try:
        await server.do(command)
    except DomainError as error:
        return Imported(person.line, person.username, None, str(error))
    return Imported(person.line, person.username, password, None)
