"""The story of `workshop.json`: eight people of a furniture workshop, and a week of their work.

`when` is "5 09:04", five working days ago at four past nine, or "-12", twelve minutes ago.
"""

from functools import cache
from importlib import resources

import msgspec

from messenger.model import Role


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`face` is the number of a portrait; not everybody has one."""

    username: str
    display_name: str
    role: Role = "user"
    face: int | None = None


class Thing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file: a picture of a scene, a voice message of so many seconds, or else a text."""

    name: str
    scene: str = ""
    variant: int = 0
    seconds: float = 0
    text: str = ""


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`people` by user name; the first makes the group, the second is its admin.

    `scene` is what its picture shows, if it has one.
    """

    name: str
    title: str
    people: tuple[str, ...]
    board: bool = False
    scene: str = ""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A message. `id` names it, `to` names the one it answers, `was` is its text before an edit.

    `react` has the reactions as "👍 anna olga; 🔥 igor".
    """

    when: str
    who: str
    text: str
    id: str | None = None
    to: str | None = None
    was: str | None = None
    react: str = ""
    pin: bool = False
    deleted: bool = False
    files: tuple[Thing, ...] = ()


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A task. `source` names the message it was made of, `due` is in days from now.

    `column` is the place among the board's columns where it ends, `ticked` how many items of the
    checklist are done; `comments` are by (user name, text). The first picture of the `files` is
    the cover.
    """

    when: str
    who: str
    title: str
    to: str | None = None
    column: int = 0
    due: int | None = None
    labels: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    ticked: int = 0
    description: str = ""
    source: str | None = None
    comments: tuple[tuple[str, str], ...] = ()
    files: tuple[Thing, ...] = ()


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Users, chats and what happened in them. Chats have names of their own here.

    `logins` are those who get a password; the first is the one to look around as. `common` names
    the organisation's common chat, `board` the group whose board has the cards. `directs` says who
    opened the direct chat, and with whom (with themselves: the notebook). `muted` is (user name,
    chat), `draft` is (user name, chat, text).
    """

    people: tuple[Person, ...]
    logins: tuple[str, ...]
    common: str
    groups: tuple[Group, ...]
    directs: dict[str, tuple[str, str]]
    board: str
    muted: tuple[str, str]
    draft: tuple[str, str, str]
    talk: dict[str, tuple[Line, ...]]
    cards: tuple[Card, ...]


@cache
def story() -> Story:
    text = resources.files(__package__).joinpath("workshop.json").read_bytes()
    return msgspec.json.decode(text, type=Story)
