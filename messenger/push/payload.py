"""What a device gets: a declarative web push message, which Safari shows by itself.

`web_push` and `notification` are the platform's (Push API, "declarative push messages"); what
stands beside them is for our service worker. Pure.
"""

from typing import Any, Final, Literal

import msgspec

from messenger.push.encryption import MOST
from messenger.words import say

WEB_PUSH: Final = 8030
"""What tells a declarative message from any other; the number of the RFC."""
Kind = Literal["message", "task", "reminder", "reaction", "invitation", "export", "gone", "test"]


class Notification(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    navigate: str
    body: str = ""
    tag: str = ""
    lang: str = ""
    silent: bool = False
    data: dict[str, Any] = {}


class Push(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole of it. `gone`: close what is shown under the tag, and show nothing."""

    notification: Notification | None = None
    app_badge: int | None = None
    kind: Kind
    id: str | None = None
    chat_id: int | None = None
    seq: int | None = None
    task_id: int | None = None
    sender_id: int | None = None
    avatar_url: str | None = None
    cause: str | None = None
    tag: str | None = None
    unread: int | None = None
    read_seq: int | None = None
    gone: bool = False


def written(push: Push) -> bytes:
    """As it is sealed: its text, then its title, shortened until it fits."""
    for field in ("body", "title"):
        data = encoded(push)
        if len(data) <= MOST or push.notification is None:
            return data
        push = fitted(push, push.notification, field)
    return encoded(push)


def fitted(push: Push, shown: Notification, field: str) -> Push:
    """With as much of one of its texts as there is room for."""
    text: str = getattr(shown, field)

    def with_first(count: int) -> Push:
        some = {field: f"{text[:count].rstrip()}…" if count else ""}
        return msgspec.structs.replace(push, notification=msgspec.structs.replace(shown, **some))

    # How many bytes a character takes in JSON is for JSON to say.
    least, most = 0, min(len(text), MOST)
    while least < most:
        middle = (least + most + 1) // 2
        if len(encoded(with_first(middle))) <= MOST:
            least = middle
        else:
            most = middle - 1
    return with_first(least)


def encoded(push: Push) -> bytes:
    # Where there is nothing to show it is no declarative message.
    head = {} if push.notification is None else {"web_push": WEB_PUSH}
    return msgspec.json.encode({**head, **msgspec.to_builtins(push)})


def of_test(id: str, base_url: str, locale: str) -> bytes:
    shown = Notification(
        title=say(locale, "test"),
        body=say(locale, "test_body"),
        navigate=f"{base_url}/settings/notices",
        tag="test",
        lang=locale,
    )
    return written(Push(notification=shown, kind="test", id=id))
