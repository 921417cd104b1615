"""Who may do what, through either door: the table that `test_permissions` holds the server to.

A row is a command, asked on the WebSocket and by every REST route that leads to it, or a route
that leads to none. Brackets tell rows of one command apart. Columns are roles: those of people
in a group, one of a direct chat's two, those who are not in the chat, those who are not signed
in. The message is the author's, the task the creator's and assigned to the assignee; in the
direct chat message and task are the other person's.
"""

from collections.abc import Callable
from typing import Any, get_args

import msgspec

from messenger.http.routes import ROUTES
from messenger.protocol.frames import ClientFrame

ROLES = (
    *("owner", "admin", "member", "assignee", "creator", "author", "guest", "partner"),
    # `outsider` is a guest too, `root` the organisation's administrator and owner of its chat.
    *("outsider", "stranger", "removed", "root"),
    *("disabled", "ended", "nobody"),
)
MARKS = {"+": "ok", "-": "403", ".": "404", "!": "401"}
TABLE = """
                                          ow ad me as cr au gu pa  ou st re ro  di en no
auth                                      +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /auth/register (uninvited)           -  -  -  -  -  -  -  -   -  -  -  -   -  -  -
POST /auth/login                          +  +  +  +  +  +  +  +   +  +  +  +   +  +  +
POST /auth/refresh                        +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /auth/logout                         +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
POST /auth/password                       +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /sessions                             +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
DELETE /sessions/{id} (own)               +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
DELETE /sessions/{id} (another's)         .  .  .  .  .  .  .  .   .  .  .  .   !  !  !

GET /me                                   +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /users/me                             +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
PATCH /users/me                           +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /users/search                         +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
POST /users/batch                         +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
GET /users/{id}                           +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
presence.watch                            +  +  +  +  +  +  +  +   .  +  +  +   !  !  !

GET /admin/users                          -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/users                         -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
PATCH /admin/users/{id}                   -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
POST /admin/invites                       -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/audit                          -  -  -  -  -  -  -  -   -  -  -  +   !  !  !
GET /admin/status                         -  -  -  -  -  -  -  -   -  -  -  +   !  !  !

                                          ow ad me as cr au gu pa  ou st re ro  di en no
GET /chats                                +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
chat.create                               +  +  +  +  +  +  -  +   -  +  +  +   !  !  !
chat.direct (a member)                    +  +  +  +  +  +  +  +   .  +  +  +   !  !  !
chat.direct (a stranger)                  +  +  +  +  +  +  .  +   .  +  +  +   !  !  !
GET /chats/{id}                           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /chats/{id}/snapshot                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
chat.update                               +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
chat.update (the common one)              -  -  -  -  -  -  .  -   .  -  -  +   !  !  !
chat.delete                               +  -  -  -  -  -  -  -   .  .  .  .   !  !  !
chat.delete (the common one)              -  -  -  -  -  -  .  -   .  -  -  -   !  !  !
GET /chats/{id}/members                   +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
member.add                                +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
member.add (a guest, the common one)      -  -  -  -  -  -  .  -   .  -  -  -   !  !  !
member.add (oneself)                      +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
member.update (to admin)                  +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
member.update (to owner)                  +  -  -  -  -  -  -  -   .  .  .  .   !  !  !
member.update (oneself, to owner)         +  -  -  -  -  -  -  -   .  .  .  .   !  !  !
member.remove                             +  +  -  -  -  -  -  -   .  .  .  .   !  !  !
member.remove (the only owner)            -  -  -  -  -  -  -  -   .  .  .  .   !  !  !
member.remove (oneself)                   -  +  +  +  +  +  +  -   .  .  .  .   !  !  !
member.remove (from the common one)       -  -  -  -  -  -  .  -   .  -  -  -   !  !  !
read.mark                                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
notify.set                                +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
draft.set                                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
typing                                    +  +  +  +  +  +  +  +   .  .  .  .   !  !  !

                                          ow ad me as cr au gu pa  ou st re ro  di en no
GET /chats/{id}/messages                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /messages                             +  +  +  +  +  +  .  +   .  +  +  +   !  !  !
GET /chats/{id}/messages/{seq}            +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.send                              +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.send (a comment)                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.send (to the common one)          +  +  +  +  +  +  .  +   .  +  +  +   !  !  !
message.edit                              -  -  -  -  -  +  -  -   .  .  .  .   !  !  !
message.delete                            +  +  -  -  -  +  -  -   .  .  .  .   !  !  !
message.pin                               +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
message.unpin (the author's pin)          +  +  -  -  -  +  -  +   .  .  .  .   !  !  !
GET /chats/{id}/pins                      +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
reaction.add                              +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
reaction.remove                           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /chats/{id}/messages/{seq}/reactions  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !

                                          ow ad me as cr au gu pa  ou st re ro  di en no
GET /tasks                                +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks (of one chat)                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks/summary                        +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks/{id}                           +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks/{id}/history                   +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /tasks/{id}/messages                  +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.create                               +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.create (in the common one)           +  +  +  +  +  +  .  +   .  +  +  +   !  !  !
message.task                              +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.update (title)                       +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (description)                 +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (assignee)                    +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (due)                         +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (labels)                      +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (status)                      +  +  -  +  +  -  -  +   .  .  .  .   !  !  !
task.update (checklist)                   +  +  -  +  +  -  -  +   .  .  .  .   !  !  !
task.update (status and title)            +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.update (put away)                    +  +  -  -  +  -  -  +   .  .  .  .   !  !  !
task.move                                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.move (off the board)                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
task.delete                               +  +  -  -  +  -  -  +   .  .  .  .   !  !  !

GET /chats/{id}/board                     +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
column.create                             +  +  -  -  -  -  -  +   .  .  .  .   !  !  !
column.update                             +  +  -  -  -  -  -  +   .  .  .  .   !  !  !
column.move                               +  +  -  -  -  -  -  +   .  .  .  .   !  !  !
column.delete                             +  +  -  -  -  -  -  +   .  .  .  .   !  !  !

                                          ow ad me as cr au gu pa  ou st re ro  di en no
subscribe                                 +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
subscribe (another's own stream)          .  .  .  .  .  .  .  .   .  .  .  .   !  !  !
unsubscribe                               +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
ping                                      +  +  +  +  +  +  +  +   +  +  +  +   !  !  !
GET /sync/bootstrap                       +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
GET /sync/changes                         +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
POST /sync/changes                        +  +  +  +  +  +  +  +   .  .  .  .   !  !  !
"""


class Ref(str):
    """What is asked about, by name; made when it is first needed."""

    __slots__ = ()


CHAT, ORG, MESSAGE, PINNED, TASK, DONE_TASK, COLUMN, KEY, HERE = map(
    Ref, "chat org message pinned task done_task column key chat:0".split()
)
SELF, TARGET, NEWCOMER, STRANGER, ASSIGNED, LEADER = map(
    Ref, "self target newcomer stranger assigned leader".split()
)
OWN_SESSION, SESSION, REFRESH, PASSWORD, NAME, GUEST_ID = map(
    Ref, "own_session session refresh password name guest_id".split()
)
PLACES = {
    "/chats/{id}": CHAT,
    "/tasks/{id}": TASK,
    "/users/{id}": TARGET,
    "/admin/users/{id}": NEWCOMER,
    "{seq}": MESSAGE,
}


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a row's command: fields of the frame, or of the body of a bare route.

    `shows` is what the answer must have to count as one: a list without it says `404`.
    """

    fields: dict[str, Any] = {}
    path: dict[str, Ref] = {}
    query: dict[str, Any] = {}
    shows: tuple[Callable[[Any], Any], Ref] | None = None


def ids(items: Any) -> set[int]:
    return {item["id"] for item in items}


def readable(answer: Any) -> set[int]:
    return {stream["id"] for stream in answer["streams"] if not stream.get("gone")}


IN_CHAT: dict[str, Any] = {"chat_id": CHAT}
OF_MESSAGE: dict[str, Any] = {"chat_id": CHAT, "seq": MESSAGE}
OF_TASK: dict[str, Any] = {"task_id": TASK}
OF_COLUMN: dict[str, Any] = {"column_id": COLUMN}
A_MEMBER = (ids, TARGET)
MINE = Ask(fields=IN_CHAT)
SENT: dict[str, Any] = {"client_message_id": KEY, "text": "hello"}
A_NAME: dict[str, Any] = {"username": NAME, "display_name": "Newcomer"}
ITEM: dict[str, Any] = {"id": "a", "text": "first", "done": True}
GIVEN: dict[str, Ask] = {
    "POST /auth/register (uninvited)": Ask(fields={"username": NAME, "password": PASSWORD}),
    "POST /auth/login": Ask(fields={"login": "target", "password": PASSWORD}),
    "POST /auth/refresh": Ask(fields={"refresh": REFRESH}),
    "POST /auth/password": Ask(fields={"old": PASSWORD, "new": PASSWORD}),
    "DELETE /sessions/{id} (own)": Ask(path={"id": OWN_SESSION}),
    "DELETE /sessions/{id} (another's)": Ask(path={"id": SESSION}),
    "PATCH /users/me": Ask(fields={"display_name": "Renamed"}),
    "GET /users/search": Ask(query={"query": "target"}, shows=A_MEMBER),
    "POST /users/batch": Ask(fields={"ids": [TARGET]}, shows=A_MEMBER),
    "presence.watch": Ask(
        fields={"user_ids": [TARGET]}, shows=(lambda answer: ids(answer["users"]), TARGET)
    ),
    "POST /admin/users": Ask(fields=A_NAME),
    "PATCH /admin/users/{id}": Ask(fields={"display_name": "Renamed"}),
    "GET /chats": Ask(shows=(ids, CHAT)),
    "chat.create": Ask(fields={"title": "Mine"}),
    "chat.direct (a member)": Ask(fields={"user_id": TARGET}),
    "chat.direct (a stranger)": Ask(fields={"user_id": STRANGER}),
    "chat.update": Ask(fields={**IN_CHAT, "title": KEY}),
    "chat.update (the common one)": Ask(fields={"chat_id": ORG, "title": KEY}),
    "chat.delete": MINE,
    "chat.delete (the common one)": Ask(fields={"chat_id": ORG}),
    "member.add": Ask(fields={**IN_CHAT, "user_ids": [NEWCOMER]}),
    "member.add (a guest, the common one)": Ask(fields={"chat_id": ORG, "user_ids": [GUEST_ID]}),
    "member.add (oneself)": Ask(fields={**IN_CHAT, "user_ids": [SELF]}),
    "member.update (to admin)": Ask(fields={**IN_CHAT, "user_id": TARGET, "role": "admin"}),
    "member.update (to owner)": Ask(fields={**IN_CHAT, "user_id": TARGET, "role": "owner"}),
    "member.update (oneself, to owner)": Ask(fields={**IN_CHAT, "user_id": SELF, "role": "owner"}),
    "member.remove": Ask(fields={**IN_CHAT, "user_id": TARGET}),
    "member.remove (the only owner)": Ask(fields={**IN_CHAT, "user_id": LEADER}),
    "member.remove (oneself)": Ask(fields={**IN_CHAT, "user_id": SELF}),
    "member.remove (from the common one)": Ask(fields={"chat_id": ORG, "user_id": SELF}),
    "read.mark": Ask(fields={**IN_CHAT, "read_seq": 1}),
    "notify.set": Ask(fields={**IN_CHAT, "level": "mentions"}),
    "draft.set": Ask(fields={**IN_CHAT, "text": KEY}),
    "typing": MINE,
    "message.send": Ask(fields={**IN_CHAT, **SENT}),
    "message.send (a comment)": Ask(fields={**IN_CHAT, **SENT, "task_id": TASK}),
    "message.send (to the common one)": Ask(fields={**SENT, "chat_id": ORG}),
    "message.edit": Ask(fields={**OF_MESSAGE, "text": "edited"}),
    "message.delete": Ask(fields=OF_MESSAGE),
    "message.pin": Ask(fields=OF_MESSAGE),
    "message.unpin (the author's pin)": Ask(fields={**IN_CHAT, "seq": PINNED}),
    "reaction.add": Ask(fields={**OF_MESSAGE, "emoji": "👍"}),
    "reaction.remove": Ask(fields={**OF_MESSAGE, "emoji": "👍"}),
    "GET /tasks": Ask(shows=(ids, TASK)),
    "GET /tasks (of one chat)": Ask(query={"chat_id": CHAT}, shows=(ids, TASK)),
    "GET /tasks/summary": Ask(
        shows=(lambda counts: {count["user_id"] for count in counts}, ASSIGNED)
    ),
    "task.create": Ask(fields={**IN_CHAT, "title": "one"}),
    "task.create (in the common one)": Ask(fields={"title": "one"}),
    "message.task": Ask(fields=OF_MESSAGE),
    "task.update (title)": Ask(fields={**OF_TASK, "title": "two"}),
    "task.update (description)": Ask(fields={**OF_TASK, "description": "long"}),
    "task.update (assignee)": Ask(fields={**OF_TASK, "assigned_to": None}),
    "task.update (due)": Ask(fields={**OF_TASK, "due": {"date": "2031-03-01"}}),
    "task.update (labels)": Ask(fields={**OF_TASK, "labels": ["urgent"]}),
    "task.update (status)": Ask(fields={**OF_TASK, "status": "done"}),
    "task.update (checklist)": Ask(fields={**OF_TASK, "checklist": [ITEM]}),
    "task.update (status and title)": Ask(fields={**OF_TASK, "status": "done", "title": "two"}),
    "task.update (put away)": Ask(fields={"task_id": DONE_TASK, "archived": True}),
    "task.move": Ask(fields={**OF_TASK, "column_id": COLUMN}),
    "task.move (off the board)": Ask(fields={**OF_TASK, "column_id": None}),
    "task.delete": Ask(fields=OF_TASK),
    "column.create": Ask(fields={**IN_CHAT, "title": "Review"}),
    "column.update": Ask(fields={**OF_COLUMN, "title": "Doubts"}),
    "column.move": Ask(fields=OF_COLUMN),
    "column.delete": Ask(fields=OF_COLUMN),
    "subscribe": Ask(fields={"streams": [[CHAT, None]]}, shows=(readable, CHAT)),
    "subscribe (another's own stream)": Ask(
        fields={"streams": [[TARGET, None]]}, shows=(readable, TARGET)
    ),
    "unsubscribe": Ask(fields={"streams": [CHAT]}),
    "GET /sync/bootstrap": Ask(
        shows=(lambda snapshots: {each["chat"]["id"] for each in snapshots}, CHAT)
    ),
    "GET /sync/changes": Ask(query={"after": HERE}, shows=(readable, CHAT)),
    "POST /sync/changes": Ask(fields={"cursors": [[CHAT, None]]}, shows=(readable, CHAT)),
}
FRAMES: dict[str, type[Any]] = {
    str(frame.__struct_config__.tag): frame for frame in get_args(ClientFrame)
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the table: what is asked, and what each role is answered."""

    name: str
    verdicts: dict[str, str]

    @property
    def ask(self) -> Ask:
        return GIVEN.get(self.name, Ask())

    @property
    def what(self) -> str:
        """The name without what tells it from its likes: a frame's type, or a route."""
        return self.name.partition(" (")[0]

    @property
    def routes(self) -> list[Any]:
        """The rows of `http.routes` that lead there."""
        frame = FRAMES.get(self.what)
        if frame is not None:
            return [row for row in ROUTES if row[2].made_of[2] is frame]  # type: ignore[attr-defined]
        return [row for row in ROUTES if f"{row[0]} {row[1]}" == self.what]


def rows() -> list[Row]:
    """The table, read."""
    lines = [line.rsplit(maxsplit=len(ROLES)) for line in TABLE.splitlines()]
    return [
        Row(name=name, verdicts={role: MARKS[mark] for role, mark in zip(ROLES, marks, strict=True)})
        for name, *marks in (line for line in lines if len(line) > len(ROLES))
    ]
