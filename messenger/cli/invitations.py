"""`admin invite`: links that people make their account with; a list of them, and taking back."""

from typing import get_args
from uuid import UUID

import click
import msgspec

from messenger.cli import Failure, Verbs
from messenger.cli.local_server import LocalServer, act, read_all
from messenger.cli.printing import as_json, show, table
from messenger.model import Invite, Role
from messenger.protocol.accounts import CreateInvite, RevokeInvite
from messenger.store.rows import invites, users

_PAGE = 500


class Invitation(msgspec.Struct, frozen=True):
    url: str
    role: Role
    uses: int
    expires_at: str


@click.group(cls=Verbs, invoke_without_command=True)
@click.option("--role", type=click.Choice(get_args(Role)), default="user", help="Theirs (user).")
@click.option("--uses", type=click.IntRange(1, 1000), default=1, help="For how many people (1).")
@click.option("--days", type=click.IntRange(1, 365), default=7, help="Good for so long (7).")
@as_json
@click.pass_context
def invite(context: click.Context, role: Role, uses: int, days: int, as_json: bool) -> None:
    """Print a link that people make their account with; or list and revoke invitations."""
    if context.invoked_subcommand is not None:
        return

    async def work(server: LocalServer) -> Invitation:
        settings = server.settings
        if settings.registration == "closed":
            raise Failure("REGISTRATION is closed: make the account with `admin user add`.")
        made: Invite = await server.do(CreateInvite(role=role, uses=uses, days=days))
        url = invites.link(settings.base_url, invites.code_of(settings.secret_key, made.id))
        return Invitation(url, made.role, made.uses_left, made.expires_at)

    made = act(work)
    show(made, [made.url], as_json)


@invite.command(name="list")
@as_json
def list_invites(as_json: bool) -> None:
    """List invitations, the newest first: how often they were used, and by whom."""

    async def work(server: LocalServer) -> tuple[list[invites.Listed], dict[int, str]]:
        found = await read_all(
            lambda last: invites.page(
                server.database, last.id if last else None, _PAGE, server.clock()
            )
        )
        came = [user_id for each in found for user_id in each.user_ids]
        return found, {user.id: user.username for user in await users.by_ids(server.database, came)}

    found, names = act(work)
    rows = [
        (
            each.id,
            each.role,
            f"{each.uses - each.uses_left}/{each.uses}",
            state_of(each),
            each.expires_at,
            " ".join(names[user_id] for user_id in each.user_ids) or "-",
        )
        for each in found
    ]
    show(found, table(("ID", "ROLE", "USED", "STATE", "EXPIRES", "WHO CAME"), rows), as_json)


def state_of(invite: invites.Listed) -> str:
    if invite.good:
        return "good"
    return "used up" if invite.uses_left == 0 else "revoked" if invite.revoked_at else "over"


@invite.command()
@click.argument("id", type=click.UUID)
@as_json
def revoke(id: UUID, as_json: bool) -> None:
    """Revoke an invitation: it can no longer be used."""

    async def work(server: LocalServer) -> None:
        await server.do(RevokeInvite(invite_id=str(id)))

    act(work)
    show({"revoked": str(id)}, [f"revoked {id}"], as_json)
