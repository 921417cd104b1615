"""The operators of a query, in both languages, each with the one form that its values have."""

from typing import Final

_NAMES: Final = {
    "from": "from от автор",
    "in": "in в чат",
    "has": "has есть",
    "is": "is это",
    "before": "before до",
    "after": "after после",
    "on": "on за когда",
    "label": "label метка тег",
    "due": "due срок",
    "type": "type вид kind",
}
NAMES: Final = {word: name for name, words in _NAMES.items() for word in words.split()}
"""By what is written before the colon, in lower case: the operator in English."""

_VALUES: Final[dict[str, dict[str, str]]] = {
    "has": {
        "file": "file files файл файлы вложение вложения",
        "image": "image images picture photo картинка картинки фото изображение",
        "link": "link links url ссылка ссылки",
        "task": "task tasks задача задачи",
    },
    "is": {
        "pinned": "pinned закреплено закреплен закреплена закрепленное закрепленные",
        "mine": "mine мое мой моя мои",
        "task": "task tasks задача задачи",
        "open": "open открыта открыто открыт открытые открытая",
        "done": "done готово готова готов готовые сделано сделана закрыта закрыто выполнено",
    },
    "type": {
        "message": "message messages сообщение сообщения",
        "comment": "comment comments комментарий комментарии",
        "task": "task tasks задача задачи",
        "file": "file files файл файлы",
        "person": "person people человек люди",
        "chat": "chat chats чат чаты",
    },
}
VALUES: Final = {
    name: {word: value for value, words in known.items() for word in words.split()}
    for name, known in _VALUES.items()
}
"""Of operators with a few values: by what is written, in lower case and without `ё`."""

ME: Final = frozenset({"me", "меня", "я", "мне"})
NO_DUE: Final = frozenset({"none", "no", "нет", "без"})
OVERDUE: Final = frozenset({"overdue", "просрочен", "просрочена", "просрочено", "просрочены"})
EITHER: Final = frozenset({"или", "or", "|"})
