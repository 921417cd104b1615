"""A table of people to make accounts of: CSV as table programs write it, in either language.

Pure. The first line names the columns; commas, semicolons or tabs stand between them (RFC 4180
with the separator that a program's country has).
"""

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from messenger.errors import ValidationFailed
from messenger.model import Role
from messenger.protocol.accounts import AddUser
from messenger.rules.accounts import email_key, kept_account, username_key

MOST: Final = 1000
"""People in one table."""
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "username": ("username", "user name", "login", "логин", "имя пользователя"),
    "display_name": ("display_name", "display name", "name", "full name", "имя", "фио"),
    "email": ("email", "e-mail", "mail", "почта", "эл. почта", "адрес"),
    "role": ("role", "роль"),
}
ROLES: Final[dict[str, Role]] = {
    "": "user",
    "user": "user",
    "guest": "guest",
    "admin": "admin",
    "участник": "user",
    "сотрудник": "user",
    "гость": "guest",
    "администратор": "admin",
}


class TablePerson(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the table as an account would have it."""

    line: Annotated[int, Meta(description="Its number in the table; the names of columns are 1.")]
    username: str
    display_name: str
    email: str | None = None
    role: Role
    problem: Annotated[
        str | None, Meta(description="Why no account can be made of it; null: it can.")
    ] = None
    field: Annotated[
        Literal["username", "display_name", "email", "role"] | None,
        Meta(description="What the problem is with."),
    ] = None
    taken: Annotated[
        bool, Meta(description="Whether the problem is that somebody has it already.")
    ] = False


def read_people(text: str) -> list[TablePerson]:
    """The people of a table, those of no use with the reason; raises ValidationFailed."""
    rows = _rows(text)
    names = _names(next(rows, (1, []))[1])
    found: list[TablePerson] = []
    usernames: set[str] = set()
    emails: set[str] = set()
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) == MOST:
            raise ValidationFailed(f"Up to {MOST} people at once; split the table.", field="csv")
        person = _person(line, dict(zip(names, cells, strict=False)))
        if person.problem is None:
            person = _alone(person, usernames, emails)
        found.append(person)
    if not found:
        raise ValidationFailed("There is nobody in this table.", field="csv")
    return found


def against(people: list[TablePerson], usernames: set[str], emails: set[str]) -> list[TablePerson]:
    """The same people, with a reason at those whose names or addresses are taken."""
    return [
        _alone(person, set(usernames), set(emails)) if person.problem is None else person
        for person in people
    ]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    text = text.removeprefix("\ufeff").replace("\0", "")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ValidationFailed(f"This is no table (CSV): {error}.", field="csv") from None


def _names(cells: list[str]) -> list[str]:
    """What each column is; empty where it is nothing of ours."""
    known = {name: column for column, names in COLUMNS.items() for name in names}
    names = [known.get(cell.strip().casefold(), "") for cell in cells]
    if "username" not in names and "email" not in names:
        raise ValidationFailed(
            "The first line names the columns: username, name, email, role; a user name or an"
            " address there must be.",
            field="csv",
        )
    return names


def _person(line: int, cells: dict[str, str]) -> TablePerson:
    email = cells.get("email", "").strip() or None
    # As people have it before the @.
    username = cells.get("username", "").strip() or (email or "").partition("@")[0]
    given = cells.get("role", "").strip()
    made = TablePerson(
        line=line,
        username=username,
        display_name=cells.get("display_name", "").strip() or username,
        email=email,
        role=ROLES.get(given.casefold(), "user"),
    )
    if given.casefold() not in ROLES:
        return _refused(made, "role", f"{given[:40]!r} is no role; write user, guest or admin.")
    try:
        kept = kept_account(
            AddUser(
                username=made.username,
                display_name=made.display_name,
                email=made.email,
                role=made.role,
                locale="en",
                time_zone="UTC",
            )
        )
    except ValidationFailed as error:
        return _refused(made, (error.details or {}).get("field"), str(error))
    return msgspec.structs.replace(
        made, username=kept.username, display_name=kept.display_name, email=kept.email
    )


def _alone(person: TablePerson, usernames: set[str], emails: set[str]) -> TablePerson:
    """Take its names, or say that they are taken."""
    name, address = username_key(person.username), person.email and email_key(person.email)
    if name in usernames:
        return _refused(person, "username", "This user name is taken.", taken=True)
    if address in emails:
        return _refused(person, "email", "This address is taken.", taken=True)
    usernames.add(name)
    if address:
        emails.add(address)
    return person


def _refused(person: TablePerson, field: Any, problem: str, taken: bool = False) -> TablePerson:
    return msgspec.structs.replace(person, problem=problem, field=field, taken=taken)
