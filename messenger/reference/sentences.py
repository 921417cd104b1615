"""What commands, events and frames mean, a sentence each, for the generated documents.

Holds words only: the names come from `commands` and `events`, and a test sees
that none is without its sentence.
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
    "message.delete": "Take a message back: its author, or an administrator of the group. A"
    " tombstone stays.",
    "message.pin": "Pin a message for everybody in the chat.",
    "message.unpin": "Take a pin away: who set it, or an administrator of the chat; in a direct"
    " chat either of the two.",
    "reaction.add": "React to a message with an emoji. Twice is once.",
    "reaction.remove": "Take your reaction back.",
    "read.mark": "Move your marks in a chat. They only go forward; a lower number changes nothing.",
    "chat.create": "Make a group. You become its owner.",
    "chat.direct": "Open the direct chat with somebody, or with yourself, made if need be. The"
    " other does not see it before the first message.",
    "chat.update": "Change a chat's title, or give it a board: its owner and administrators; not in"
    " a direct chat.",
    "chat.delete": "End a group for everybody: its owner may.",
    "member.add": "Take people into a group: its owner and administrators. Those who are in it"
    " already stay as they are.",
    "member.update": "Give a member another role in the chat. Owners are named by owners, and the"
    " last one stays.",
    "member.remove": "Remove somebody from a group: its owner and administrators. Anybody may leave"
    " by naming themselves, but the last owner hands over first.",
    "notify.set": "Choose what a chat may notify you of.",
    "listing.set": "Keep a chat at the top of your list, or show it as unread.",
    "draft.set": "Keep an unfinished message for your other devices. An empty text removes it.",
    "task.create": "Make a task; without a chat, in the organisation's common one.",
    "message.task": "Make a task out of a message, linked both ways.",
    "task.update": "Change what is set of a task. What others changed since `version` is kept; the"
    " same field changed twice is `version_conflict`. `checklist` and `labels` are one field each:"
    " on a conflict lay your list and that of `details.current` together over what you saw,"
    " items by their `id`, and send that with its version.",
    "task.move": "Put a card before another one of a column, or last; without a column, off the"
    " board.",
    "task.delete": "Delete a task. A tombstone stays.",
    "column.create": "Add a column to a chat's board.",
    "column.update": "Change what is set of a column; one for what is open stays.",
    "column.move": "Put a column before another one, or last.",
    "column.delete": "Take a column away; its cards go to the next of its kind, or off the board.",
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
    "task.created": "Somebody made a task.",
    "task.updated": "A task changed.",
    "task.moved": "A card stands in another place.",
    "task.deleted": "A task was deleted. What is left is a tombstone.",
    "column.created": "The board has a new column.",
    "column.updated": "A column changed.",
    "column.moved": "A column stands in another place.",
    "column.deleted": "A column is gone. What is left is a tombstone.",
    "user.joined": "Somebody new is in the organisation. Only in the `org` chat.",
    "user.updated": "Somebody's name, avatar or role changed, or the account was disabled or"
    " enabled. Only in the `org` chat.",
    "chat.joined": "You are in a chat from now on. Live events come by themselves after"
    " `subscribe` with `all`; what was before comes with the chat's snapshot.",
    "chat.left": "You are no longer in a chat.",
    "notify.changed": "You chose what a chat may notify you of.",
    "listing.changed": "You pinned a chat in your list, marked it as unread, or took that back.",
    "draft.changed": "Your unfinished message in a chat changed.",
    "settings.changed": "Your own account changed, its private part included.",
    "task.reminder": "A task of yours is due soon, now, or overdue.",
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
