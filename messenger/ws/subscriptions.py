"""`subscribe`: refused before any work, or a resume that is answered once, whatever happens."""

import logging

from messenger import errors
from messenger.actors.directory import Directory
from messenger.config import Settings
from messenger.protocol import connection, events
from messenger.protocol.events import StreamState
from messenger.rules import streams as rules
from messenger.ws.resume import Resume
from messenger.ws.session import Meanwhile, Session, SocketReply

log = logging.getLogger(__name__)

MOST_AT_ONCE = 32
"""Subscribes of one socket that wait for one another, each with its cursors in memory."""


def check(session: Session, command: connection.Subscribe, settings: Settings) -> None:
    """Refuse what is malformed or too much before any work is done."""
    if (command.streams is None) == (not command.all):
        raise errors.ValidationFailed("Give either `streams` or `all: true` with `cursors`.")
    if command.cursors is not None and not command.all:
        raise errors.ValidationFailed("`cursors` goes with `all: true`.", field="cursors")
    given = command.given()
    if session.catching_up >= MOST_AT_ONCE:
        raise errors.RateLimited(1000, "Earlier subscribes of this socket are still under way.")
    if len(given) > settings.ws_max_ids_per_subscribe and not command.all:
        raise errors.ValidationFailed(
            f"Up to {settings.ws_max_ids_per_subscribe} streams at once.",
            field="streams",
            limit=settings.ws_max_ids_per_subscribe,
        )
    rules.check_epoch(command.epoch, given.values())
    if len(session.streams | given.keys()) > settings.ws_max_subscriptions_per_connection:
        raise errors.ValidationFailed(
            "This connection has as many subscriptions as are allowed.",
            limit=settings.ws_max_subscriptions_per_connection,
        )


async def subscribe(directory: Directory, session: Session, command: connection.Subscribe) -> None:
    """Catch up and go live; answers once, whatever happens."""
    session.catching_up += 1
    try:
        await _subscribe(directory, session, command)
    finally:
        session.catching_up -= 1


async def _subscribe(directory: Directory, session: Session, command: connection.Subscribe) -> None:
    reply = SocketReply(session, command.id)
    async with session.subscribing:
        try:
            states = await _run_resume(directory, session, command)
            if states is not None:
                reply.answer_whole(events.Subscribed(states, directory.epoch))
        except errors.DomainError as error:
            reply.refuse(error)
        except Exception:
            # A bug here must not end in silence: the client would wait for ever.
            log.exception("subscribe failed in %r", session)
            reply.refuse(errors.Unavailable())


async def _run_resume(
    directory: Directory, session: Session, command: connection.Subscribe
) -> list[StreamState] | None:
    """Run one resume; chats joined or left while it runs are told to it by the session."""
    everything = session.everything
    session.everything = everything or command.all
    meanwhile = session.resuming = Meanwhile()
    resume = Resume(directory, session, command, meanwhile)
    states = None
    try:
        states = await resume.run()
    finally:
        session.resuming = None
        resume.release()
        if states is None:
            session.everything = everything
        elif session.alive:
            for stream_id in meanwhile.joined:
                session.listen(stream_id)
    return states
