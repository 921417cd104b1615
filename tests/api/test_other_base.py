"""What is under the second base is what is under the first, refusals and all."""

import pytest
from yarl import URL

from tests.api.cast import Door, Person


@pytest.mark.leaves_nothing
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/users/me", 200),
        ("HEAD", "/users/me", 200),
        ("GET", "/users/me?x=1", 422),
        ("DELETE", "/users/me", 405),
        ("PUT", "/chats/1", 405),
        ("GET", "/nothing/of/the/kind", 404),
        ("GET", "/users/%2e%2e", 404),
        ("GET", "/users/1%2F2", 404),
        ("GET", "/users/", 404),
        ("GET", "", 404),
        ("GET", "/", 404),
        ("GET", "/v1/users/me", 404),
        ("GET", "/projects", 200),
        ("OPTIONS", "/uploads/resumable", 204),
    ],
)
async def test_both_bases_answer_alike(
    door: Door, alice: Person, method: str, path: str, status: int
) -> None:
    seen = []
    for base in ("/api/v1", "/v1"):
        headers = {"Authorization": f"Bearer {alice.access}"}
        # Encoded: what is `%2F` or `%2e` goes out as it stands here.
        address = URL(f"http://127.0.0.1:{door.server.port}{base}{path}", encoded=True)
        async with door.request(method, address, headers=headers) as answer:
            body = (await answer.text()).replace(answer.headers["X-Request-Id"], "")
            seen.append((answer.status, answer.headers.get("Allow"), body))
    assert seen[0] == seen[1]
    assert seen[0][0] == status
