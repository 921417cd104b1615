"""Mail and its readers: a proof of one's address, and no more letters of a kind (RFC 8058)."""

from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta

from messenger.errors import DomainError, InvalidCredentials, NotFound, RateLimited
from messenger.http.ops.templates import TEMPLATES
from messenger.http.plumbing.keys import (
    CLOCK,
    DATABASE,
    DIRECTORY,
    IDENTITY,
    LIMITS,
    MAIL,
    SETTINGS,
)
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Short, read_query
from messenger.http.plumbing.responses import json
from messenger.mail import links
from messenger.model import Identity
from messenger.protocol.preferences import SetNotifications
from messenger.store.reads import mailing
from messenger.store.reads.mailing import Person
from messenger.words import CATALOGS, say

NOT_OURS: Final = "This link does not fit; turn mail off in the settings."
PAGE: Final = "/mail/unsubscribe"
"""As `mail.links` writes it."""
HTML: Final = "text/html"


class Unsubscribe(Input, frozen=True, kw_only=True):
    of: Annotated[Literal["digest", "weekly"], Meta(description="Which letters.")]
    token: Annotated[Short, Meta(description="What stands in the letter's link.")]


@operation(
    "Have a link mailed that proves your address",
    note="404 where this server sends no mail, or there is nothing to prove.",
    tag="users",
    errors=(NotFound, RateLimited),
    status=202,
)
async def verify_email(request: web.Request) -> None:
    asking, user_id = request.app[MAIL].asking, request[IDENTITY].user_id
    if asking is None:
        raise NotFound("This server sends no mail.")
    request.app[LIMITS].check_verification(user_id)
    person = await mailing.person(request.app[DATABASE], user_id)
    if person is None or not await asking.verify(person):
        raise NotFound("There is no address to prove.")


async def prove_address(app: web.Application, user_id: int) -> None:
    """Mail a proof of an address that somebody has just been given, as far as that may be."""
    asking = app[MAIL].asking
    if asking is None:
        return
    try:
        app[LIMITS].check_verification(user_id)
        person = await mailing.person(app[DATABASE], user_id)
        if person is not None:
            await asking.verify(person)
    except DomainError:
        # The address is kept all the same; they can ask for the letter.
        return


@operation(
    "Send no more letters of a kind, by the link in one of them (RFC 8058)",
    note="A mail program posts `List-Unsubscribe=One-Click` here; the body says nothing more. A"
    " browser gets a page.",
    tag="users",
    public=True,
    query=Unsubscribe,
    errors=(InvalidCredentials, RateLimited),
)
async def unsubscribe(request: web.Request, query: Unsubscribe) -> web.StreamResponse:
    wants_page = HTML in request.headers.get("Accept", "")
    try:
        person = await reader_of(request, query)
    except InvalidCredentials:
        if wants_page:
            return page(request, None, "bad", query)
        raise
    who = Identity(user_id=person.id, session_id="", username=person.username, role="user")
    digest = query.of == "digest"
    change = SetNotifications(mail_digest="off") if digest else SetNotifications(mail_weekly=False)
    await request.app[DIRECTORY].ask(who, change)
    return page(request, person, "done", query) if wants_page else json({"data": {}})


async def ask_to_unsubscribe(request: web.Request) -> web.StreamResponse:
    """The page behind the link: what only looks at links must not turn anything off."""
    query = read_query(request.query, Unsubscribe)
    try:
        return page(request, await reader_of(request, query), "ask", query)
    except InvalidCredentials:
        return page(request, None, "bad", query)


async def reader_of(request: web.Request, query: Unsubscribe) -> Person:
    request.app[LIMITS].check_link(request.remote)
    claim = links.read(query.token)
    secret, now = request.app[SETTINGS].secret_key, request.app[CLOCK]()
    if claim is None or not links.is_good(secret, "unsubscribe", claim, now, query.of):
        raise InvalidCredentials(NOT_OURS)
    person = await mailing.person(request.app[DATABASE], claim.user_id)
    if person is None:
        raise InvalidCredentials(NOT_OURS)
    return person


def page(
    request: web.Request, person: Person | None, state: str, query: Unsubscribe
) -> web.Response:
    """A page in the reader's language, which works without scripts."""
    locale = person.locale if person else request.app[SETTINGS].default_locale
    locale = locale if locale in CATALOGS else "en"
    heading, text = {
        "ask": (f"mail_stop_ask_{query.of}", ""),
        "done": (f"mail_stopped_{query.of}", "mail_stop_again"),
        "bad": ("mail_stop_bad", "mail_stop_bad_text"),
    }[state]
    shown = {
        "words": {"locale": locale},
        "heading": say(locale, heading),
        "text": say(locale, text) if text else "",
        "action": say(locale, f"mail_stop_{query.of}") if state == "ask" else "",
    }
    text = request.app[TEMPLATES].render("unsubscribe.html", **shown)
    answer = web.Response(text=text, content_type=HTML, charset="utf-8")
    if state == "bad":
        answer.set_status(InvalidCredentials.status)
    answer.headers["Cache-Control"] = "no-store"
    # The link is a key: no other site learns of it.
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Content-Security-Policy"] = request.app[PAGE_POLICY]
    return answer


PAGE_POLICY: Final = web.AppKey("unsubscribe_policy", str)
