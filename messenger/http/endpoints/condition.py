"""How the server has fared in the last hour, for administrators."""

import shutil
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.cluster.nodes import Node
from messenger.http.ops.health import READY
from messenger.http.ops.last_hour import Minute
from messenger.http.plumbing.keys import DATABASE, LAST_HOUR, NODES, SETTINGS
from messenger.http.plumbing.operation import operation
from messenger.store.reads import chat_figures


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    minutes: Annotated[
        list[Minute], Meta(description="The last hour, or since the start; the newest last.")
    ]
    disk_total: Annotated[int, Meta(description="Bytes of the disk where DATA_DIR is.")]
    leaderless: Annotated[int, Meta(description="Groups without an owner who can sign in.")]
    degraded: Annotated[
        list[str], Meta(description="Background tasks that fail now and are tried again.")
    ]


@operation("How the server has fared in the last hour", tag="admin", admin=True, ok=Condition)
async def show_condition(request: web.Request) -> Condition:
    return Condition(
        minutes=list(request.app[LAST_HOUR].minutes),
        disk_total=shutil.disk_usage(request.app[SETTINGS].data_dir).total,
        leaderless=await chat_figures.leaderless(request.app[DATABASE]),
        degraded=request.app[READY].failing(),
    )


@operation("The servers of this database", tag="admin", admin=True, ok=list[Node])
async def list_servers(request: web.Request) -> list[Node]:
    return request.app[NODES]()
