"""What Prometheus reads: `/metrics`, and the count_requests of requests behind it.

Labels are bounded whatever strangers send: the route's template, a known
method, the status. Answered to this machine and trusted networks, where no
proxy has forwarded the request, and to administrators.
"""

from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from messenger.errors import Forbidden, Unauthorized
from messenger.http.ops.last_hour import LastHour
from messenger.http.plumbing.keys import CLOCK, LAST_HOUR, NODES, REGISTRY, SETTINGS
from messenger.http.plumbing.middlewares import Handler, Networks, route_of
from messenger.http.plumbing.operation import authenticate
from messenger.reference.operation import Operation

if TYPE_CHECKING:
    from prometheus_client import Metric

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FORWARDED: Final = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
BUCKETS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Requests:
    """The counters of requests, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.answered = Counter(
            "messenger_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "messenger_http_request_seconds",
            "Time from a request's head to its answer.",
            ["method", "route"],
            registry=registry,
            buckets=BUCKETS,
        )
        # Finding a series by its labels costs more than count_requests; there are only so many.
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, request: web.Request, status: int, seconds: float | None) -> None:
        """Count an answer; `seconds` is None where they are those of a socket's life."""
        method = request.method if request.method in METHODS else "other"
        # Both bases are one API: half the series.
        route = route_of(request).removeprefix("/api")
        series = self._series.get((method, route, status))
        if series is None:
            series = (
                self.answered.labels(method, route, str(status)),
                self.seconds.labels(method, route),
            )
            self._series[method, route, status] = series
        series[0].inc()
        if seconds is not None:
            series[1].observe(seconds)


REQUESTS: Final = web.AppKey("requests", Requests)


@web.middleware
async def count_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count every request; outermost, so that it sees what the others made of it."""
    requests = request.app[REQUESTS]
    started = perf_counter()
    status, is_socket = 500, False
    try:
        response = await handler(request)
        status, is_socket = response.status, isinstance(response, web.WebSocketResponse)
    except web.HTTPException as answer:
        status = answer.status
        raise
    finally:
        requests.count(request, status, None if is_socket else perf_counter() - started)
    return response


class OfNode:
    """A registry whose samples all say which of several servers they are of."""

    def __init__(self, registry: CollectorRegistry, node: str) -> None:
        self._registry = registry
        self._node = node

    def collect(self) -> "Iterator[Metric]":
        for metric in self._registry.collect():
            metric.samples = [
                sample._replace(labels={**sample.labels, "node": self._node})
                for sample in metric.samples
            ]
            yield metric


async def metrics(request: web.Request) -> web.Response:
    await check_reader(request)
    # With it comes a web server of its own, for programs that have none.
    from prometheus_client import exposition

    read: Any = request.app[REGISTRY]
    if request.app[SETTINGS].bus != "none":
        read = OfNode(read, request.app[NODES]()[0].node)
    return web.Response(
        body=exposition.generate_latest(read),
        headers={"Content-Type": exposition.CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
    )


async def check_reader(request: web.Request) -> None:
    """Raises Unauthorized or Forbidden for callers who may not read the metrics."""
    forwarded = any(name in request.headers for name in FORWARDED)
    if not forwarded and is_near(request.remote, request.app[SETTINGS].trusted_proxies):
        return
    if "Authorization" not in request.headers:
        raise Unauthorized("Ask from this machine, or with an administrator's access token.")
    identity = await authenticate(request)
    if identity.role != "admin":
        raise Forbidden("Only administrators may do this.")


def is_near(remote: str | None, trusted: Networks) -> bool:
    try:
        address = ip_address(remote or "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or any(address in network for network in trusted)


OPERATIONS: Final = (
    (
        "/metrics",
        Operation(
            name="metrics",
            summary="Figures for Prometheus: for this machine, trusted networks, administrators",
            tag="system",
            ok=str,
            errors=(Forbidden,),
        ),
    ),
)


def install(app: web.Application) -> None:
    """Add the route and the count_requests, what the process itself can tell, and the last hour."""
    registry = app[REGISTRY]
    app[REQUESTS] = Requests(registry)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    app[LAST_HOUR] = LastHour(registry, app[SETTINGS].data_dir, app[CLOCK])
    app.middlewares.insert(0, count_requests)
    app.router.add_get("/metrics", metrics)
