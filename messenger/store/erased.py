"""What becomes of every table when a person is erased: of each column that may name them.

`tests/unit/test_erased_tables.py` holds this to the schema: a column of text or of a person's id
that nobody has decided on fails it. What others wrote about somebody is others' own, and stays.
"""

from typing import Final

GONE: Final = "the row is deleted"
NOBODY: Final = "the id stays, of nobody"
OTHERS: Final = "nothing of theirs"
WITH_MESSAGES: Final = "stays with `keep`; emptied with `remove`"
SHARED: Final = "belongs to the chat, and stays"
AUDIT: Final = "a record, kept for AUDIT_DAYS"

DECIDED: Final[dict[str, dict[str, str]]] = {
    "archive_holds": {},
    "archive_manifests": {"place": OTHERS, "name": OTHERS},
    "archive_loose": {"name": OTHERS, "place": OTHERS},
    "archive_mentions": {"sender_id": NOBODY, "mentions": NOBODY},
    "archive_parts": {
        "lookup": OTHERS,
        "place": OTHERS, "name": OTHERS, "state": OTHERS,
        "blocks": "places in a part, which is written anew (`messenger.archive.erasing`)",
    },
    "archive_tombstones": {},
    "attachments": {},
    "audit": {
        "by": NOBODY, "action": OTHERS, "subject": NOBODY, "details": AUDIT, "place": AUDIT,
    },
    "audit_cut": {},
    "audit_words": {"user_id": GONE, "words": GONE},
    "avatars": {"maker_id": NOBODY, "stream_id": GONE},
    "beside": {"name": OTHERS, "cursor": OTHERS},
    "blobs": {"place": OTHERS},
    "chats": {
        "kind": OTHERS, "title": SHARED, "user_ids": NOBODY, "created_by": NOBODY,
        "avatar_url": SHARED,
    },
    "columns": {"title": SHARED, "position": OTHERS, "changed": OTHERS},
    "consumers": {"name": OTHERS},
    "erasures": {"user_id": NOBODY, "messages": OTHERS, "by": NOBODY},
    "events": {
        "type": OTHERS, "by": NOBODY, "subject": NOBODY,
        "data": "ids, and fields of tasks, which are the chat's",
    },
    "exports": {"user_id": GONE, "state": GONE},
    "files": {
        "uploader_id": NOBODY, "name": WITH_MESSAGES, "mime": WITH_MESSAGES,
        "placeholder": WITH_MESSAGES, "no_preview": OTHERS, "folder": WITH_MESSAGES,
        "shown_as": OTHERS, "waveform": WITH_MESSAGES,
    },
    "instance": {"name": OTHERS, "value": OTHERS},
    "invites": {
        "role": OTHERS, "created_by": NOBODY, "revoked_by": NOBODY, "email": "emptied",
    },
    "job_runs": {
        "job": OTHERS, "by": NOBODY, "outcome": OTHERS, "step": OTHERS, "error": OTHERS,
        "details": OTHERS,
    },
    "jobs": {"name": OTHERS},
    "legal_holds": {
        "user_id": "forbids it", "reason": "an administrator's words", "placed_by": NOBODY,
    },
    "mail_marks": {"user_id": GONE},
    "mails": {"key": GONE, "kind": GONE, "user_id": GONE, "address": GONE, "data": GONE},
    "members": {"user_id": NOBODY, "role": "they leave groups; marks are emptied"},
    "messages": {
        "sender_id": NOBODY, "text": WITH_MESSAGES, "mentions": NOBODY, "pinned_by": NOBODY,
        "forwarded_from": "of theirs: with the message; of others: without the name",
    },
    "preferences": {"user_id": GONE, "notify": GONE, "draft": GONE},
    "push_subscriptions": {
        "user_id": GONE, "endpoint": GONE, "p256dh": GONE, "auth": GONE, "key_id": GONE,
        "user_agent": GONE, "locale": GONE, "error": GONE, "error_code": GONE,
    },
    "pushed": {"user_id": GONE, "tag": GONE},
    "reactions": {"emoji": NOBODY, "user_id": NOBODY},
    "reminders": {"user_id": GONE, "kind": GONE, "due": GONE},
    "request_keys": {"user_id": GONE, "key": GONE, "subject": GONE},
    "retained": {
        "user_id": "a hold forbids it", "kind": OTHERS, "was": "in others': without the name",
    },
    "search_builds": {"name": OTHERS, "data": OTHERS},
    "search_entries": {"codes": NOBODY, "marks": NOBODY},
    "search_texts": {"text": "goes with the content it is of"},
    "search_unread": {},
    "search_words": {
        "word": "goes once nothing has it (`messenger.search.forgetting`)", "root": "with the word",
    },
    "sent_keys": {"sender_id": NOBODY},
    "sessions": {"user_id": GONE, "device": GONE},
    "streams": {"kind": OTHERS},
    "task_files": {},
    "tasks": {
        "position": OTHERS, "title": SHARED, "description": SHARED, "status": OTHERS,
        "assigned_to": "handed over, like those of who leaves", "creator": NOBODY,
        "due_zone": OTHERS, "labels": SHARED, "checklist": SHARED, "changed": OTHERS,
    },
    "users": {
        "username": "of nobody", "username_key": "of nobody", "email": "emptied",
        "email_key": "emptied", "display_name": "“deleted account”", "avatar_url": "emptied",
        "role": OTHERS, "password_hash": "emptied", "locale": "emptied", "time_zone": "emptied",
        "notifications": "emptied", "searches": "emptied",
    },
}  # fmt: skip
