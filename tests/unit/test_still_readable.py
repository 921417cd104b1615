"""Who downloads is asked about together, and whoever leaves keeps nobody waiting."""

import asyncio
from typing import Any

import pytest

from messenger.errors import NotFound, Unavailable
from messenger.http.plumbing import still_readable
from messenger.http.plumbing.still_readable import StillReadable
from tests.waiting import PATIENCE


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    made: list[Any] = []

    async def readable_by(_: Any, questions: list[tuple[int, str]]) -> dict[tuple[int, str], Any]:
        made.append(sorted(questions))
        await asyncio.sleep(0)
        if (0, "fails") in questions:
            raise Unavailable("away")
        return {each: f"{each[1]} of {each[0]}" for each in questions if each[1] != "hidden"}

    monkeypatch.setattr(still_readable.files, "readable_by", readable_by)
    monkeypatch.setattr(still_readable, "GATHERED", 0.01)
    return made


async def test_questions_of_a_moment_are_one_statement(asked: list[Any]) -> None:
    looks = StillReadable(None)  # type: ignore[arg-type]
    questions = [(user, "film") for user in range(5)] * 3
    found = await asyncio.gather(
        *(looks.find(*each) for each in questions), looks.find(1, "hidden"), return_exceptions=True
    )
    assert found[:-1] == [f"film of {user}" for user, _ in questions]
    assert isinstance(found[-1], NotFound)
    assert asked == [sorted({*questions, (1, "hidden")})]
    await looks.find(1, "film")
    assert len(asked) == 2


async def test_who_asks_for_all_may_leave(asked: list[Any]) -> None:
    looks = StillReadable(None)  # type: ignore[arg-type]
    first = asyncio.create_task(looks.find(1, "film"))
    await asyncio.sleep(0)
    others = [asyncio.create_task(looks.find(user, "film")) for user in (1, 2, 3)]
    await asyncio.sleep(0)
    first.cancel()
    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*others) == ["film of 1", "film of 2", "film of 3"]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_failure_is_everybodys_and_of_that_time_only(asked: list[Any]) -> None:
    looks = StillReadable(None)  # type: ignore[arg-type]
    found = await asyncio.gather(
        looks.find(0, "fails"), looks.find(1, "film"), return_exceptions=True
    )
    assert [type(each) for each in found] == [Unavailable, Unavailable]
    assert await looks.find(1, "film") == "film of 1"
