import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from messenger.errors import Unavailable
from messenger.files.previews.jobs import LARGE, SMALL, NoPreview, Preview, Reply
from messenger.files.previews.studio import Studio
from messenger.files.previews.turns import Turns
from tests.waiting import until

from .pictures import picture, saved

ALICE, BOB = 1, 2
IMITATION = """
import os, sys, time
sys.path[:0] = {path!r}
from messenger.files.previews.jobs import *
while head := sys.stdin.buffer.read(4):
    job = decode_job(sys.stdin.buffer.read(int.from_bytes(head, "big")))
    word = os.path.basename(job.path)
    tried = job.path + ".tried"
    if word.startswith("once") and os.path.exists(tried):
        word = "draws"
    open(tried, "a").write("x")
    if "dies" in word: os._exit(1)
    if "hangs" in word: time.sleep(600)
    if "babbles" in word: sys.stdout.buffer.write(b"\\xff" * 40); sys.stdout.buffer.flush()
    if "lies" in word: reply = framed(b"\\xc1 no MessagePack")
    else: reply = framed(encode_reply(Preview(1, 1, b"", job.path.encode())))
    sys.stdout.buffer.write(reply); sys.stdout.buffer.flush()
"""
"""A worker that does what the file is called."""


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[Studio]:
    studio = Studio(**options)
    try:
        yield studio
    finally:
        await studio.close()


@pytest.fixture
async def imitation() -> AsyncIterator[Studio]:
    script = IMITATION.format(path=[each for each in sys.path if each])
    async with opened(command=(sys.executable, "-c", script), seconds=4) as studio:
        yield studio


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo"
    path.write_bytes(saved(picture(1000, 500), "JPEG"))
    return path


def tries(path: Path) -> int:
    return len(Path(f"{path}.tried").read_text())


def pid(studio: Studio) -> int | None:
    word = repr(studio).rstrip(">").split()[-1]
    return None if word == "None" else int(word)


def is_alive(process: int | None) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in ("Z", "X")


async def test_both_sizes_of_a_photo_come_from_one_process(photo: Path) -> None:
    async with opened() as studio:
        small, large = await asyncio.gather(
            studio.preview(photo, SMALL, ALICE), studio.preview(photo, LARGE, ALICE)
        )
        assert isinstance(small, Preview)
        assert isinstance(large, Preview)
        assert (small.width, large.width, small.height, large.height) == (1000, 1000, 500, 500)
        assert len(small.webp) < len(large.webp)
        process = pid(studio)
        assert is_alive(process)
    assert not is_alive(process)


async def test_no_process_runs_before_the_first_job() -> None:
    async with opened() as studio:
        assert pid(studio) is None


async def test_an_idle_worker_goes_and_comes_again(photo: Path) -> None:
    async with opened(idle_seconds=0.01) as studio:
        await studio.preview(photo, SMALL, ALICE)
        await until(lambda: pid(studio) is None)
        assert isinstance(await studio.preview(photo, SMALL, ALICE), Preview)


@pytest.mark.parametrize("fault", ["dies", "hangs", "lies", "babbles"])
async def test_after_a_failure_the_job_is_tried_once_more_in_a_fresh_process(
    fault: str, imitation: Studio, tmp_path: Path
) -> None:
    reply = await imitation.preview(tmp_path / f"once {fault}", SMALL, ALICE)
    assert isinstance(reply, Preview)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("dies", "crash"), ("hangs", "time"), ("lies", "crash"), ("babbles", "crash")],
)
async def test_after_two_failures_there_is_no_preview_and_the_next_job_is_done(
    fault: str, reason: str, imitation: Studio, tmp_path: Path
) -> None:
    path = tmp_path / f"always {fault}"
    bad, good = await asyncio.gather(
        imitation.preview(path, SMALL, ALICE), imitation.preview(tmp_path / "draws", SMALL, ALICE)
    )
    assert bad == NoPreview(reason)  # type: ignore[arg-type]
    assert isinstance(good, Preview)
    assert tries(path) == 2


async def test_a_worker_that_is_killed_from_outside_is_replaced(photo: Path) -> None:
    async with opened() as studio:
        await studio.preview(photo, SMALL, ALICE)
        before = pid(studio)
        assert before is not None
        os.kill(before, 9)
        assert isinstance(await studio.preview(photo, SMALL, ALICE), Preview)
        assert pid(studio) != before


async def test_people_have_their_turn_among_the_others(imitation: Studio, tmp_path: Path) -> None:
    done: list[str] = []

    async def sent(name: str, side: int, user_id: int) -> Reply:
        reply = await imitation.preview(tmp_path / name, side, user_id)
        done.append(name)
        return reply

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(sent(f"a{number}", SMALL, ALICE))
        group.create_task(sent("large", LARGE, ALICE))
        for number in range(2):
            group.create_task(sent(f"b{number}", SMALL, BOB))
    assert done[:5] == ["a0", "b0", "a1", "b1", "a2"]
    assert done[-1] == "large"


async def test_what_nobody_waits_for_any_more_is_not_drawn(
    imitation: Studio, tmp_path: Path
) -> None:
    first = asyncio.create_task(imitation.preview(tmp_path / "draws", SMALL, ALICE))
    left = asyncio.create_task(imitation.preview(tmp_path / "left", SMALL, ALICE))
    await asyncio.sleep(0)
    left.cancel()
    await first
    await imitation.preview(tmp_path / "last", SMALL, ALICE)
    assert not (tmp_path / "left.tried").exists()


async def test_who_waits_at_the_end_is_refused(imitation: Studio, tmp_path: Path) -> None:
    waiting = [
        asyncio.create_task(imitation.preview(tmp_path / name, SMALL, ALICE))
        for name in ("hangs", "draws")
    ]
    await until((tmp_path / "hangs.tried").exists)
    await imitation.close()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in results] == [Unavailable, Unavailable]
    with pytest.raises(Unavailable):
        await imitation.preview(tmp_path / "late", SMALL, ALICE)


async def test_without_a_process_it_is_refused_and_not_remembered(photo: Path) -> None:
    async with opened(command=("/nonexistent",)) as studio:
        with pytest.raises(Unavailable):
            await studio.preview(photo, SMALL, ALICE)


def test_turns_go_round() -> None:
    turns: Turns[str] = Turns()
    for user_id, job in ((1, "a"), (1, "b"), (2, "c"), (3, "d"), (1, "e")):
        turns.add(user_id, job, urgent=True)
    turns.add(4, "later", urgent=False)
    assert len(turns) == 6
    assert [turns.next() for _ in range(7)] == ["a", "c", "d", "b", "e", "later", None]


SERVER = """
import asyncio, sys, time
from pathlib import Path
from messenger.files.previews.studio import Studio

async def main():
    studio = Studio()
    await studio.preview(Path(sys.argv[1]), 320, 1)
    print(repr(studio), flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_the_worker_ends_with_a_killed_server_though_it_hangs(photo: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", SERVER, str(photo), stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    said = await server.stdout.readline()
    worker = int(said.decode().rstrip(">\n").split()[-1])
    os.kill(worker, signal.SIGSTOP)
    server.kill()
    await server.wait()
    await until(lambda: not is_alive(worker))
