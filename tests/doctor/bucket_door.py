"""Stands before a real S3 server (moto's, which lets everybody in) with the checks of Amazon's.

Accounts and their signatures, rights, the region and the clock, each to be set wrong and right
again (AWS Signature Version 4: "Authenticating Requests", "Error Responses").
"""

import hashlib
import hmac
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

SKEW: Final = timedelta(minutes=15)
SIGNED: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d+/([\w-]+)/s3/aws4_request),"
    r" ?SignedHeaders=([\w;-]+), ?Signature=(\w+)"
)


class S3Door:
    """Passes on what is signed as it should be, but for what is set otherwise."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.address = ""
        self.accounts = {"test": "secret"}
        self.region = "us-east-1"
        # Objects are removed by a POST, several at once.
        self.may = {"PUT", "GET", "POST"}
        self.ahead = timedelta()
        self.broken: str | None = None

    def fault(self, method: str, path: str, headers: Any) -> tuple[int, str] | None:
        """The status and the code that Amazon would refuse a request with."""
        found = SIGNED.match(headers["Authorization"])
        assert found
        key, scope, region, names, signature = found.groups()
        sent = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if key not in self.accounts:
            return 403, "InvalidAccessKeyId"
        if region != self.region:
            return 400, "AuthorizationHeaderMalformed"
        if abs(datetime.now(UTC) + self.ahead - sent) > SKEW:
            return 403, "RequestTimeTooSkewed"
        place, _, query = path.partition("?")
        asked = [method, place, query if "=" in query or not query else f"{query}="]
        asked += [f"{name}:{headers[name]}" for name in names.split(";")]
        asked += ["", names, headers["x-amz-content-sha256"]]
        if signed(self.accounts[key], scope, headers["x-amz-date"], asked) != signature:
            return 403, "SignatureDoesNotMatch"
        if method not in self.may:
            return 403, "AccessDenied"
        return None if self.broken is None else (400, self.broken)


def signed(secret: str, scope: str, at: str, asked: list[str]) -> str:
    """The signature of a request, hexadecimal."""
    digest = hashlib.sha256("\n".join(asked).encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def handler(door: S3Door) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = door.fault(self.command, self.path, self.headers)
            if fault is not None:
                said = f"<Error><Code>{fault[1]}</Code><Message>no</Message></Error>"
                self.say(fault[0], {}, said.encode())
                return
            # urllib would call it a form, and moto read it as one.
            headers = {"Content-Type": "application/octet-stream", **dict(self.headers)}
            request = urllib.request.Request(
                door.upstream + self.path, body or None, headers, method=self.command
            )
            try:
                with urllib.request.urlopen(request) as answer:
                    self.say(answer.status, dict(answer.headers), answer.read())
            except urllib.error.HTTPError as error:
                with error:
                    self.say(error.code, dict(error.headers), error.read())

        def say(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() == "last-modified":
                    value = format_datetime(parsedate_to_datetime(value) + door.ahead, usegmt=True)
                if name.lower() not in ("content-length", "connection", "server", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_GET = do_POST = handle_one

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@contextmanager
def listening(door: S3Door) -> Iterator[S3Door]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(door))
    door.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
