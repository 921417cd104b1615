"""Rights that are checked in the transaction that depends on them."""

from messenger.errors import Forbidden
from messenger.store.db import Connection
from messenger.store.schema.tables import users
from messenger.store.sql import sa
from messenger.store.statements import Prepared

# Locked until the end: disabling or demoting this user at the same time waits for the commit.
ADMINISTRATOR = Prepared(
    sa.select(users.c.id)
    .where(
        users.c.id == sa.bindparam("user_id", type_=sa.BigInteger),
        users.c.role == sa.literal_column("'admin'"),
        users.c.disabled_at.is_(None),
    )
    .with_for_update(read=True)
)


async def check_administrator(connection: Connection, user_id: int | None) -> None:
    """Raises Forbidden unless the user is an active administrator; None, the server, always may."""
    if user_id is not None and await connection.fetch_one(ADMINISTRATOR, user_id=user_id) is None:
        raise Forbidden("Only administrators may do this.")
