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
    "due_tomorrow": "Завтра срок задачи",
    "due_now": "Наступил срок задачи",
    "overdue": "Задача просрочена",
    "task": "Ваша задача",
    "reacted": "{name}: {emoji}",
    "invited_by": "{name}: приглашение в чат",
    "server": "Сервер",
    "chat": "Чат",
    "export_ready": "Ваши данные собраны",
    "export_ready_body": "Файл можно скачать в течение суток: Настройки → Мои данные.",
    "test": "Проверка уведомлений",
    "test_body": "Это устройство получает уведомления.",
    # Mail
    "mail_reset": "Новый пароль",
    "mail_reset_text": "{name}, для учётной записи @{username} попросили новый пароль.",
    "mail_reset_do": "Задать новый пароль",
    "mail_reset_note": "Ссылка действует час и один раз. С новым паролем закончатся все сеансы.",
    "mail_not_you": "Если это были не вы, ничего делать не нужно: пароль остаётся прежним.",
    "mail_verify": "Подтвердите адрес",
    "mail_verify_text": "{name}, этот адрес указали для учётной записи @{username}.",
    "mail_verify_do": "Это мой адрес",
    "mail_verify_note": "Ссылка действует сутки. Если это не вы, просто удалите письмо.",
    "mail_invite": "Приглашение: {name}",
    "mail_invite_heading": "Вас приглашают",
    "mail_invite_text": "{by} приглашает вас: {name}. Там чаты, задачи и доски команды.",
    "mail_invite_server": "Вас приглашают: {name}. Там чаты, задачи и доски команды.",
    "mail_invite_do": "Принять приглашение",
    "mail_invite_note": "Ссылка только для вас и действует до {until}.",
    "mail_missed": (
        "{count} новое, пока вас не было",
        "{count} новых, пока вас не было",
        "{count} новых, пока вас не было",
    ),
    "mail_missed_do": "Открыть",
    "mail_missed_note": "Здесь то, о чём не сообщили уведомления на ваших устройствах.",
    "mail_more": ("и ещё {count}", "и ещё {count}", "и ещё {count}"),
    "mail_messages": ("{count} сообщение", "{count} сообщения", "{count} сообщений"),
    "mail_tasks": (
        "{count} задача на неделю",
        "{count} задачи на неделю",
        "{count} задач на неделю",
    ),
    "mail_tasks_heading": "Мои задачи",
    "mail_tasks_do": "Открыть мои задачи",
    "mail_overdue": "Просрочены",
    "mail_this_week": "На этой неделе",
    "mail_later": "Потом",
    "mail_no_date": "Без срока",
    "mail_stop_digest": "Не присылать сводки",
    "mail_stop_weekly": "Не присылать задачи на неделю",
    "mail_stopped_digest": "Сводок больше не будет",
    "mail_stopped_weekly": "Писем с задачами больше не будет",
    "mail_stop_ask_digest": "Больше не присылать сводки пропущенного?",
    "mail_stop_ask_weekly": "Больше не присылать задачи на неделю?",
    "mail_stop_again": "Включить их снова можно в настройках, в разделе «Уведомления».",
    "mail_stop_bad": "Эта ссылка не подходит",
    "mail_stop_bad_text": "Письма можно отключить в настройках, в разделе «Уведомления».",
    "mail_test": "Проверка почты",
    "mail_test_text": "Этот сервер может отправлять письма.",
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
    "due_tomorrow": "A task is due tomorrow",
    "due_now": "A task is due now",
    "overdue": "A task is overdue",
    "task": "Your task",
    "reacted": "{name}: {emoji}",
    "invited_by": "{name} added you to a chat",
    "server": "The server",
    "chat": "Chat",
    "export_ready": "Your data is ready",
    "export_ready_body": "The file can be downloaded for a day: Settings → My data.",
    "test": "Notifications work",
    "test_body": "This device gets notifications.",
    # Mail
    "mail_reset": "A new password",
    "mail_reset_text": "{name}, somebody asked for a new password for the account @{username}.",
    "mail_reset_do": "Choose a new password",
    "mail_reset_note": "The link is good once, for an hour. A new password ends all sessions.",
    "mail_not_you": "If it was not you, do nothing: the password stays as it is.",
    "mail_verify": "Confirm your address",
    "mail_verify_text": "{name}, this address was given for the account @{username}.",
    "mail_verify_do": "This is my address",
    "mail_verify_note": "The link is good for a day. If it was not you, delete this mail.",
    "mail_invite": "Invitation: {name}",
    "mail_invite_heading": "You are invited",
    "mail_invite_text": "{by} invites you to {name}: the chats, tasks and boards of a team.",
    "mail_invite_server": "You are invited to {name}: the chats, tasks and boards of a team.",
    "mail_invite_do": "Accept the invitation",
    "mail_invite_note": "The link is for you alone, and good until {until}.",
    "mail_missed": ("{count} new while you were away", "{count} new while you were away"),
    "mail_missed_do": "Open",
    "mail_missed_note": "This is what no notification on your devices told you.",
    "mail_more": ("and {count} more", "and {count} more"),
    "mail_messages": ("{count} message", "{count} messages"),
    "mail_tasks": ("{count} task for the week", "{count} tasks for the week"),
    "mail_tasks_heading": "My tasks",
    "mail_tasks_do": "Open my tasks",
    "mail_overdue": "Overdue",
    "mail_this_week": "This week",
    "mail_later": "Later",
    "mail_no_date": "Without a date",
    "mail_stop_digest": "Send no more digests",
    "mail_stop_weekly": "Send no more weekly tasks",
    "mail_stopped_digest": "No more digests will come",
    "mail_stopped_weekly": "No more mails with tasks will come",
    "mail_stop_ask_digest": "Send no more digests of what you missed?",
    "mail_stop_ask_weekly": "Send no more mails with the tasks of the week?",
    "mail_stop_again": "You can have them again: Settings, Notifications.",
    "mail_stop_bad": "This link does not fit",
    "mail_stop_bad_text": "You can turn mail off in the settings, under Notifications.",
    "mail_test": "A test of mail",
    "mail_test_text": "This server can send mail.",
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
