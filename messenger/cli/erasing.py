"""`admin user erase`: a person is erased, and is nobody from then on."""

import click

from messenger.cli import Failure
from messenger.cli.local_server import LocalServer, act
from messenger.cli.printing import as_json, show
from messenger.jobs.erasing import Erasing
from messenger.store.rows import users
from messenger.store.rows.erasures import Choice


@click.command()
@click.argument("username")
@click.option(
    "--messages",
    type=click.Choice(["keep", "remove"]),
    required=True,
    help="keep: they stay, under “deleted account”; remove: all are deleted.",
)
@as_json
def erase(username: str, messages: Choice, as_json: bool) -> None:
    """Erase a person: it cannot be taken back. A legal hold forbids it.

    Account, address, password, picture, devices, drafts and settings go at once; names in copies
    that the archive has go with its next run, backups with their rotation (docs/operations.md).
    """

    async def work(server: LocalServer) -> int:
        found = await users.by_login(server.database, username)
        if found is None:
            raise Failure(f"There is no account {username!r}; `admin user list` shows all.")
        settings = server.settings
        erasing = Erasing(
            server.database, server.directory, settings.default_locale, server.clock
        )  # fmt: skip
        await erasing.begin(found.user_id, messages, None)
        await erasing.work()
        return found.user_id

    id = act(work)
    show({"erased": id, "messages": messages}, [f"erased person {id}"], as_json)
