"""The words of the server's own pages, in both languages.

What is generated from the code is English in either; these are the words around it.
"""

import re
from typing import Final

import msgspec


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """One language. Every word is there, or the module does not load."""

    locale: str
    other: str
    other_name: str
    # The front page
    running: str
    ready: str
    not_ready: str
    reasons: dict[str, str]
    version: str
    api_level: str
    docs: str
    docs_hint: str
    for_programs: str
    openapi: str
    asyncapi: str
    health: str
    readiness: str
    # The reference
    home: str
    skip: str
    contents: str
    note: str


RU: Final = Words(
    locale="ru",
    other="en",
    other_name="English",
    running="Сервер работает",
    ready="Готов принимать запросы.",
    not_ready="Пока не готов принимать запросы:",
    reasons={
        "starting": "ещё запускается",
        "draining": "скоро остановится",
        "database": "нет связи с базой данных",
        "lock": "сервер восстанавливает свою связь с базой данных",
        "migrations": "база данных не той версии; перезапустите сервер",
    },
    version="Версия",
    api_level="Уровень API",
    docs="Документация",
    docs_hint="REST, WebSocket, события, ошибки и настройки: всё на одной странице, без интернета.",
    for_programs="Для программ",
    openapi="описание REST, OpenAPI 3.1",
    asyncapi="описание WebSocket, AsyncAPI 3.0",
    health="жив ли процесс",
    readiness="готов ли сервер к работе",
    home="На главную",
    skip="К содержанию страницы",
    contents="Содержание",
    note="Описание составлено по коду и потому на английском, как и сами имена.",
)

EN: Final = Words(
    locale="en",
    other="ru",
    other_name="Русский",
    running="The server is running",
    ready="Ready to take requests.",
    not_ready="Not ready to take requests yet:",
    reasons={
        "starting": "it is still starting",
        "draining": "it is about to stop",
        "database": "the database is away",
        "lock": "the server is taking back its hold of the database",
        "migrations": "the database is of another version; restart the server",
    },
    version="Version",
    api_level="API level",
    docs="Documentation",
    docs_hint="REST, WebSocket, events, errors and settings, on one page and without the internet.",
    for_programs="For programs",
    openapi="the REST API, in OpenAPI 3.1",
    asyncapi="the WebSocket, in AsyncAPI 3.0",
    health="whether the process lives",
    readiness="whether the server is ready",
    home="Front page",
    skip="Skip to the content",
    contents="Contents",
    note="Generated from the code.",
)

LANGUAGES: Final = {words.locale: words for words in (RU, EN)}


def preferred_words(accepted: str, default: Words) -> Words:
    """Choose by `Accept-Language` (RFC 9110 §12.5.4); the earlier of equals."""
    best, found = 0.0, default
    for each in accepted.lower().split(","):
        tag, _, weight = each.strip().partition(";")
        match = re.fullmatch(r"\s*q=([01](?:\.\d{1,3})?)\s*", weight)
        quality = float(match[1]) if match else 0.0 if weight else 1.0
        words = LANGUAGES.get(tag.strip().partition("-")[0])
        if words is not None and quality > best:
            best, found = quality, words
    return found
