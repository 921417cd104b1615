"""Files that nothing lists: about to be written, or to be removed.

Each is noted before it is there, and forgotten with what lists it. So whatever a killed run left is
known by its name, and nothing else is ever taken for a leftover.
"""

from typing import Any, Final

from messenger.store.archive.session import Session

NOTE: Final = """
    insert into archive_loose (name, place) values (%(name)s, %(place)s)
    on conflict (name) do update set place = excluded.place
"""
NOTE_GONE: Final = """
    insert into archive_loose (name, place) select name, place from archive_parts where id = %(id)s
    on conflict (name) do nothing
"""
FORGET: Final = "delete from archive_loose where name = %(name)s"
LEFT: Final = """
    select name, place from archive_loose l
    where not exists (select from archive_manifests m where m.name = l.name)
    and not exists (select from archive_parts p where p.name = l.name
                    and p.state not in ('expired', 'rewritten'))
    order by name
"""


def note(session: Session, name: str, place: str) -> None:
    """A file of this name will be written; known from now on, whatever happens."""
    with session.together():
        session.rows(NOTE, name=name, place=place)


def note_gone(session: Session, part_id: int) -> None:
    """A part's file is to be removed; within the transaction that says that it is gone."""
    session.rows(NOTE_GONE, id=part_id)


def forget(session: Session, name: str) -> None:
    session.rows(FORGET, name=name)


def left(session: Session) -> list[Any]:
    """Name and place of what nothing lists."""
    return session.rows(LEFT)
