"""The words of the server's own pages, in both languages.

What is generated from the code (operations, fields, sentences) is English in
either; these are the words around it.
"""

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
    start: str
    start_hint: str
    rest: str
    rest_hint: str
    socket: str
    exchange: str
    exchange_hint: str
    commands: str
    commands_hint: str
    events: str
    events_hint: str
    in_chat: str
    in_user: str
    frames: str
    objects: str
    objects_hint: str
    closes: str
    errors: str
    errors_hint: str
    errors_everywhere: str
    settings: str
    settings_hint: str
    parameters: str
    body: str
    answer: str
    optional: str
    default: str


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
    note="Описания команд и полей составлены по коду и потому на английском, как и сами имена.",
    start="Начало",
    start_hint="Войдите, возьмите из ответа access и передавайте его с каждым запросом.",
    rest="REST",
    rest_hint="Все адреса отвечают и без /api. С каждой записью передавайте Idempotency-Key: повтор"
    " получит ответ, но ничего не сделает второй раз.",
    socket="WebSocket",
    exchange="Пример разговора",
    exchange_hint="→ говорит клиент, ← говорит сервер.",
    commands="Команды",
    commands_hint="У каждой команды может быть id: на неё придёт один ответ с тем же id, ack или"
    " error.",
    events="События",
    events_hint="Каждое событие приходит в одном и том же конверте.",
    in_chat="В потоке чата",
    in_user="В своём потоке",
    frames="Ответы и сигналы",
    objects="Объекты",
    objects_hint="Пустое поле равно null, но не пропадает, если не сказано, что оно необязательно.",
    closes="Коды закрытия",
    errors="Ошибки",
    errors_hint="Одни и те же в REST и в WebSocket.",
    errors_everywhere="Кроме названных, у любой операции могут быть и общие ошибки:",
    settings="Настройки",
    settings_hint="Переменные окружения. Секрет можно прочитать из файла: NAME_FILE. Все значения"
    " показывает bin/messenger doctor.",
    parameters="Параметры",
    body="Тело",
    answer="Ответ",
    optional="необязательно",
    default="по умолчанию",
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
    note="What commands and fields mean is generated from the code.",
    start="First steps",
    start_hint="Sign in, take access from the answer, and send it with every request.",
    rest="REST",
    rest_hint="Every address also answers without /api. Send an Idempotency-Key with every write: a"
    " repeat is then answered, and not done again.",
    socket="WebSocket",
    exchange="An exchange",
    exchange_hint="→ is what the client says, ← what the server does.",
    commands="Commands",
    commands_hint="Any command may have an id: it then gets one answer with the same id, an ack or"
    " an error.",
    events="Events",
    events_hint="Every event comes in the same envelope.",
    in_chat="In a chat's stream",
    in_user="In one's own stream",
    frames="Answers and signals",
    objects="Objects",
    objects_hint="An empty field is null and never missing, unless it is marked as optional.",
    closes="Close codes",
    errors="Errors",
    errors_hint="The same over REST and on the WebSocket.",
    errors_everywhere="Besides those named, any operation may fail with one of these:",
    settings="Settings",
    settings_hint="Environment variables. A secret can be read from a file: NAME_FILE. All values"
    " are shown by bin/messenger doctor.",
    parameters="Parameters",
    body="Body",
    answer="Answer",
    optional="optional",
    default="default",
)

LANGUAGES: Final = {words.locale: words for words in (RU, EN)}
