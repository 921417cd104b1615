"""What handlers find in the application and in a request; `app` fills the former."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry

from messenger.actors.directory import Directory
from messenger.actors.identities import Identities
from messenger.archive.reading import Reading
from messenger.auth import Passwords, Tokens
from messenger.cluster.nodes import Node
from messenger.config import Settings
from messenger.files.avatars import Avatars
from messenger.files.intake import Intake
from messenger.files.resumable import Uploads
from messenger.files.unpacking import Archives
from messenger.http.ops.last_hour import LastHour
from messenger.http.plumbing.at_once import AtOnce
from messenger.http.plumbing.lane import Lane
from messenger.http.plumbing.limits import Limits
from messenger.http.plumbing.sendfile import Sendfile
from messenger.http.plumbing.still_readable import StillReadable
from messenger.http.plumbing.turns import Turn, Turns
from messenger.installers import Offered
from messenger.jobs.schedule import Schedule
from messenger.mail.service import Mail
from messenger.model import Identity
from messenger.push.devices import Devices
from messenger.push.pusher import Pusher
from messenger.runtime import Runtime
from messenger.search.service import Search
from messenger.store.db import Database
from messenger.store.rows.organisation import Organisations
from messenger.store.trail import Trail

SETTINGS: Final = web.AppKey("settings", Settings)
RUNTIME: Final = web.AppKey("runtime", Runtime)
"""Those of the settings that change while it runs."""
DATABASE: Final = web.AppKey("database", Database)
DIRECTORY: Final = web.AppKey("directory", Directory)
NODES: Final = web.AppKey[Callable[[], list[Node]]]("nodes")
"""The servers of this database."""
READING: Final = web.AppKey("reading", Reading)
"""Messages, archived or not."""
IDENTITIES: Final = web.AppKey("identities", Identities)
PASSWORDS: Final = web.AppKey("passwords", Passwords)
TOKENS: Final = web.AppKey("tokens", Tokens)
FILES: Final = web.AppKey("files", Intake)
ARCHIVES: Final = web.AppKey("archives", Archives)
AVATARS: Final = web.AppKey("avatars", Avatars)
UPLOADS: Final = web.AppKey("uploads", Uploads)
PUSH: Final = web.AppKey("push", Devices)
PUSHER: Final = web.AppKey("pusher", Pusher)
SEARCH: Final = web.AppKey("search", Search)
LANE: Final = web.AppKey("lane", Lane)
SENDFILE: Final = web.AppKey("sendfile", Sendfile)
STILL_READABLE: Final = web.AppKey("still_readable", StillReadable)
ARRIVING: Final = web.AppKey("arriving", AtOnce)
"""Uploads."""
LEAVING: Final = web.AppKey("leaving", AtOnce)
"""Downloads."""
TURNS: Final = web.AppKey("turns", Turns)
"""At beginning a download."""
MAIL: Final = web.AppKey("mail", Mail)
LIMITS: Final = web.AppKey("limits", Limits)
OFFERED: Final = web.AppKey("offered", Offered)
ORGANISATION: Final = web.AppKey("organisation", Organisations)
TRAIL: Final = web.AppKey("trail", Trail)
NOWHERE: Final[web.AppKey[Callable[[web.Request], Awaitable[web.StreamResponse | None]]]] = (
    web.AppKey("nowhere")
)
"""What the client shows at an address that is none; None where it has nothing to show."""
CLOCK: Final[web.AppKey[Callable[[], datetime]]] = web.AppKey("clock")
"""UTC, with its zone."""
SCHEDULE: Final = web.AppKey("schedule", Schedule)
LAST_HOUR: Final = web.AppKey("last_hour", LastHour)
REGISTRY: Final = web.AppKey("registry", CollectorRegistry)

IDENTITY: Final = web.RequestKey("identity", Identity)
"""Who asks; there on every operation that is not public."""
TURN: Final = web.RequestKey("turn", Turn)
"""Of a download, while it begins."""
REQUEST_ID: Final = web.RequestKey("request_id", str)
IS_SECURE: Final = web.RequestKey("is_secure", bool)
"""Whether the person's end of the connection is TLS, as far as trusted proxies say."""
