"""`POST /probe`: what the server saw of a request, for `doctor`, which calls from outside in.

Only who has the secret key is answered (`doctor.knock`); for anybody else there is nothing here.
"""

import resource
from typing import Final

from aiohttp import web

from messenger.doctor import knock
from messenger.doctor.version import here, schema
from messenger.errors import NotFound, PayloadTooLarge
from messenger.http.plumbing.keys import IS_SECURE, SETTINGS
from messenger.http.plumbing.middlewares import is_trusted
from messenger.http.plumbing.responses import respond

SCHEMA: Final = web.AppKey("schema", str)
"""That of the program as it was started."""


async def probe(request: web.Request) -> web.StreamResponse:
    settings = request.app[SETTINGS]
    if not knock.is_signed(settings.secret_key, request.headers.get(knock.HEADER, "")):
        raise NotFound
    received = 0
    async for piece in request.content.iter_any():
        received += len(piece)
        if received > settings.file_max_bytes:
            raise PayloadTooLarge
    return respond(seen(request, received))


def seen(request: web.Request, received: int) -> knock.Seen:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return knock.Seen(
        peer=f"{peer[0]} {peer[1]}" if peer else "",
        believed=is_trusted(peer and peer[0], request.app[SETTINGS].trusted_proxies),
        remote=request.remote,
        secure=request.get(IS_SECURE, False),
        host=request.host,
        forwarded_for="X-Forwarded-For" in request.headers,
        bytes=received,
        version=here()[0],
        # Not that of what lies there now: it may have been upgraded under this process.
        schema=request.app[SCHEMA],
        open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    )


def install(app: web.Application) -> None:
    app[SCHEMA] = schema()
    app.router.add_post(knock.PATH, probe)
