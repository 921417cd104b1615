"""A job in the words and the language of a device."""

import msgspec

from messenger.model import ExportReady, Message, Task, TaskReminder, User
from messenger.push.jobs import Job
from messenger.push.payload import Kind, Notification, Push
from messenger.push.plain import plain
from messenger.rules.notify import Changed, Invited, Posted, Reacted
from messenger.store.reads.pushing import View
from messenger.words import say


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when it is sent: the chat, who did it, the task, all that is unread."""

    view: View
    by: User | None
    task: Task | None
    badge: int
    base_url: str


def push_of(job: Job, known: Known, locale: str) -> Push:
    """What a device gets for a job."""
    view = known.view
    if job.subject is None:
        return Push(
            kind="gone",
            gone=True,
            tag=job.tag,
            chat_id=job.chat_id,
            seq=job.seq,
            app_badge=known.badge,
            unread=view.unread,
            read_seq=view.read_seq,
        )
    kind, title, body = words(job, known, locale)
    shown = Notification(
        title=title,
        body=body,
        navigate=known.base_url + address(job),
        tag=job.tag,
        lang=locale,
        silent=job.silent,
    )
    direct = view.kind == "direct"
    face = known.by.avatar_url if direct and known.by else view.avatar_url
    return Push(
        notification=shown,
        app_badge=known.badge,
        kind=kind,
        tag=job.tag,
        chat_id=job.chat_id,
        seq=job.seq,
        task_id=task_id(job),
        sender_id=job.by,
        avatar_url=face,
        cause=job.cause,
        unread=view.unread,
        read_seq=view.read_seq,
    )


def task_id(job: Job) -> int | None:
    match job.subject:
        case Posted(message=message):
            return message.task_id
        case Changed(task=task):
            return task.id
        case TaskReminder(task_id=id):
            return id
        case _:
            return None


def address(job: Job) -> str:
    """Where a click leads."""
    match job.subject:
        case Changed(task=task):
            return f"/task/{task.id}"
        case TaskReminder(task_id=id):
            return f"/task/{id}"
        case Posted() | Reacted():
            return f"/chat/{job.chat_id}/{job.seq}"
        case ExportReady():
            return "/settings/export"
        case _:
            return f"/chat/{job.chat_id}"


def words(job: Job, known: Known, locale: str) -> tuple[Kind, str, str]:
    """What kind it is, its title and its body."""
    view, name = known.view, called(known.by, locale)
    chat = name if view.kind == "direct" else view.title or say(locale, "chat")
    title = "" if known.task is None else known.task.title
    match job.subject:
        case Posted(message=message, task=task):
            if view.hide_text:
                return "message", chat, say(locale, "message")
            said = what_it_says(message, locale)
            if task is not None:
                return "message", say(locale, "commented", name=name), f"{task.title}\n{said}"
            if view.kind == "direct":
                return "message", chat, said
            return "message", chat, say(locale, "said", name=name, text=said)
        case Changed(task=task):
            key = "assigned" if job.cause == "task_assigned" else "changed"
            return "task", say(locale, key, name=name), hidden(task.title, view, locale)
        case TaskReminder(kind=kind):
            key = {"tomorrow": "due_tomorrow", "now": "due_now"}.get(kind, "overdue")
            return "reminder", say(locale, key), hidden(title, view, locale)
        case Reacted(change=change):
            if view.hide_text:
                return "reaction", chat, say(locale, "message")
            return "reaction", chat, say(locale, "reacted", name=name, emoji=change.emoji)
        case ExportReady():
            return "export", say(locale, "export_ready"), say(locale, "export_ready_body")
        case Invited():
            return "invitation", say(locale, "invited_by", name=name), chat
    raise TypeError(f"nothing to say of {job.subject!r}")


def hidden(title: str, view: View, locale: str) -> str:
    return say(locale, "task") if view.hide_text or not title else title


def called(user: User | None, locale: str) -> str:
    return say(locale, "server") if user is None else user.display_name


def what_it_says(message: Message, locale: str) -> str:
    """A message in a few words; one without a text is told by what hangs on it."""
    said = plain(message.text)
    if said or not message.files:
        return said
    files, first = message.files, message.files[0]
    if first.shown_as == "voice":
        return say(locale, "voice")
    pictures = [file for file in files if file.mime.startswith("image/")]
    if len(files) == 1:
        if pictures:
            return say(locale, "photo")
        return say(locale, "video") if first.mime.startswith("video/") else first.name
    key = "photos" if len(pictures) == len(files) else "files"
    return say(locale, key, count=len(files))
