"""The OpenAPI document: valid, whole, and true of the routes."""

import re

import pytest
from aiohttp import web
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from messenger.http import routes
from tests.api.cast import Door, Person


@pytest.fixture
async def described(door: Door):
    async with door.get("/api/v1/openapi.json") as response:
        assert response.status == 200
        assert response.content_type == "application/json"
        return await response.json()


def schema_of(described, path, method="get", status="200"):
    """The schema of an answer, with what it refers to."""
    answer = described["paths"][path][method]["responses"][status]
    if "$ref" in answer:
        answer = described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": described["components"]})


async def test_it_is_openapi_3_1(described):
    assert described["openapi"] == "3.1.0"
    validate(described)


async def test_it_has_every_route_once_and_no_other(described):
    system = {("GET", "/health"), ("GET", "/ready"), ("GET", "/metrics")}
    known = {(method, f"/api/v1{path}") for method, path, _ in routes.ROUTES} | system
    found = {
        (method.upper(), path)
        for path, methods in described["paths"].items()
        for method in methods
    }  # fmt: skip
    assert found == known


async def test_every_route_of_the_server_is_described_or_another_name_of_one(door, described):
    aliases = [alias.name for alias in routes.ALIASES]
    undescribed = {"/ws", "/openapi.json", "/asyncapi.json"}
    known = {re.sub("^/api/v1", "", path) for path in described["paths"]} | undescribed
    app = door.server.runner.app
    assert isinstance(app, web.Application)
    paths = {
        re.sub("^(/api)?/v1", "", route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith(routes.BASES)
    }
    unknown = {path for path in paths - known if not path.startswith(tuple(aliases))}
    assert unknown == set()


async def test_names_are_unique_and_no_two_schemas_were_mixed_up(described):
    ids = [
        operation["operationId"]
        for methods in described["paths"].values()
        for operation in methods.values()
    ]
    assert len(ids) == len(set(ids))
    assert [name for name in described["components"]["schemas"] if "." in name] == []


async def test_writes_take_an_idempotency_key_and_reads_do_not(described):
    key = {"$ref": "#/components/parameters/idempotency_key"}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            takes = key in operation.get("parameters", [])
            assert takes == (method != "get"), f"{method} {path}"


async def test_every_field_and_parameter_is_explained(described):
    silent = [
        f"{name}.{field}"
        for name, schema in described["components"]["schemas"].items()
        for field, about in schema.get("properties", {}).items()
        if not about.get("description")
    ]
    silent += [
        f"{method} {path} {parameter['name']}"
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        for parameter in operation.get("parameters", [])
        if "name" in parameter and not parameter.get("description")
    ]
    assert silent == [], "messenger/reference/field_sentences.py has none for these"


async def test_only_what_is_public_needs_no_token(described):
    assert described["security"] == [{"access_token": []}]
    public = {
        path
        for path, methods in described["paths"].items()
        for operation in methods.values()
        if operation.get("security") == []
    }
    assert {"/api/v1/auth/login", "/health", "/ready"} <= public
    assert not public & {"/api/v1/users/me", "/metrics", "/api/v1/admin/users"}


async def test_another_name_of_an_area_is_mentioned(described):
    about = described["paths"]["/api/v1/chats"]["post"]["description"]
    assert "/api/v1/conversations" in about
    assert "/api/v1/projects" in about


async def test_real_answers_are_as_described(described, alice: Person, bob: Person):
    chat_id = await alice.group(bob)
    await alice.send(chat_id, "hi")
    for path, place in (
        ("/api/v1/users/me", ""),
        ("/api/v1/chats", ""),
        ("/api/v1/chats/{id}", chat_id),
        ("/api/v1/chats/{id}/snapshot", chat_id),
        ("/api/v1/chats/{id}/messages", chat_id),
        ("/api/v1/users/{id}", bob.user_id),
    ):
        status, body = await alice.get(path.removeprefix("/api/v1").replace("{id}", str(place)))
        assert status == 200
        schema_of(described, path).validate(body)


async def test_real_refusals_are_as_described(described, door: Door, alice: Person):
    status, body = await alice.get("/chats/999")
    assert status == 404
    schema_of(described, "/api/v1/chats/{id}", status="404").validate(body)
    async with door.get("/api/v1/users/me") as response:
        body = await response.json()
    schema_of(described, "/api/v1/users/me", status="401").validate(body)


async def test_both_documents_are_kept_by_browsers_and_come_compressed(door: Door):
    for name in ("openapi", "asyncapi"):
        async with door.get(f"/api/v1/{name}.json") as first:
            assert first.headers["Content-Encoding"] == "gzip"
            tag = first.headers["ETag"]
            known = await first.read()
        headers = {"If-None-Match": tag, "Accept-Encoding": "identity"}
        async with door.get(f"/api/v1/{name}.json", headers=headers) as second:
            assert second.status == 304
        async with door.get(f"/v1/{name}.json", headers={"Accept-Encoding": "identity"}) as plain:
            assert "Content-Encoding" not in plain.headers
            assert await plain.read() == known


@pytest.mark.leaves_nothing
@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP;q=1.0, *", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("br", False),
        ("", False),
    ],
)
async def test_only_who_takes_gzip_gets_it(door: Door, accepted, compressed):
    headers = {"Accept-Encoding": accepted}
    async with door.get("/api/v1/openapi.json", headers=headers) as response:
        assert ("Content-Encoding" in response.headers) == compressed
        assert response.headers["Vary"] == "Accept-Encoding"


async def test_a_repeat_is_described_with_its_own_status(described, alice: Person, bob: Person):
    path = f"/chats/{await alice.group(bob)}/messages"
    body = {"client_message_id": "0b5f5c1e-8f0a-4f5e-9c51-1f1f5e2b7a10", "text": "hi"}
    for expected in (201, 200):
        status, answer = await alice.post(path, body)
        assert status == expected
        described_as = "/api/v1/chats/{id}/messages"
        schema_of(described, described_as, "post", str(status)).validate(answer)
