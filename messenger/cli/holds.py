"""`admin hold`: legal holds on chats and people."""

from uuid import UUID

import click

from messenger.cli import Failure, Misuse, Verbs
from messenger.cli.local_server import LocalServer, act
from messenger.cli.printing import NUMBER, as_json, show, table
from messenger.store.rows import holds, users
from messenger.store.rows.holds import Hold


@click.group(cls=Verbs)
def hold() -> None:
    """Legal holds: nothing is removed of what is held, whatever people delete."""


@hold.command()
@click.option("--chat", type=NUMBER, metavar="ID", help="Hold this chat.")
@click.option("--user", metavar="NAME", help="Hold what this person writes and uploads.")
@click.option("--reason", required=True, help="Why; the audit keeps it, too.")
@as_json
def add(chat: int | None, user: str | None, reason: str, as_json: bool) -> None:
    """Hold a chat or a person.

    People may delete and change as before, and see it so; what was there is kept, shown to nobody,
    and part of an administrator's export. Files stay, the archive removes nothing of it, and the
    person cannot be erased.
    """
    if (chat is None) == (user is None):
        raise Misuse("Give --chat or --user, one of the two.")
    if not reason.strip():
        raise Misuse("Say why with --reason.")

    async def work(server: LocalServer) -> Hold:
        found = None if user is None else await users.by_login(server.database, user)
        if user is not None and found is None:
            raise Failure(f"There is no account {user!r}; `admin user list` shows all.")
        return await holds.place(
            server.database, chat_id=chat, user_id=None if found is None else found.user_id,
            reason=reason.strip(), by=None, at=server.clock(),
        )  # fmt: skip

    made = act(work)
    show(made, [f"{_what(made)} is on hold: {made.id}"], as_json)


@hold.command(name="list")
@as_json
def list_holds(as_json: bool) -> None:
    """List the holds there are, the oldest first, and how much each keeps."""

    async def work(server: LocalServer) -> list[Hold]:
        return await holds.listed(server.database)

    found = act(work)
    rows = [
        (each.id, _what(each), each.placed_at, str(each.retained), each.reason) for each in found
    ]
    show(found, table(("ID", "WHAT", "SINCE", "KEPT", "WHY"), rows), as_json)


@hold.command()
@click.argument("id", type=click.UUID)
@as_json
def remove(id: UUID, as_json: bool) -> None:
    """Lift a hold. What was deleted meanwhile goes, unless another hold keeps it."""

    async def work(server: LocalServer) -> None:
        await holds.lift(server.database, str(id), None, server.clock())

    act(work)
    show({"lifted": str(id)}, [f"lifted {id}"], as_json)


def _what(hold: Hold) -> str:
    return f"chat {hold.chat_id}" if hold.user_id is None else f"person {hold.user_id}"
