"""Whose name is to go from the archive's parts, and where it may stand."""

from typing import Final

from messenger.store.archive.index import PARTS, Part, part_of
from messenger.store.archive.session import Session

NAMED: Final = """
    select e.user_id, u.display_name as name from erasures e join users u on u.id = e.user_id
    where e.done_at is not null and e.archived_at is null order by e.user_id
"""
HELD: Final = """
    select exists (select from archive_parts where state = 'done' and log_is_held(stream_id))
"""
LOOKED_AT: Final = f"""
    {PARTS} where state = 'done' and messages > 0 and not log_is_held(stream_id) order by id
"""
DONE: Final = "update erasures set archived_at = now() where user_id = any(%(ids)s)"


def names(session: Session) -> dict[int, str]:
    """What people who were erased since the last run are called now, by id."""
    return {row.user_id: row.name for row in session.rows(NAMED)}


def parts(session: Session) -> list[Part]:
    """Those that may be written anew."""
    return [part_of(row) for row in session.rows(LOOKED_AT)]


def done(session: Session, ids: list[int]) -> None:
    """Nothing is left to do, unless a legal hold kept a part: then it is looked at again."""
    if not session.value(HELD):
        session.rows(DONE, ids=ids)
