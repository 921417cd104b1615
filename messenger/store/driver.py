"""The driver's errors, translated into the errors of this program."""

from typing import Final

import psycopg2
import psycopg2.errors

from messenger import errors
from messenger.storage import Duplicate, StaleHead

LOST: Final = (psycopg2.OperationalError, psycopg2.InterfaceError)
STALE_HEAD: Final = "MS001"
"""The SQLSTATE of `advance` (migrations/0004.advance.sql): the stream is further already."""
FENCED: Final = "MS002"
"""The SQLSTATE of `fence` (migrations/0010.fence.sql): another server has served since."""
LOCKED_OUT: Final = "MS003"
"""The SQLSTATE of `locked_out` (migrations/0034.cluster.sql)."""
AGAIN: Final = (psycopg2.errors.DeadlockDetected, psycopg2.errors.SerializationFailure)


class Dangling(Exception):
    """A row would refer to one that is not there (any more)."""


class SenderLockedOut(Exception):
    """Who sends has no account here any more; nothing of the batch was stored."""


class translated:
    """Translate the driver's errors; a context manager."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        if isinstance(error, psycopg2.errors.UniqueViolation):
            raise Duplicate(error.diag.constraint_name or "") from error
        if isinstance(error, psycopg2.errors.ForeignKeyViolation):
            raise Dangling from error
        if isinstance(error, psycopg2.Error) and error.pgcode == STALE_HEAD:
            raise StaleHead from error
        if isinstance(error, psycopg2.Error) and error.pgcode == LOCKED_OUT:
            raise SenderLockedOut from error
        if isinstance(error, psycopg2.Error) and error.pgcode == FENCED:
            raise errors.Unavailable("Another server serves this database now.") from error
        if isinstance(error, (*LOST, *AGAIN, TimeoutError)) or (
            # uvloop, when libpq closed the descriptor that aiopg still watches
            isinstance(error, RuntimeError) and "UVPoll" in str(error)
        ):
            raise errors.Unavailable("The database is away; try again shortly.") from error
