"""What no table can say of the protocol: how to connect, resume, and read a stream.

Sections of plain paragraphs with nothing but code marked, for Markdown and HTML alike.
"""

from typing import Final

import msgspec

_TEXT: Final = """
## Connecting

`GET /api/v1/ws` (also `/v1/ws`), as one of two subprotocols: `messenger.v1.json` in text frames,
which is the default, or `messenger.v1.msgpack` in binary ones. The objects are the same either
way; times and UUIDs are strings in both. A browser's `Origin` must be this server's, or one of
`CORS_ORIGINS`. The desktop client's, `app://messenger`, may connect with the `Authorization` header
alone.

Sign in with the header `Authorization: Bearer <access token>`; or, where headers cannot be set,
with `auth` as the first frame within 10 seconds; or, at worst, with `?access_token=` in the
address. Before that every other command is answered with `unauthorized`. `connection.welcome`
follows.

A minute before the access token runs out the server says `auth.expiring`. A fresh `auth` keeps the
socket; without one it is closed with 4401.

## Frames

Every frame is one object with a `type`. A command with an `id` (a number, or a text of up to 128
characters, yours to choose) gets exactly one answer that bears it: an `ack`, or an `error`. Unknown
fields in a command are refused. Unknown types and fields from the server are to be ignored, but an
event of an unknown type moves the cursor like any other.

Commands that change something take a `key`. Send one with every such command: the same key is done
once, and for 30 days its repeat is answered with the subject as it stands by then. The same key
with another command is `idempotency_mismatch`; what was refused is not remembered. A message has
its `client_message_id` instead, which counts for ever.

## Streams and events

A stream is an ordered log with one owner. Every chat and every person has one, and its id is the
chat's or the person's own. A change takes the stream's next `seq`: 1, 2, 3 … with no gap and no
repeat, the same for every reader, live or catching up. Keep the last `seq` you applied of each
stream: it is your cursor.

An event's `data` is the whole subject as it stands when delivered, the same for every reader. It
bears `rev`, the `seq` of its last change: ignore data with a lower `rev` than you hold, and an
event may be applied twice, or late, without harm. A connection gets its own events too, always
before the `ack`.

A client that applies every event ends with what a fresh fetch would give it.

## Subscribing and resuming

`subscribe` sends what came after each cursor and goes on live, with no hole and no repeat; its
answer stands between the two. A second `subscribe` of a stream replaces the first. With `all: true`
your own stream comes first, then every chat you are in, and each chat you join later by itself.

`reset: true` says that a cursor is of no use: it is older than what is kept, ahead of the stream,
more than 10,000 events behind, or of another `epoch`. Then fetch the chat's snapshot,
`GET /api/v1/chats/{id}/snapshot`, and apply events above its `seq`; live ones are already coming.
`gone: true` says that a stream may not be read; nothing else fails for it.

The first load is `GET /api/v1/sync/bootstrap`: snapshots of all your chats, the last active first.
The first page names every stream in its `cursors`; subscribe from them as soon as you have it. A
chat that becomes active while the pages are read moves to the front, and may be in none of them:
when the last page has come, fetch the snapshots of the chats that are in `cursors` and came in no
page. `GET /api/v1/chats` goes by activity in the same way.

A command with many ids counts for more than one against the rate: one more for every 20 ids, up to
half of what is allowed. A person has up to 20 sockets (`WS_MAX_CONNECTIONS_PER_USER`); with one
more, the quietest of the session that has the most is closed with 4429 `too many connections`: come
back later, or share one socket. `chat.left`, and all that is read of a chat after leaving it,
stands still: `seq` is the leaving's own, and nothing is unread.

The `epoch` names this history of the database. It is compared for equality only, and a restored
backup has a new one.

## Rates and sizes

Every change counts against its maker's `WRITE_RATE_LIMIT`, over all chats and both doors; messages
have `MESSAGE_RATE_LIMIT`, drafts are counted apart, marks and typing are not, nor are repeats of a
key. Too many is `rate_limited`, with `retry_after_ms` in the details: wait, and send it again with
the same key.

A snapshot, and `GET /api/v1/chats/{id}/board`, carry as many tasks as fit about 400 kB. Where there
are more, `tasks_next` is an id: `GET /api/v1/chats/{id}/tasks?after=` that id gives the following
ones, by id, and its `next` the `after` of the page behind it. Such pages are newer than the
snapshot's `seq`: `rev` says which copy of a task counts, as always. A page of
`GET /api/v1/tasks`, or of a task's history, may be shorter than its `limit` for the same reason,
and so may a page of events: its tasks, messages and drafts count; a page of messages or pins
(400 kB as well); and a page of chats (about a megabyte, last messages and drafts included). `next`
alone says whether a list goes on. A snapshot has the newest 50 messages and the latest 100 pins, or
as many of each as fit 400 kB; what came before has a lower `n`.

Done cards pile up: with `done=50` a snapshot, a board, the first load and the pages of tasks have
of each column only so many, the last closed ones, and `more_done` names the columns that have
others. `GET /api/v1/columns/{id}/tasks` lists a column's done cards, the last closed first. Without
`done` all of them come.

All drafts of one person take up to 500 kB together; past that a longer one is `validation_failed`.
What was missed is sent to a socket in parts, the next when most of the one before has been taken.

## Unread

`unread` counts others' messages past the mark that are not deleted: the chat's last `n`, less
`read_n`, less the deleted ones between. `mentions` counts those of them that mention you. Who has
not read for very long is told that it is a great many, not how many: of the deleted ones past a
mark 10,000 are counted, and mentions are looked for in the latest 10,000 messages that name
anybody.

## Mentions

`@name` mentions a member, `@all` everybody; upper and lower case are the same. It does not count in
code (between backticks, in a fenced or an indented block), within an e-mail address or a link's
address, in the middle of a word, and after a backslash. Dots, hyphens and underscores at the end
belong to the sentence. `tests/vectors/mentions.json` has the examples that the server and the web
client agree on.

## Texts, dates and what cannot be read

Space and blank lines at the ends of a text are not counted and not kept; a draft alone is kept as
it is. A field has, however padded, at most twice its length. A message's text and what names
something (titles, labels, names, items of a checklist) has at least one character that can be seen:
spaces, joiners, fillers, marks of direction and variation selectors alone are nothing. Titles,
labels and names are one line, without U+202D and U+202E. A repeat of a message is compared with the
text as first sent, space included.

Moments are written as RFC 3339 has them, with an offset and without leap seconds; moments and days
lie in the years 1970 to 2200. All else is `validation_failed`, with the name of the field.

A frame that cannot be read, but for its `id`, is answered with `validation_failed` under that `id`:
half of a character, bytes that are not UTF-8, too deep nesting, numbers that are too large. A frame
over `WS_MAX_COMMAND_BYTES` is answered with `payload_too_large`. The socket lives, and so does
everything that was sent before and after. Without an `id` that can be read the socket is closed
with 4400, or 4413 for what is too large, as is anything over twice that size.

## Forwarding

`message.forward` posts copies of up to 100 messages of a chat in up to 20 others, 200 in all: for
each chat in ascending `seq`. You are a member of all these chats, or nothing is posted. A copy has
the text of its moment and `forwarded_from`: who wrote it, when, and what the chat was called then;
a copy of a copy names the first author. It mentions no one and answers nothing, keeps its words
(it can be deleted, but not edited), and does not change with the original. A task made from the
message is copied with its files, assigned to no one. Deleted messages cannot be forwarded.

Everybody in the other chat sees the same `forwarded_from`; it has no address. Where the original
stands is told by `GET /chats/{id}/messages/{seq}/source` to those who may read it, and is
`not_found` for others.

The first copy has the command's `client_message_id`, the others have keys made of it, so a repeat
posts no copy twice. Copies in several chats are not one transaction: after `unavailable` repeat
the command with the same id, and what is missing is posted. The same id with other chats or
messages is `idempotency_mismatch`. Copies count against the rate of changes, one each.

## Files

A file is uploaded to a chat first, and a message names its id in `file_ids`: `POST /files` takes a
few at once, with an `Idempotency-Key` under which a repeat makes no second one. What is large comes
by tus 1.0 at `/uploads/resumable?chat_id=`, and the file has the upload's id. What no message has
named after 24 hours is removed.

A ZIP becomes files of its entries. One that fits a request goes to `POST /uploads?chat_id=`. A
larger one comes by tus, begun with `unpack` in `Upload-Metadata`, a key without a value: it may
have `ZIP_MAX_BYTES` then, and stays as it is until `POST /uploads/resumable/{id}/unpack`. That
answers, like the other, with `files`, what was `refused` and why, and, with `keep=true`, the
`original`. `upload.progress` is told under the upload's id. A repeat is answered with the same
files. While the first is under way it is `offset_conflict`: ask again in a moment. An archive of
which nothing is taken is refused and forgotten; what is wrong only with the moment
(`quota_exceeded`, `storage_full`, `unavailable`) leaves it for another try, for 24 hours.

## Files of tasks

A file is uploaded to the task's chat and then attached by `task.attach`; who may change the task
may do that. Files come and go one by one, without a `version`: what several people attach at once
is all there. They travel with the task, up to 100 of them, and may be read by whoever may read it.
`cover_file_id` is a field like any other; it names one of the task's images. A task made from a
message does not take its files over, for these go when the message is deleted; a forwarded task has
copies.

## Reactions

A reaction is one emoji, as UTS #51 has it: a picture with its skin tone, pictures joined by U+200D,
a flag, a keycap. It is kept, and told, in one way of writing ("fully qualified"): without variation
selectors, but with U+FE0F after each character that would be shown as text without it and has no
skin tone behind it, and after a keycap's digit. So ❤ and ❤️ are one reaction. Data that was cached
earlier may have another form: compare emoji by this key. `tests/vectors/emoji.json` has examples.

## Positions

A card's or a column's `position` is compared byte by byte, and seldom grows: where one would pass
64 characters, its neighbours take shorter ones in the same commit. Each of them is a `task.moved`
or `column.moved` in which nothing but `position` and `rev` differ: `version` is not raised, so that
no change of that card meets a conflict.

## Accounts

Rights are checked at the moment of the decision, and again after a body has arrived: a request
that was half sent when its sender was disabled, demoted or signed out is refused.

A password that an administrator has set must be changed at the first sign-in. The answer to that
says `must_change_password`; until `POST /auth/password` everything else is `forbidden` with
`reason: password_change_required`, and a socket is closed with 4403 and the same reason.

Each user has a notebook, a direct chat with themselves, as soon as they have an account. An
invitation is void, for good, once its maker is no active administrator. The first administrator is
made by the link that the server prints or by the command line, never by an open registration.

A group whose only owner is disabled, or becomes a guest, goes to the eldest of its admins, else of
its members, guests last; an owner who comes back does not get it back. Open tasks of a user who
leaves a chat, or is disabled, lose their assignee; `by` is null where the server did it.
"""


class Section(msgspec.Struct, frozen=True):
    title: str
    paragraphs: tuple[str, ...]


def _section(text: str) -> Section:
    title, *paragraphs = text.strip().split("\n\n")
    return Section(title, tuple(paragraph.replace("\n", " ") for paragraph in paragraphs))


SECTIONS: Final = tuple(_section(text) for text in _TEXT.split("\n## ")[1:])
