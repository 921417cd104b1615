"""The commands that change a board, each chosen by three numbers, and what comes of it on paper."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.live.board_model import Board, Card, Pile

CONFLICT, INVALID = "version_conflict", "validation_failed"


class Act(NamedTuple):
    """A command: what its answer makes of the board, or the code it must be refused with."""

    type: str
    fields: dict[str, Any]
    apply: Callable[[Any], None]
    refusal: str | None = None


Make = Callable[[Board, int, int, int], Act]


def nothing(answer: Any) -> None:
    pass


def pile_of(board: Board, number: int) -> Pile | None:
    """A column; now and then none."""
    return [*board.piles, None][number % (len(board.piles) + 1)]


def card_of(board: Board, number: int) -> Card:
    cards = list(board.cards.values())
    return cards[number % len(cards)]


# Cards


def create(board: Board, number: int, other: int, behind: int) -> Act:
    pile = pile_of(board, number)
    fields = {"title": "card", "column_id": pile and pile.id}
    return Act("task.create", fields, lambda task: board.create(Card(task["id"]), pile))


def move(board: Board, number: int, other: int, behind: int) -> Act:
    """Before a card of the column, last, or before one that stands elsewhere, which is last too."""
    card, pile = card_of(board, number), pile_of(board, other)
    choice = [*(pile.cards if pile else ()), None, card_of(board, other)]
    before = choice[other // 7 % len(choice)]
    seen = max(1, card.version - behind)
    fields: dict[str, Any] = {
        "task_id": card.id,
        "column_id": pile and pile.id,
        "before": before and before.id,
    }

    def apply(task: Any) -> None:
        if task["version"] > card.version:
            board.move(card, pile, before)

    if board.stands(card, pile, before):
        return Act("task.move", {**fields, "version": seen}, nothing)
    if pile is not None and before not in (*pile.cards, None) and pile.cards[-1:] == [card]:
        # It is last already: its place may be written anew, or not.
        return Act("task.move", fields, apply)
    clash = card.clashes(board.moving(card, pile), seen)
    return Act("task.move", {**fields, "version": seen}, apply, CONFLICT if clash else None)


def rename(board: Board, number: int, other: int, behind: int) -> Act:
    card, title = card_of(board, number), f"card {other % 3}"
    seen = max(1, card.version - behind)
    clash = card.title != title and card.clashes({"title"}, seen)
    fields = {"task_id": card.id, "title": title, "version": seen}
    refusal = CONFLICT if clash else None
    return Act("task.update", fields, lambda _: board.rename(card, title), refusal)


def restate(board: Board, number: int, other: int, behind: int) -> Act:
    card, done = card_of(board, number), other % 2 == 0
    fields = {"task_id": card.id, "status": "done" if done else "open"}
    return Act("task.update", fields, lambda _: board.restate(card, done))


def put_away(board: Board, number: int, other: int, behind: int) -> Act:
    card = card_of(board, number)
    refusal = None if card.done else INVALID
    fields = {"task_id": card.id, "archived": True}
    return Act("task.update", fields, lambda _: board.put_away(card), refusal)


def bring_back(board: Board, number: int, other: int, behind: int) -> Act:
    card = card_of(board, number)
    fields = {"task_id": card.id, "archived": False}
    return Act("task.update", fields, lambda _: board.bring_back(card))


def delete(board: Board, number: int, other: int, behind: int) -> Act:
    card = card_of(board, number)
    return Act("task.delete", {"task_id": card.id}, lambda _: board.delete(card))


# Columns


def add_column(board: Board, number: int, other: int, behind: int) -> Act:
    done = number % 3 == 0
    fields = {"title": "column", "is_done": done}
    return Act("column.create", fields, lambda column: board.piles.append(Pile(column["id"], done)))


def mark_column(board: Board, number: int, other: int, behind: int) -> Act:
    pile, done = board.piles[number % len(board.piles)], other % 2 == 0
    if done and not pile.done and all(each.done for each in board.piles if each is not pile):
        return add_column(board, 1, other, behind)  # it would be refused
    fields = {"column_id": pile.id, "is_done": done}
    return Act("column.update", fields, lambda _: board.mark(pile, done))


def shift_column(board: Board, number: int, other: int, behind: int) -> Act:
    pile, before = board.piles[number % len(board.piles)], pile_of(board, other)
    fields = {"column_id": pile.id, "before": before and before.id}
    return Act("column.move", fields, lambda _: board.shift(pile, before))


def remove_column(board: Board, number: int, other: int, behind: int) -> Act:
    pile = board.piles[number % len(board.piles)]
    if not pile.done and not board.keeps_open(pile):
        return add_column(board, 1, other, behind)  # it would be refused
    return Act("column.delete", {"column_id": pile.id}, lambda _: board.remove(pile))


ANYBODY: tuple[Make, ...] = (create, move)
CARDS: tuple[Make, ...] = (rename, restate, put_away, bring_back, delete)
COLUMNS: tuple[Make, ...] = (mark_column, shift_column, remove_column)
ACTS: tuple[Make, ...] = (create, create, *(move,) * 8, *CARDS, add_column, *COLUMNS)


def chosen(make: Make, numbers: tuple[int, int, int], board: Board) -> Act:
    """The act on what is there; where nothing is, something is made first."""
    if make in (move, *CARDS) and not board.cards:
        make = create
    if make in COLUMNS and not board.piles:
        make = add_column
    return make(board, *numbers)
