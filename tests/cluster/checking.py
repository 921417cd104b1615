"""What people of several servers were told is held against what each server has stored.

Acknowledged is stored, once, under the number that was told, and heard by everybody in order; every
move of a card counted once, every task is there once, and all servers say the same.
"""

from typing import Any

import msgspec

from tests.cluster.people import Mover, People, Person, is_move
from tests.faults.server import ServerProcess


class Found(msgspec.Struct):
    """What a trial came to: problems, and how much was looked at."""

    problems: list[str] = []
    acknowledged: int = 0
    resent: int = 0
    moves: int = 0
    tasks: int = 0
    late: list[float] = []
    """Seconds from the first who heard of a message to the last of the watchers, in quiet times."""


def acknowledged(writers: list[Person]) -> int:
    return sum(one.seq is not None for who in writers for one in who.attempts)


async def check(
    nodes: list[ServerProcess],
    people: People,
    found: Found,
    quiet: list[tuple[float, float]] | None = None,
) -> None:
    """Look at everything, once everybody has heard all of it; `quiet`: times without a fault."""
    attempts = {one.key: one for who in people.writers for one in who.attempts}
    told = {one.key: (one.chat, one.seq) for one in attempts.values()}
    found.acknowledged = len(attempts)
    found.resent = sum(one.tries > 1 for one in attempts.values())
    found.late = _lateness(people, quiet or [])
    token, chats = people.writers[0].client.token, people.writers[0].chats
    for node in nodes:
        stored = {}
        for chat in chats:
            messages = await _everything(node, f"/chats/{chat}/messages?", "seq", token)
            if [each["n"] for each in messages] != list(range(1, len(messages) + 1)):
                found.problems.append(f"{node.base}: chat {chat} has gaps")
            stored |= {each["client_message_id"]: (chat, each["seq"]) for each in messages}
        found.problems += [f"{key} is not as told" for key in told if stored.get(key) != told[key]]
        found.problems += [f"nobody sent {key}" for key in stored.keys() - told.keys()]
    for one in people.all:
        found.problems += one.problems
        heard = [key for chat in chats for _, key in one.heard.get(chat, ()) if key is not None]
        if len(heard) != len(set(heard)) or set(heard) != attempts.keys():
            missing = len(attempts.keys() - set(heard))
            found.problems.append(f"{one.client.user_id} heard {len(heard)}, {missing} missing")
    await _check_board(nodes, people.movers, found)


async def _check_board(nodes: list[ServerProcess], movers: list[Mover], found: Found) -> None:
    wanted = {one.key for who in movers for one in who.attempts if not is_move(one)}
    counts = {who.card: sum(map(is_move, who.attempts)) for who in movers}
    found.tasks, found.moves = len(wanted), sum(counts.values())
    seen = []
    for node in nodes:
        path = f"/chats/{movers[0].board}/tasks?"
        tasks = await _everything(node, path, "id", movers[0].client.token)
        seen.append(sorted((each["id"], each["column_id"], each["position"]) for each in tasks))
        titles = [each["title"] for each in tasks if each["title"] != "card"]
        if sorted(titles) != sorted(wanted):
            found.problems.append(f"{node.base}: {len(titles)} tasks of {len(wanted)}")
        versions = {each["id"]: each["version"] for each in tasks}
        for card, moves in counts.items():
            if versions[card] != 1 + moves:
                said = f"a card was moved {versions[card] - 1} times of {moves}"
                found.problems.append(f"{node.base}: {said}")
    if any(each != seen[0] for each in seen):
        found.problems.append("the servers' boards differ")


async def _everything(node: ServerProcess, path: str, by: str, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = 0
    name = "after_seq" if by == "seq" else "after"
    more = "&limit=200" if by == "seq" else ""
    while page := (await node.request("GET", f"{path}{name}={after}{more}", token))["data"]:
        found += page
        after = page[-1][by]
    return found


def _lateness(people: People, quiet: list[tuple[float, float]]) -> list[float]:
    found = []
    for key in people.writers[0].moment:
        first = min(one.moment[key] for one in people.all if key in one.moment)
        if any(start <= first <= end for start, end in quiet):
            found.append(max(one.moment.get(key, first) for one in people.watchers) - first)
    return sorted(found)
