"""The page of `doctor` for administrators: what is wrong with this installation, and what to do."""

import asyncio
import os
from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta

from messenger.doctor.finding import DoctorReport
from messenger.http.plumbing.keys import DATABASE, SETTINGS
from messenger.http.plumbing.operation import Input, operation

EXAMINING: Final = web.AppKey("examining", asyncio.Lock)
"""One at a time: it calls outside, and reads thousands of files' names."""


class Telling(Input, frozen=True, kw_only=True):
    locale: Annotated[
        Literal["ru", "en"] | None, Meta(description="The language; else that of the server.")
    ] = None


@operation(
    "What is wrong with this installation, and what to do",
    tag="admin",
    note=(
        "The page of `messenger doctor`: settings, machine, database, the way in from outside,"
        " services of others, what is stored. It takes some seconds."
    ),
    admin=True,
    query=Telling,
    ok=DoctorReport,
    lasting=True,
)
async def show_doctor(request: web.Request, query: Telling) -> DoctorReport:
    # With it comes SQLAlchemy, and a client of HTTP.
    from messenger.doctor.examining import Asked, examine_served

    app = request.app
    settings = app[SETTINGS]
    asked = Asked(
        locale=query.locale or settings.default_locale,
        dsn=app[DATABASE].dsn,
        local=_own_address(request),
    )
    async with app[EXAMINING]:
        return await asyncio.to_thread(examine_served, settings, os.environ, asked)


def _own_address(request: web.Request) -> str | None:
    """Where this very request arrived: what is listened on, whoever chose it."""
    own = request.transport.get_extra_info("sockname") if request.transport else None
    if not isinstance(own, tuple):
        return None
    host = f"[{own[0]}]" if ":" in own[0] else own[0]
    return f"http://{host}:{own[1]}"
