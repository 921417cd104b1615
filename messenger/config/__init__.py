"""Every setting: read from the environment once, at start, and nowhere else.

Each is declared once, in the class of its area (`server`, `accounts`, `chats`, `push`, `mail`,
`sockets`): its type, its default, what may stand there, what it is for. A new area is a class that
`settings` takes among its bases. `loading` reads them, `notes` documents them, `secret_key` and
`vapid_key` keep the keys that sign tokens and pushes.
"""

from messenger.config.loading import ConfigError as ConfigError
from messenger.config.loading import load as load
from messenger.config.loading import near_misses as near_misses
from messenger.config.printing import without_password as without_password
from messenger.config.settings import Settings as Settings
from messenger.config.settings import describe as describe
from messenger.config.sockets import COMMAND_BYTES as COMMAND_BYTES
