"""What the server writes to people in their languages: one catalog for each, with plurals.

A word that has numbers in it is a list of its forms: one, few and many in Russian, one and other
in English (CLDR). Pure.
"""

from collections.abc import Mapping, Sequence
from typing import Final

Catalog = Mapping[str, str | Sequence[str]]

RU: Final[Catalog] = {
    "message": "Новое сообщение",
    "photo": "Фото",
    "video": "Видео",
    "voice": "Голосовое сообщение",
    "files": ("{count} файл", "{count} файла", "{count} файлов"),
    "photos": ("{count} фото", "{count} фото", "{count} фото"),
    "said": "{name}: {text}",
    "assigned": "{name}: задача вам",
    "changed": "{name}: изменения в вашей задаче",
    "commented": "{name}: комментарий к задаче",
    "due_tomorrow": "Срок завтра",
    "due_now": "Пора: срок наступил",
    "overdue": "Срок прошёл",
    "task": "Ваша задача",
    "reacted": "{name}: {emoji}",
    "invited_by": "{name}: приглашение в чат",
    "server": "Сервер",
    "chat": "Чат",
    "test": "Проверка уведомлений",
    "test_body": "Это устройство получает уведомления.",
}
EN: Final[Catalog] = {
    "message": "New message",
    "photo": "Photo",
    "video": "Video",
    "voice": "Voice message",
    "files": ("{count} file", "{count} files"),
    "photos": ("{count} photo", "{count} photos"),
    "said": "{name}: {text}",
    "assigned": "{name} gave you a task",
    "changed": "{name} changed your task",
    "commented": "{name} commented on a task",
    "due_tomorrow": "Due tomorrow",
    "due_now": "Due now",
    "overdue": "Overdue",
    "task": "Your task",
    "reacted": "{name}: {emoji}",
    "invited_by": "{name} added you to a chat",
    "server": "The server",
    "chat": "Chat",
    "test": "Notifications work",
    "test_body": "This device gets notifications.",
}
CATALOGS: Final[Mapping[str, Catalog]] = {"ru": RU, "en": EN}


def say(locale: str, key: str, **given: object) -> str:
    """A word of the catalog, filled in; by `count` where it has forms."""
    word = CATALOGS.get(locale, EN)[key]
    if not isinstance(word, str):
        word = word[form(locale, int(str(given["count"])))]
    return word.format(**given)


def form(locale: str, count: int) -> int:
    """Which of a word's forms goes with a number (CLDR's rules for whole numbers)."""
    if locale != "ru":
        return 0 if count == 1 else 1
    if count % 10 == 1 and count % 100 != 11:
        return 0
    return 1 if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14 else 2
