"""Web push: the server's key, a person's devices, a test of one of them."""

from typing import Annotated, Final

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import NotFound, RateLimited, ValidationFailed
from messenger.http.plumbing.keys import DATABASE, IDENTITY, PUSH, PUSHER
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import path_value
from messenger.http.plumbing.responses import Page
from messenger.model import PushSubscription
from messenger.protocol.command import Id, Uuid
from messenger.push import why as explaining
from messenger.push.devices import Tested
from messenger.rules import accounts as rules
from messenger.store.rows import users
from messenger.store.rows.subscriptions import Said

AGENT_LENGTH: Final = 256
"""Characters of a browser's name for itself that are kept."""
Key64 = Annotated[str, Meta(min_length=1, max_length=200)]
Address = Annotated[str, Meta(min_length=1, max_length=2048)]


class PushKey(msgspec.Struct, frozen=True, kw_only=True):
    key: Annotated[str, Meta(description="To be given as `applicationServerKey`; base64url.")]


class BrowserKeys(Input, frozen=True, kw_only=True):
    """As `PushSubscription.toJSON()` has them."""

    p256dh: Annotated[Key64, Meta(description="The device's public key.")]
    auth: Annotated[Key64, Meta(description="The secret shared with it.")]


class NewSubscription(Input, frozen=True, kw_only=True):
    endpoint: Annotated[Address, Meta(description="Where the push service takes pushes.")]
    keys: Annotated[BrowserKeys, Meta(description="What pushes are sealed with.")]
    key: Annotated[Key64, Meta(description="The server's key that it was made with.")]
    locale: Annotated[
        str | None, Meta(description="The language to be told in; null: your own.")
    ] = None
    replaces: Annotated[
        Address | None, Meta(description="The endpoint that this one follows, if it changed.")
    ] = None


class TestOf(Input, frozen=True, kw_only=True):
    subscription_id: Annotated[Uuid, Meta(description="The device to try.")]


class WhyQuery(Input, frozen=True, kw_only=True):
    chat_id: Id
    seq: Annotated[Id, Meta(description="The `seq` of the event in the chat.")]


class Came(Input, frozen=True, kw_only=True):
    id: Annotated[Uuid, Meta(description="The `id` that the test had.")]


@operation("The key to subscribe with", tag="push", ok=PushKey)
async def show_key(request: web.Request) -> PushKey:
    return PushKey(key=request.app[PUSH].vapid.public)


@operation("Your subscribed devices, the newest first", tag="push", ok=PushSubscription, page=True)
async def list_subscriptions(request: web.Request) -> Page:
    return Page(await request.app[PUSH].of(request[IDENTITY]))


@operation(
    "Subscribe a device: once for each endpoint, for the session that says it",
    note="At most 20 devices of a person: the one of use the longest ago makes room.",
    tag="push",
    body=NewSubscription,
    ok=PushSubscription,
    errors=(ValidationFailed, NotFound),
)
async def subscribe(request: web.Request, body: NewSubscription) -> PushSubscription:
    who, locale = request[IDENTITY], body.locale
    if locale is None:
        me = await users.me(request.app[DATABASE], who.user_id)
        locale = me.locale if me else rules.LOCALES[0]
    rules.check_locale(locale)
    said = Said(
        endpoint=body.endpoint,
        p256dh=body.keys.p256dh,
        auth=body.keys.auth,
        user_agent=readable(request.headers.get("User-Agent", "")),
        locale=locale,
    )
    return await request.app[PUSH].subscribe(who, body.key, said, body.replaces)


def readable(agent: str) -> str:
    return "".join(each for each in agent if each.isprintable())[:AGENT_LENGTH]


@operation("Take one of your devices away; twice is once", tag="push", path={"id": Uuid})
async def unsubscribe(request: web.Request) -> None:
    await request.app[PUSH].remove(request[IDENTITY], path_value(request, "id", Uuid))


@operation(
    "Push a test to one of your devices: whether its push service took it, within 3 seconds",
    note="The device answers with `POST /push/received`.",
    tag="push",
    body=TestOf,
    ok=Tested,
    errors=(NotFound, RateLimited),
)
async def test(request: web.Request, body: TestOf) -> Tested:
    return await request.app[PUSH].test(request[IDENTITY], body.subscription_id)


@operation("Say that a test came", tag="push", body=Came, errors=(NotFound,))
async def received(request: web.Request, body: Came) -> None:
    await request.app[PUSH].received(request[IDENTITY], body.id)


@operation(
    "Why you were notified of something in a chat, or were not",
    note="As it was decided then, where that is still known; else as it would be now.",
    tag="push",
    query=WhyQuery,
    ok=explaining.Why,
    errors=(NotFound,),
)
async def why(request: web.Request, query: WhyQuery) -> explaining.Why:
    pusher, who = request.app[PUSHER], request[IDENTITY]
    return await explaining.why(pusher, who, query.chat_id, query.seq)
