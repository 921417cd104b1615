"""`/downloads/NAME`: the desktop client's installers, and what finds and checks its updates.

For everybody who reaches the server: whoever has no client cannot sign in yet. Only what was
published is there (`messenger.installers`).
"""

from typing import Final

from aiohttp import web

from messenger.errors import NotFound
from messenger.http.plumbing.keys import OFFERED, SETTINGS
from messenger.installers import Offered

LISTS: Final = ".yml"


async def send(request: web.Request) -> web.StreamResponse:
    """A file as it is, or the part of it that was asked for."""
    name = request.match_info["name"]
    path = request.app[OFFERED].path(name)
    if path is None or not path.is_file():
        raise NotFound("There is no such installer here.")
    is_list = name.endswith(LISTS)
    headers = {
        # A list changes with the next version; a name with a version in it never does.
        "Cache-Control": "no-cache" if is_list else "public, max-age=86400",
        "Content-Type": "text/yaml; charset=utf-8" if is_list else "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return web.FileResponse(path, headers=headers)


def install(app: web.Application) -> None:
    app[OFFERED] = Offered(app[SETTINGS].data_dir)
    app.router.add_get("/downloads/{name}", send)
