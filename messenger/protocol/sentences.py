"""What the words of the protocol mean, a sentence each, for the generated documents.

One vocabulary: a field has one meaning wherever it stands, and the few that
differ are named with their Struct. Holds words only; the names come from
`commands`, `events` and `model`, and a test sees that none is without a sentence.
"""

from messenger.protocol.events import CloseReason

COMMANDS: dict[str, str] = {
    "auth": "Sign the socket in. Later, with a fresh access token of the same session, keep it"
    " open; another session or person closes it with 4403.",
    "subscribe": "Hear streams: first what came after each cursor, then what happens. Answered"
    " after the backlog: what follows the answer is live.",
    "unsubscribe": "Stop hearing streams.",
    "ping": "Ask whether the server is there. Answered by `pong`, not by `ack`.",
    "presence.watch": "Say whose coming and going this socket wants to hear of, in place of those"
    " named before.",
    "typing": "Say that you are writing. Needs no `id`: there is nothing to wait for.",
    "message.send": "Post a message. A repeat with the same `client_message_id` stores nothing and"
    " gets the first answer again, with `duplicate: true`.",
    "message.edit": "Change the text of your own message.",
    "message.delete": "Take a message back: its author, or an administrator of the chat."
    " A tombstone stays.",
    "message.pin": "Pin a message for everybody in the chat.",
    "message.unpin": "Take a pin away: who pinned it, its author, or an administrator of the chat.",
    "reaction.add": "React to a message with an emoji. Twice is once.",
    "reaction.remove": "Take your reaction back.",
    "read.mark": "Move your marks in a chat. They only go forward; a lower number changes nothing.",
    "chat.create": "Make a group. You become its owner.",
    "chat.direct": "Open the direct chat with somebody, or with yourself, made if need be. The"
    " other does not see it before the first message.",
    "chat.update": "Change a group's title, or give it a board.",
    "chat.delete": "End a group for everybody: its owner may.",
    "member.add": "Take people into a group. Those who are in it already stay as they are.",
    "member.update": "Give a member another role in the chat.",
    "member.remove": "Remove somebody from a group, or leave it yourself.",
    "notify.set": "Choose what a chat may notify you of.",
    "draft.set": "Keep an unfinished message for your other devices. An empty text removes it.",
}

EVENTS: dict[str, str] = {
    "message.created": "Somebody posted a message.",
    "message.edited": "The author changed the text.",
    "message.updated": "Its task or its files changed; the author did not edit it.",
    "message.deleted": "A message was taken back. What is left is a tombstone.",
    "message.pinned": "A message was pinned.",
    "message.unpinned": "A pin was taken away.",
    "reaction.added": "Somebody reacted.",
    "reaction.removed": "Somebody took a reaction back.",
    "chat.created": "The chat was made: the first event of its stream.",
    "chat.updated": "Its title or its board changed.",
    "chat.deleted": "The chat is over. `subscription.ended` follows.",
    "member.joined": "Somebody is in the chat from now on.",
    "member.updated": "Somebody's role in the chat changed.",
    "member.left": "Somebody is no longer in the chat.",
    "user.joined": "Somebody new is in the organisation. Only in the `org` chat.",
    "user.updated": "Somebody's name, avatar or role changed, or the account was disabled or"
    " enabled. Only in the `org` chat.",
    "chat.joined": "You are in a chat from now on. Live events come by themselves after"
    " `subscribe` with `all`; what was before comes with the chat's snapshot.",
    "chat.left": "You are no longer in a chat.",
    "notify.changed": "You chose what a chat may notify you of.",
    "draft.changed": "Your unfinished message in a chat changed.",
    "settings.changed": "Your own account changed, its private part included.",
    "session.revoked": "One of your sessions is over. Its sockets are closed with 4401.",
}

FRAMES: dict[str, str] = {
    "connection.welcome": "Follows a successful sign-in.",
    "ack": "A command was done. What it changed is stored.",
    "error": "A command was refused, and nothing of it was done. Without `id` when the frame's own"
    " could not be read.",
    "pong": "The answer to `ping`.",
    "auth.expiring": "The access token runs out within a minute: send `auth` with a fresh one.",
    "typing": "Somebody is writing. At most once a second, in chats of up to 100 members.",
    "presence": "Somebody came or went: one you watch, or share a direct chat with.",
    "receipts": "How far members have read and received. At most once a second, in chats of up to"
    " 100 members.",
    "mark": "Your own mark moved, on another of your devices.",
    "subscription.ended": "The stream may not be read any more; nothing else comes of it.",
}

CLOSE_ADVICE: dict[CloseReason, str] = {
    "retry": "Connect again, after a moment that differs from client to client, and resume.",
    "refresh": "Refresh the access token, then connect again.",
    "sign_in": "Sign in again; do not just retry.",
    "never": "Do not retry: this account or token may not do that.",
}

_FIELDS: dict[str, str] = {
    # Frames
    "type": "What kind of frame it is.",
    "Command.id": "Yours to choose; the answer bears it.",
    "Ack.id": "The command's own.",
    "Ack.data": "What the command is answered with.",
    "Error.id": "The command's own.",
    "Error.error": "What went wrong.",
    "Pong.id": "The command's own.",
    "at": "When it happened, by the server's clock.",
    "Pong.at": "The server's clock.",
    "key": "Makes a repeat harmless for 30 days: the same key is done once and answered each time.",
    "token": "An access token.",
    "session_id": "A signed-in device.",
    "heartbeat_sec": "The server pings a silent socket after so many seconds.",
    "server_time": "The server's clock.",
    "api_level": "Raised by one with each addition to the protocol.",
    "epoch": "A random number of this history of the database. Keep it with the cursors.",
    "Subscribed.epoch": "To be kept with the cursors.",
    "Subscribe.epoch": "The epoch that the cursors come from; needed with any cursor above 0.",
    "code": "What went wrong, for programs.",
    "message": "What went wrong and what to do, for people.",
    "details": "More of it, by the kind of error.",
    # Streams
    "stream": "The stream: a chat's id, or a person's own.",
    "streams": "Their ids.",
    "Subscribe.streams": "Pairs of stream and cursor, the last `seq` you have; a null cursor starts"
    " at the present.",
    "Subscribed.streams": "Each stream that was asked for.",
    "all": "Your own stream and every chat you are in, also those you join later.",
    "cursors": "With `all`: pairs of stream and cursor. A chat that is not in it starts at the"
    " present.",
    "seq": "The number in the stream: 1, 2, 3 … with no gap and no repeat.",
    "ChatChange.seq": "The message.",
    "StreamState.seq": "Live events start after it.",
    "StreamState.id": "The stream.",
    "ChatMembership.seq": "Where the chat's stream stands.",
    "reset": "The cursor is of no use any more: fetch the snapshot, then apply what is above it.",
    "gone": "You may not read this stream, or not any more.",
    "my": "Your own state of the chat.",
    "marks": "`[user_id, read_seq, received_seq]` of members, in chats of up to 100.",
    "by": "Who did it; null when it was the server itself.",
    "data": "The whole subject as it stands now.",
    "rev": "The `seq` of its last change. Ignore data with a lower one than you hold.",
    # People
    "user_id": "The person.",
    "user_ids": "The people.",
    "WatchPresence.user_ids": "Whom to watch.",
    "Chat.user_ids": "The people of a direct chat, one when it is the notebook; else null.",
    "Reaction.user_ids": "The first 20 who gave it.",
    "users": "Their presence.",
    "online": "Whether a socket of theirs is open.",
    "last_seen_at": "When they were last here; null while online, or when never.",
    "username": "The name to sign in and to mention by.",
    "display_name": "The name to show.",
    "avatar_url": "Their picture, if there is one.",
    "User.role": "What they may do in the organisation.",
    "User.id": "The person, and the id of their stream.",
    "PresenceChanged.id": "The person.",
    "Presence.id": "The person.",
    "disabled_at": "Since when the account is locked.",
    "email": "Only the person and administrators see it.",
    "locale": "The language, like `ru` or `en`.",
    "time_zone": "The time zone, like `Europe/Moscow`.",
    # Chats
    "Chat.id": "The chat, and the id of its stream.",
    "chat_id": "The chat.",
    "kind": "`direct`: two people, or oneself. `group`. `org`: everybody but guests.",
    "title": "Its name; null in a direct chat.",
    "CreateChat.title": "Its name, up to 200 characters.",
    "UpdateChat.title": "Its new name; null leaves it.",
    "board": "Whether it has a board.",
    "UpdateChat.board": "Whether it has a board; null leaves it.",
    "member_ids": "Who is in it besides you.",
    "created_by": "Who made it.",
    "created_at": "When it was made.",
    "updated_at": "When it last changed.",
    "deleted_at": "When it was deleted: what is left is a tombstone.",
    "role": "The role in the chat.",
    "joined_at": "Since when.",
    "left_at": "Until when; null while in the chat.",
    "read_seq": "Everything up to there is read.",
    "received_seq": "Everything up to there has arrived on a device.",
    "read_n": "The `n` of the last message that is read.",
    "unread": "How many messages of others are not read.",
    "My.mentions": "How many of the unread mention you.",
    "notify": "What may notify you.",
    "level": "Which messages may notify you.",
    "until": "Mute until then; null for good.",
    "muted_until": "Silent until then.",
    "draft": "Your unfinished message.",
    # Messages
    "client_message_id": "A UUID that the sender makes: one message for ever, however often sent.",
    "text": "Unicode, kept as sent: 1 to `MESSAGE_MAX_LENGTH` characters after trimming.",
    "SetDraft.text": "The unfinished message.",
    "Message.text": "The text as sent; empty when deleted.",
    "reply_to": "The `seq` of the message that is answered.",
    "task_id": "The task it belongs to.",
    "file_ids": "Uploaded files to attach.",
    "EditMessage.file_ids": "The files it has from now on; null leaves them.",
    "emoji": "One emoji.",
    "n": "The number among the chat's messages alone: unread is a subtraction.",
    "sender_id": "Who wrote it.",
    "files": "What is attached.",
    "reactions": "By emoji.",
    "count": "How many gave it.",
    "mentions": "Members that the text mentions.",
    "mentions_all": "Whether the text mentions everybody.",
    "pinned_at": "Since when it is pinned.",
    "pinned_by": "Who pinned it.",
    "edited_at": "When the author last edited it.",
    "duplicate": "Whether this was a repeat.",
    # Files
    "File.id": "The file.",
    "uploader_id": "Who uploaded it.",
    "name": "Its name.",
    "mime": "Its type, found by its content.",
    "size": "Bytes.",
    "width": "Pixels, of an image.",
    "height": "Pixels, of an image.",
    "preview": "Whether there is a small picture of it.",
}


def field_sentence(struct: type, name: str) -> str | None:
    """What a field of a Struct means; a narrower meaning stands under `Struct.field`."""
    narrow = (_FIELDS.get(f"{each.__name__}.{name}") for each in struct.__mro__)
    return next(filter(None, narrow), None) or _FIELDS.get(name)


Section = tuple[str, str, tuple[str, ...]]

PROSE: tuple[Section, ...] = (
    (
        "connecting",
        "Connecting",
        (
            "`GET /api/v1/ws` (also `/v1/ws`), as one of two subprotocols:"
            " `messenger.v1.json` in text frames, which is the default, or `messenger.v1.msgpack`"
            " in binary ones. The objects are the same either way; times and UUIDs are strings in"
            " both. A browser's `Origin` must be this server's, or one of `CORS_ORIGINS`.",
            "Sign in with the header `Authorization: Bearer <access token>`; or, where headers"
            " cannot be set, with `auth` as the first frame within 10 seconds; or, at worst, with"
            " `?access_token=` in the address. Before that every other command is answered with"
            " `unauthorized`. `connection.welcome` follows.",
            "A minute before the access token runs out the server says `auth.expiring`. A fresh"
            " `auth` keeps the socket; without one it is closed with 4401.",
        ),
    ),
    (
        "frames",
        "Frames",
        (
            "Every frame is one object with a `type`. A command with an `id` (a number, or a text"
            " of up to 128 characters, yours to choose) gets exactly one `ack` or `error` that"
            " bears it. Unknown fields in a command are refused; unknown types and fields from the"
            " server are to be ignored, but for the cursor, which moves on.",
            "Commands that change something take a `key`. Send one with every such command: the"
            " same key is done once, and its repeat is answered with the subject as it stands by"
            " then. The same key with another command is `idempotency_mismatch`. A message has its"
            " `client_message_id` instead, which counts for ever and not for 30 days.",
        ),
    ),
    (
        "streams",
        "Streams and events",
        (
            "A stream is an ordered log with one owner. Every chat and every person has one, and"
            " its id is the chat's or the person's own. A change takes the stream's next `seq`: 1,"
            " 2, 3 … with no gap and no repeat, the same for every reader, live or catching up."
            " Keep the last `seq` you applied of each stream: it is your cursor.",
            "`data` is the whole subject as it stands when delivered, the same for every reader."
            " It bears `rev`, the `seq` of its last change: ignore data with a lower `rev` than"
            " you hold, and an event may be applied twice, or late, without harm. A connection"
            " gets its own events too, always before the `ack`.",
            "Clients that apply every event end with what a fresh fetch would give them.",
        ),
    ),
    (
        "resuming",
        "Subscribing and resuming",
        (
            "`subscribe` sends what came after each cursor and goes on live, with no hole and no"
            " repeat; its answer stands between the two. A second `subscribe` of a stream replaces"
            " the first. With `all: true` the person's own stream comes first, then every chat"
            " they are in, and each chat they join later by itself.",
            "`reset: true` says that a cursor is of no use: older than what is kept, ahead of the"
            " stream, more than 10,000 events behind, or of another `epoch`. Then fetch the chat's"
            " snapshot, `GET /api/v1/chats/{id}/snapshot`, and apply events above its `seq`; live"
            " ones are already coming. `gone: true` says that a stream may not be read; nothing"
            " else fails for it.",
            "The `epoch` names this history of the database. It is compared for equality only, and"
            " a restored backup has a new one.",
        ),
    ),
)
