"""Probes and metrics: what they say, and to whom."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from messenger.http.ops import health
from messenger.http.ops.health import Readiness
from messenger.http.ops.metrics import is_near
from messenger.store.rows import instance
from messenger.store.schema import migrate
from tests.api.cast import Door, Person, refusal


async def read(door: Door, path: str, **more):
    async with door.get(path, **more) as response:
        return response.status, await response.json()


async def samples(door: Door, **more) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    async with door.get("/metrics", **more) as response:
        assert response.status == 200, await response.text()
        assert response.headers["Content-Type"].startswith("text/plain")
        text = await response.text()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def readiness(door: Door) -> Readiness:
    """The server's own, with nothing remembered."""
    found: Readiness = door.server.runner.app[health.READY]
    found.asked_at = found.complete_at = -1e9
    return found


async def away(*_):
    raise health.Unavailable


async def test_a_running_server_is_alive_and_ready(door: Door):
    assert await read(door, "/health") == (200, {"data": {"alive": True}})
    assert await read(door, "/ready") == (200, {"data": {"ready": True}})


async def test_without_a_database_it_is_alive_but_not_ready(door: Door, monkeypatch):
    readiness(door)
    monkeypatch.setattr(instance, "alive", away)
    assert (await read(door, "/health"))[0] == 200
    status, body = await read(door, "/ready")
    assert (status, body["error"]["code"]) == (503, "unavailable")
    assert body["error"]["details"] == {"reasons": ["database"]}


async def test_background_tasks_that_fail_show_and_only_the_bus_counts(door: Door):
    background = door.server.background
    background.failed("sweep", OSError("broken"))
    assert await read(door, "/ready") == (200, {"data": {"ready": True, "degraded": ["sweep"]}})
    background.failed(health.BUS, OSError("broken"))
    status, body = await read(door, "/ready")
    assert (status, body["error"]["details"]) == (503, {"reasons": ["lock"]})
    found = await samples(door)
    failed = ("messenger_background_failures_total", frozenset({("task", "sweep")}))
    running = ("messenger_background_running", frozenset({("task", "sweep")}))
    assert (found[failed], found[running]) == (1, 0)
    background.goes_well("sweep")
    background.goes_well(health.BUS)
    assert await read(door, "/ready") == (200, {"data": {"ready": True}})
    assert (await samples(door))[running] == 1


async def test_it_is_ready_again_when_the_database_is_back(door: Door, monkeypatch):
    with monkeypatch.context() as without:
        without.setattr(instance, "alive", away)
        readiness(door)
        assert (await read(door, "/ready"))[0] == 503
    readiness(door)
    assert (await read(door, "/ready"))[0] == 200


async def test_a_missing_migration_keeps_it_from_being_ready(door: Door, monkeypatch):
    pending = [migrate.MigrationState("0999.later", "pending")]
    monkeypatch.setattr(migrate, "status", lambda dsn: pending)
    assert await readiness(door)() == ["migrations"]
    status, body = await read(door, "/ready")
    assert (status, body["error"]["details"]) == (503, {"reasons": ["migrations"]})


async def test_a_newer_schema_that_this_program_runs_on_keeps_it_from_nothing(
    door: Door, monkeypatch
):
    states = [migrate.MigrationState("0001.core", "applied"), migrate.MigrationState("9", "ahead")]
    monkeypatch.setattr(migrate, "status", lambda dsn: states)
    assert await readiness(door)() == []


@pytest.mark.parametrize("phase", ["starting", "draining"])
async def test_a_server_that_starts_or_stops_says_so_without_asking_the_database(door, phase):
    found = Readiness(door.server.database, lambda: phase)
    assert await found() == [phase]
    assert found.asked_at < 0


async def test_the_database_is_asked_once_a_second_at_most(door: Door, monkeypatch):
    asked = []

    async def count(database):
        asked.append(database)

    monkeypatch.setattr(instance, "alive", count)
    found = readiness(door)
    assert [await found() for _ in range(5)] == [[]] * 5
    assert len(asked) == 1


async def test_a_database_that_hangs_is_away(door: Door, monkeypatch):
    async def hang(database):
        await health.asyncio.Event().wait()

    monkeypatch.setattr(instance, "alive", hang)
    monkeypatch.setattr(health, "DATABASE_WITHIN", 0.01)
    assert await readiness(door)() == ["database"]


def test_every_reason_has_a_sentence():
    from messenger.http.ops.page_words import LANGUAGES

    for words in LANGUAGES.values():
        assert words.reasons.keys() == health.REASONS.keys()


async def test_requests_are_counted_by_route_and_not_by_address(door: Door, alice: Person):
    for user_id in (7, 8, 9):
        await alice.get(f"/users/{user_id}")
    await read(door, "/v1/users/7")
    await read(door, "/no/such/place")
    found = await samples(door)
    labels = {"method": "GET", "route": "/v1/users/{id}"}
    name = "messenger_http_requests_total"
    assert found[name, frozenset({**labels, "status": "404"}.items())] == 3
    assert found[name, frozenset({**labels, "status": "401"}.items())] == 1
    assert found["messenger_http_request_seconds_count", frozenset(labels.items())] == 4
    nowhere = {"method": "GET", "route": "(no route)", "status": "404"}
    assert found[name, frozenset(nowhere.items())] == 1


async def test_a_rare_method_makes_no_new_label(door: Door):
    async with door.request("PROPFIND", "/health") as response:
        assert response.status == 405
    methods = {dict(labels).get("method") for _, labels in await samples(door)}
    assert "PROPFIND" not in methods
    assert "other" in methods


async def test_sends_are_counted(door: Door, alice: Person, bob: Person):
    chat_id = await alice.group(bob)
    for _ in range(3):
        await alice.send(chat_id)
    assert (await samples(door))["messenger_sends_total", frozenset()] == 3


async def test_the_process_is_measured_too(door: Door):
    names = {name for name, _ in await samples(door)}
    assert "python_gc_collections_total" in names
    assert "python_info" in names


async def test_no_label_holds_anything_of_a_person(door: Door, alice: Person):
    await alice.get("/users/search", query="alice")
    async with door.get("/metrics") as response:
        assert not re.search("alice", await response.text())


async def test_metrics_are_for_this_machine_or_an_administrator(door, admin, alice):
    outside = {"X-Forwarded-For": "203.0.113.7"}
    assert (await read(door, "/metrics", headers=outside))[0] == 401
    for person, status in ((alice, 403), (admin, 200)):
        headers = {**outside, "Authorization": f"Bearer {person.access}"}
        async with door.get("/metrics", headers=headers) as response:
            assert response.status == status


async def test_a_bad_token_is_refused_even_here_when_it_comes_through_a_proxy(door: Door):
    headers = {"Forwarded": "for=203.0.113.7", "Authorization": "Bearer nonsense"}
    assert refusal(await read(door, "/metrics", headers=headers)) == (401, "unauthorized")


def test_near_is_this_machine_and_what_is_trusted():
    from ipaddress import ip_network

    trusted = [ip_network("10.0.0.0/8")]
    assert all(is_near(each, trusted) for each in ("127.0.0.1", "::1", "::ffff:127.0.0.1"))
    assert is_near("10.1.2.3", trusted)
    assert not any(is_near(each, trusted) for each in ("11.0.0.1", "::2", "", None, "unix"))
