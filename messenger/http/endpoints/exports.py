"""What a person takes along: asked for, made by a job, fetched within a day."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Final

from aiohttp import web

from messenger.errors import AlreadyExists, NotFound, RateLimited
from messenger.http.plumbing import downloads
from messenger.http.plumbing.keys import CLOCK, DATABASE, IDENTITY, SCHEDULE, SETTINGS
from messenger.http.plumbing.operation import operation
from messenger.http.plumbing.requests import path_value
from messenger.jobs.exports import JOB, path_of
from messenger.protocol.command import Uuid
from messenger.store.rows import exports
from messenger.store.rows.exports import OwnExport

NAME: Final = "messenger-export.zip"


@operation("The export of what is yours, if you asked for one", tag="users", ok=OwnExport)
async def show_export(request: web.Request) -> OwnExport:
    return await exports.find(request.app[DATABASE], request[IDENTITY].user_id)


@operation(
    "Have all that is yours put into one file: messages, files, tasks, settings",
    note="One at a time, five a day; it can be fetched for a day. What others wrote is not in it.",
    tag="users",
    ok=OwnExport,
    status=202,
    errors=(RateLimited,),
)
async def ask_export(request: web.Request) -> OwnExport:
    app, user_id = request.app, request[IDENTITY].user_id
    asked = await exports.ask(app[DATABASE], user_id, app[CLOCK]())
    if asked.state == "waiting":
        with suppress(AlreadyExists):
            app[SCHEDULE].run_now(JOB, user_id)
    return asked


@operation("Have the export of what is yours removed before its time", tag="users")
async def remove_export(request: web.Request) -> None:
    await exports.remove(request.app[DATABASE], request[IDENTITY].user_id)


@operation(
    "The export of what is yours, as a ZIP",
    tag="files",
    path={"id": Uuid},
    ok=bytes,
    by_cookie=True,
    errors=(NotFound,),
)
async def fetch_export(request: web.Request) -> web.StreamResponse:
    id = path_value(request, "id", Uuid)
    found = await exports.find(request.app[DATABASE], request[IDENTITY].user_id)
    path = path_of(request.app[SETTINGS], id)
    if found.id != id or found.state != "ready" or not await asyncio.to_thread(Path.is_file, path):
        raise NotFound("There is no such export, or it is over.")
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": downloads.disposition(NAME, inline=False),
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    response = web.FileResponse(path, headers=headers)
    response.content_type = "application/zip"
    return response
