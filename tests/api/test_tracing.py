"""Traces reach a collector: a request, the command it brought, the commit that stored it."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from messenger import config, tracing
from messenger.app import Server
from tests.api.cast import Door, ok, sign_up
from tests.api.conftest import EASY

pytest.importorskip("opentelemetry.exporter.otlp.proto.http")


class Collector:
    """An OTLP/HTTP receiver: `POST /v1/traces` with a protobuf in it."""

    def __init__(self) -> None:
        spans: list[Any] = []
        names: list[str] = []

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
                    ExportTraceServiceRequest,
                )

                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.path == "/v1/traces"
                for told in ExportTraceServiceRequest.FromString(body).resource_spans:
                    names.extend(
                        each.value.string_value for each in told.resource.attributes
                        if each.key == "service.name"
                    )  # fmt: skip
                    spans.extend(span for scope in told.scope_spans for span in scope.spans)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.spans, self.names = spans, names
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Collector]:
    collector = Collector()
    address = f"http://127.0.0.1:{collector.server.server_port}"
    monkeypatch.setenv(tracing.ENDPOINT, address)
    yield collector
    await asyncio.to_thread(collector.close)


async def test_message_is_traced_from_its_request_to_its_commit(
    dsn: str, tmp_path: Path, collector: Collector
) -> None:
    settings = config.load({"DATA_DIR": str(tmp_path), **EASY})
    server = tracing.server_for({tracing.ENDPOINT: "set"})(settings, dsn)
    server.database.size = 3
    await server.start()
    door = Door(server)  # type: ignore[arg-type]
    alice = await sign_up(door, "alice")
    lobby = await alice.group()
    sent = {"client_message_id": str(uuid.uuid4()), "text": "nobody else's business"}
    ok(await alice.post(f"/chats/{lobby}/messages", sent))
    assert (await alice.post("/chats/999/messages", sent))[0] == 404
    await door.session.close()
    await server.stop()
    spans = {span.name: span for span in collector.spans}
    request = spans["POST /api/v1/chats/{id}/messages"]
    [command, refused] = [each for each in collector.spans if each.name == "command message.send"]
    assert command.parent_span_id == request.span_id or refused.parent_span_id == request.span_id
    assert attributes(command)["messenger.chat_id"] == lobby
    assert attributes(refused)["error.type"] == "not_found"
    commits = [each for each in collector.spans if each.name == "journal commit"]
    linked = {link.span_id for each in commits for link in each.links}
    assert command.span_id in linked
    assert "business" not in str(collector.spans)
    assert set(collector.names) == {"messenger"}


def attributes(span: Any) -> dict[str, Any]:
    return {
        each.key: each.value.string_value or each.value.int_value for each in span.attributes
    }  # fmt: skip


def test_nothing_is_traced_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(tracing.ENDPOINT, raising=False)
    assert tracing.server_for({}) is Server
