"""What each setting is for, in a sentence, with its default, for the generated documents.

Names and defaults come from `config`; a test sees that none is without a
sentence. Never shows a value of a running server.
"""

from typing import Final

import msgspec

from messenger import config

_SENTENCES: Final[dict[str, str]] = {
    "DATABASE_URL": "The PostgreSQL to use, as `postgresql://user:password@host:5432/name`. Empty:"
    " one of our own, under `DATA_DIR`.",
    "DATA_DIR": "Where everything that is not in the database is kept.",
    "HOST": "The address to listen on.",
    "PORT": "The port to listen on; 0 takes any free one.",
    "BASE_URL": "The address people open, where it is not the one listened on.",
    "SECRET_KEY": "Signs tokens, invitations and links. Whoever knows it can be anybody.",
    "ACCESS_TOKEN_EXPIRE_MINUTES": "How long an access token is good.",
    "REFRESH_TOKEN_EXPIRE_DAYS": "How long a session lives without being used.",
    "BCRYPT_ROUNDS": "The cost of a password's hash; one more doubles it.",
    "REGISTRATION": "Who may make an account: anybody (`open`), who was invited (`invite`), or"
    " nobody but an administrator (`closed`).",
    "DIRECT_CHATS": "Whether two people may talk alone.",
    "CORS_ORIGINS": "Other sites whose pages may call the API from a browser.",
    "TRUSTED_PROXIES": "Addresses of reverse proxies, whose `X-Forwarded-For` and"
    " `X-Forwarded-Proto` are believed. They may read `/metrics`, too.",
    "MESSAGE_MAX_LENGTH": "Characters in a message.",
    "MESSAGE_RATE_LIMIT": "Messages of one person in one chat.",
    "WRITE_RATE_LIMIT": "Changes of one person that are no messages: tasks, reactions, edits, chats"
    " and the like; drafts are counted apart.",
    "MAX_OPEN_TASKS_PER_CHAT": "Tasks of a chat that are open, or done and still on the board.",
    "AUTH_RATE_LIMIT_WINDOW_SECONDS": "The time that attempts to sign in are counted over.",
    "AUTH_RATE_LIMIT_MAX_REQUESTS": "Attempts to sign in to one account from one address in that"
    " time.",
    "WS_HEARTBEAT_SEC": "A socket silent for so long is pinged.",
    "WS_IDLE_TIMEOUT_SEC": "A socket silent for so long is closed with 4408.",
    "WS_MAX_COMMAND_BYTES": "Bytes of a command. A longer frame is answered with"
    " `payload_too_large`; one over twice as long closes the socket with 4413.",
    "WS_MAX_PENDING_BYTES": "Bytes a reader may be behind with live events; beyond, the socket is"
    " closed with 4503.",
    "WS_MAX_IDS_PER_SUBSCRIBE": "Streams in one `subscribe`; `all` is not bound by it.",
    "WS_MAX_SUBSCRIPTIONS_PER_CONNECTION": "Streams of one socket.",
    "WS_MAX_CONNECTIONS_PER_USER": "Sockets of one person; with one more, the quietest of the"
    " session that has the most is closed with 4429.",
    "WS_RATE_LIMIT_WINDOW_SEC": "The time that commands are counted over.",
    "WS_RATE_LIMIT_MAX_COMMANDS": "Commands of one socket in that time; more close it with 4429."
    " Twenty ids in a command weigh as much as one more.",
    "FILE_MAX_BYTES": "Bytes of one uploaded file.",
    "RETENTION_DAYS": "How long messages and events stay in the live log before they are archived.",
    "ARCHIVE_YEARS": "How long archives are kept.",
    "BACKUP_KEEP_DAYS": "How long backups are kept.",
    "VAPID_SUBJECT": "How push services reach the operator, like `mailto:admin@example.org`."
    " Empty: no web push.",
    "DEFAULT_LOCALE": "The language of what the server writes itself.",
    "LOG_LEVEL": "How much is logged: `debug`, `info`, `warning` or `error`.",
    "LOG_FORMAT": "How a line is logged: `text` or `json`.",
}

# Those whose default depends on where the server runs, or is made there.
_MADE: Final = {
    "DATA_DIR": "`data` in a checkout, else `~/.local/share/messenger`",
    "BASE_URL": "`http://HOST:PORT`",
    "SECRET_KEY": "made once, kept under `DATA_DIR`",
    "WS_MAX_COMMAND_BYTES": "`512 KiB`; more with a long `MESSAGE_MAX_LENGTH`",
    "WS_MAX_PENDING_BYTES": "`1 MiB`; more with a long `MESSAGE_MAX_LENGTH`",
}
_BYTES: Final = ("WS_MAX_COMMAND_BYTES", "WS_MAX_PENDING_BYTES", "FILE_MAX_BYTES")


class SettingNote(msgspec.Struct, frozen=True):
    """A row of the settings' table; `default` is marked up, and empty where there is none."""

    name: str
    default: str
    sentence: str


def notes() -> list[SettingNote]:
    """Every setting, in the order that `config` has them."""
    # With a key given, reading the defaults touches no file.
    defaults = config.describe(config.load({"SECRET_KEY": "only to read the defaults" * 2}))
    return [
        SettingNote(name, _MADE.get(name) or _shown(name, value), _SENTENCES[name])
        for name, value, _ in defaults
    ]


def _shown(name: str, value: str) -> str:
    if not value:
        return ""
    if name in _BYTES:
        size = int(value)
        value = f"{size >> 20} MiB" if size >= 2**20 else f"{size >> 10} KiB"
    return f"`{value}`"
