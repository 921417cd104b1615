"""Legal holds, for administrators: place one on a chat or a person, see them, lift them."""

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from messenger.errors import Forbidden, IdempotencyMismatch, NotFound, ValidationFailed
from messenger.http.plumbing.keys import CLOCK, DATABASE, IDENTITY
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import idempotency_key, path_value
from messenger.protocol.command import Id, Uuid
from messenger.store.rows import holds
from messenger.store.rows.holds import Hold

Reason = Annotated[
    str, Meta(min_length=1, max_length=500, description="Why; the audit keeps it, too.")
]


class NewHold(Input, frozen=True, kw_only=True):
    """On a chat or on a person: one of the two."""

    chat_id: Id | None = None
    user_id: Id | None = None
    reason: Reason


@operation("What is on legal hold, the oldest first", tag="admin", admin=True, ok=list[Hold])
async def list_holds(request: web.Request) -> list[Hold]:
    return await holds.listed(request.app[DATABASE])


@operation(
    "Hold a chat or a person: nothing of it is lost, whatever people delete",
    tag="admin",
    admin=True,
    body=NewHold,
    ok=Hold,
    status=201,
    errors=(Forbidden, NotFound, IdempotencyMismatch, ValidationFailed),
)
async def place_hold(request: web.Request, body: NewHold) -> Hold:
    if (body.chat_id is None) == (body.user_id is None):
        raise ValidationFailed("Name a chat or a person, one of the two.", field="chat_id")
    reason = body.reason.strip()
    if not reason:
        raise ValidationFailed("Say why it is held.", field="reason")
    return await holds.place(
        request.app[DATABASE],
        chat_id=body.chat_id,
        user_id=body.user_id,
        reason=reason,
        by=request[IDENTITY].user_id,
        at=request.app[CLOCK](),
        key=idempotency_key(request),
    )


@operation(
    "Lift a hold: what was deleted meanwhile goes, unless another hold keeps it",
    tag="admin",
    admin=True,
    path={"id": Uuid},
    errors=(Forbidden, NotFound),
)
async def lift_hold(request: web.Request) -> None:
    id = path_value(request, "id", Uuid)
    await holds.lift(request.app[DATABASE], id, request[IDENTITY].user_id, request.app[CLOCK]())
