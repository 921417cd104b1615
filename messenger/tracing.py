"""Traces for OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT says whom to tell them.

A span for each request, one for each command from the door to its answer, whichever door it came
by, and one for each commit, linked to the commands that it stored. Names and ids only, nothing that
people wrote. It is wound around a server that knows nothing of it, so it costs nothing when off.

Needs the extra: `pip install 'messenger[otel]'`. The SDK reads its other variables itself:
OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS and so on.
"""

import asyncio
import logging
import os
import time
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from messenger.actors.actor import Reply
from messenger.app import Server
from messenger.errors import DomainError
from messenger.http.plumbing.middlewares import Handler, route_of
from messenger.model import Identity

log = logging.getLogger(__name__)

ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
MISSING: Final = (
    f"{ENDPOINT} is set, and OpenTelemetry is not installed: pip install 'messenger[otel]'"
)
LINKS: Final = 128
"""Commands that a commit's span is linked to; the SDK's own bound."""


def server_for(environ: Mapping[str, str]) -> type[Server]:
    """The kind of server to be built: one that is traced where that is asked for."""
    if not environ.get(ENDPOINT):
        return Server
    try:
        import opentelemetry.exporter.otlp.proto.http
        import opentelemetry.sdk  # noqa: F401
    except ImportError:
        log.warning(MISSING)
        return Server
    return TracedServer


def provider() -> Any:
    """What makes and sends spans, by the environment's variables."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = Resource.create({SERVICE_NAME: os.environ.get("OTEL_SERVICE_NAME", "messenger")})
    made = TracerProvider(resource=named)
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made


class TracedServer(Server):
    """A server whose requests, commands and commits are told to a collector."""

    def _application(self) -> web.Application:
        self.provider = provider()
        self.tracer = self.provider.get_tracer("messenger")
        application = super()._application()
        application.middlewares.insert(0, tracing_requests(self.tracer))
        # Of this server alone: one that is not traced looks nothing up for it.
        vars(self.directory)["send"] = traced_send(self.tracer, self.directory.send)
        figures = self.journal.figures
        vars(figures)["told"] = traced_commits(self.tracer, figures.told)
        return application

    async def stop(self) -> None:
        await super().stop()
        # Sends what is left, and waits for an answer.
        await asyncio.to_thread(self.provider.shutdown)


def tracing_requests(tracer: Any) -> Any:
    """A middleware with a span around each request; a socket's is its upgrade."""
    from opentelemetry.propagate import extract
    from opentelemetry.trace import SpanKind

    @web.middleware
    async def trace_request(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = f"{request.method} {route_of(request)}"
        if request.path.endswith("/ws"):
            # It lasts for as long as the socket does; its commands are spans of their own.
            return await handler(request)
        come = extract(request.headers)
        with tracer.start_as_current_span(name, come, kind=SpanKind.SERVER) as span:
            response = await handler(request)
            span.set_attribute("http.request.method", request.method)
            span.set_attribute("http.route", route_of(request))
            span.set_attribute("http.response.status_code", response.status)
            span.set_attribute("messenger.request_id", response.headers.get("X-Request-Id", ""))
            return response

    return trace_request


class TracedReply:
    """Ends a command's span with its answer."""

    __slots__ = ("reply", "span")

    def __init__(self, reply: Reply, span: Any) -> None:
        self.reply = reply
        self.span = span

    @property
    def trace(self) -> Mapping[str, Any]:
        return self.reply.trace

    def answer(self, result: Any) -> None:
        self.span.end()
        self.reply.answer(result)

    def refuse(self, error: DomainError) -> None:
        self.span.set_attribute("error.type", error.code)
        self.span.end()
        self.reply.refuse(error)


def traced_send(tracer: Any, send: Any) -> Any:
    """`Directory.send` with a span from the door to the answer."""

    def traced(identity: Identity, command: Any, reply: Reply) -> None:
        tag = type(command).__struct_config__.tag or type(command).__name__
        span = tracer.start_span(f"command {tag}")
        span.set_attribute("messenger.user_id", identity.user_id)
        for name, value in reply.trace.items():
            if value is not None:
                span.set_attribute(f"messenger.{name}", value)
        chat_id = getattr(command, "chat_id", None)
        if chat_id is not None:
            span.set_attribute("messenger.chat_id", chat_id)
        send(identity, command, TracedReply(reply, span))

    return traced


def traced_commits(tracer: Any, told: Any) -> Any:
    """`Figures.told` with a span of the time the commit took, linked to what it stored."""
    from opentelemetry.trace import Link

    def traced(batch: Any, lag: float) -> None:
        told(batch, lag)
        ended = time.time_ns() - int(lag * 1e9)
        spans = [each for row in (*batch.posts, *batch.marks) for each in _spans(row)]
        links = [Link(each.get_span_context()) for each in spans[:LINKS]]
        began = ended - int(batch.seconds * 1e9)
        span = tracer.start_span("journal commit", links=links, start_time=began)
        span.set_attribute("messenger.messages", len(batch.posts))
        span.set_attribute("messenger.marks", len(batch.marks))
        span.end(ended)

    return traced


def _spans(row: Any) -> list[Any]:
    """Those of who asked for a row."""
    envelopes = [getattr(asker.token, "envelope", asker.token) for asker in row.askers]
    replies = [getattr(envelope, "reply", None) for envelope in envelopes]
    return [reply.span for reply in replies if isinstance(reply, TracedReply)]
