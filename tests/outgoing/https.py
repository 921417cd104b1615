"""An https server of the tests' own, on loopback, and who vouches for it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "service.test"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Service:
    """What listens, and how often somebody came."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.visits = 0
        self.requests: list[bytes] = []

    def url(self, path: str = "/", host: str = NAME) -> str:
        return f"https://{host}:{self.port}{path}"


def certificate(
    directory: Path, name_of: str = NAME, ends: timedelta = timedelta(days=1)
) -> tuple[Path, Path]:
    """A key and a certificate that signs itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name_of)]
    )  # fmt: skip
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name_of)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = directory / "key.pem", directory / "certificate.pem"
    paths[0].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    paths[1].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return paths


@asynccontextmanager
async def serving(
    serve: Serve, key: Path, signed: Path, host: str = "127.0.0.1"
) -> AsyncIterator[Service]:
    """Answer every connection with `serve`, after the head of its request is read."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(signed, key)
    service = Service(0)
    writers: list[asyncio.StreamWriter] = []

    async def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        service.visits += 1
        writers.append(writer)
        try:
            while True:
                service.requests.append(await reader.readuntil(b"\r\n\r\n"))
                await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(visited, host, 0, ssl=context)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
        for writer in writers:
            # Of a closed one Python 3.11.2 has nothing left to abort.
            if not writer.transport.is_closing():
                writer.transport.abort()
        await server.wait_closed()


def saying(head: str, *body: bytes) -> Serve:
    """Always the same: a status line with its headers, then pieces of a body."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write("\r\n".join(["HTTP/1.1 " + head, "", ""]).encode())
        for piece in body:
            writer.write(piece)
            await writer.drain()

    return serve
