"""A refresh of a session: decided in one transaction that holds its row, then rotated.

So two at once get the same answer.
"""

from datetime import datetime

import msgspec

from messenger.errors import Unauthorized
from messenger.model import Identity
from messenger.rules.sessions import Verdict, judge_refresh
from messenger.store.db import Connection, Database, Row
from messenger.store.rows.sessions import ID, LIVE, NOW, OF_USER, OWNER, identity_of, touch
from messenger.store.schema.tables import Moment, sessions, users
from messenger.store.sql import sa
from messenger.store.statements import Prepared

LOCK = Prepared(
    sa.select(
        sessions.c.generation,
        sessions.c.rotated_at,
        sessions.c.expires_at,
        users.c.username,
        users.c.role,
        users.c.must_change_password,
    )
    .select_from(OF_USER)
    .where(
        sessions.c.id == ID,
        sessions.c.user_id == OWNER,
        LIVE,
        sessions.c.expires_at > NOW,
        users.c.disabled_at.is_(None),
    )
    .with_for_update(of=sessions)
)
UNTIL = sa.bindparam("new_expires_at", type_=Moment)
ROTATE = Prepared(
    sessions.update()
    .where(sessions.c.id == ID)
    .values(
        generation=sa.bindparam("new_generation"),
        rotated_at=NOW,
        last_used_at=NOW,
        # Before the session was opened, the clock is wrong: a machine that keeps no time begins
        # years ago, and who comes before it was told the time must not be signed out by that.
        expires_at=sa.case(
            (sessions.c.created_at > NOW, sa.func.greatest(sessions.c.expires_at, UNTIL)),
            else_=UNTIL,
        ),
    )
    .returning(sessions.c.generation, sessions.c.rotated_at, sessions.c.expires_at)
)


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What a presented refresh token came to.

    `generation` and the two times are those of the token to give. With the
    verdict `revoke` there is none, and the caller ends the session.
    """

    verdict: Verdict
    identity: Identity
    generation: int
    rotated_at: datetime
    expires_at: datetime


async def refresh(
    database: Database,
    session_id: str,
    user_id: int,
    presented: int,
    now: datetime,
    expires_at: datetime,
) -> Refreshed:
    """Decide on a refresh token and rotate; raises Unauthorized when the session is over.

    `presented` is the token's generation, `expires_at` the session's new end
    if it rotates.
    """

    async def work(connection: Connection) -> Refreshed:
        row = await connection.fetch_one(LOCK, session_id=session_id, user_id=user_id, now=now)
        if row is None:
            raise Unauthorized("This session is over; sign in again.")
        verdict = judge_refresh(presented, row.generation, row.rotated_at, now)
        if verdict != "rotate":
            await touch(connection, session_id, now)
            return _refreshed(verdict, identity_of(user_id, session_id, row), row)
        rotated = await connection.fetch_one(
            ROTATE,
            session_id=session_id,
            new_generation=max(presented, row.generation) + 1,
            now=now,
            new_expires_at=expires_at,
        )
        return _refreshed(verdict, identity_of(user_id, session_id, row), rotated)

    return await database.transact(work)


def _refreshed(verdict: Verdict, identity: Identity, row: Row) -> Refreshed:
    return Refreshed(
        verdict=verdict,
        identity=identity,
        generation=row.generation,
        rotated_at=row.rotated_at,
        expires_at=row.expires_at,
    )
