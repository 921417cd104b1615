"""A board on paper: columns are lists of cards, and moving is taking out and putting in.

Knows nothing of positions, events or the server.
"""


class Card:
    """A task; `changed` says at which version which field was last changed."""

    def __init__(self, id: int, title: str = "card", version: int = 1) -> None:
        self.id = id
        self.title = title
        self.version = version
        self.done = False
        self.archived = False
        # Its status was changed where the board had no column for that.
        self.odd = False
        self.changed: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"<Card {self.id} v{self.version}{' done' if self.done else ''}>"

    def touch(self, fields: set[str]) -> None:
        self.version += 1
        self.changed.update(dict.fromkeys(fields, self.version))

    def clashes(self, fields: set[str], seen: int) -> bool:
        """Whether somebody who saw that version may not change these any more."""
        return any(self.changed.get(field, 0) > seen for field in fields)


class Pile:
    """A column: cards in their order."""

    def __init__(self, id: int, done: bool, version: int = 1) -> None:
        self.id = id
        self.done = done
        self.version = version
        self.cards: list[Card] = []

    def __repr__(self) -> str:
        return f"<Pile {self.id}{' for done' if self.done else ''}: {self.cards}>"


class Board:
    """Piles in their order, and all cards there are, whether they stand in one or not."""

    def __init__(self, piles: list[Pile]) -> None:
        self.piles = piles
        self.cards: dict[int, Card] = {}

    def pile(self, id: int) -> Pile:
        return next(pile for pile in self.piles if pile.id == id)

    def under(self, card: Card) -> Pile | None:
        return next((pile for pile in self.piles if card in pile.cards), None)

    def first(self, done: bool) -> Pile | None:
        return next((pile for pile in self.piles if pile.done == done), None)

    # Cards

    def create(self, card: Card, pile: Pile | None) -> None:
        self.cards[card.id] = card
        pile = pile or self.first(done=False)
        if pile is not None:
            pile.cards.append(card)
            card.done = pile.done

    def stands(self, card: Card, pile: Pile | None, before: Card | None) -> bool:
        """Whether there is nothing to move."""
        if pile is None or self.under(card) is not pile:
            return pile is self.under(card)
        rest = pile.cards[pile.cards.index(card) + 1 :]
        return before is card or (rest[0] if rest else None) is before

    def moving(self, card: Card, pile: Pile | None) -> set[str]:
        """What a move there will change."""
        fields = {"place"}
        if pile is not None and pile.done != card.done:
            fields.add("status")
        if pile is not None and card.archived:
            fields.add("archived")
        return fields

    def move(self, card: Card, pile: Pile | None, before: Card | None) -> None:
        fields = self.moving(card, pile)
        self.take(card)
        if pile is not None:
            here = pile.cards.index(before) if before in pile.cards else len(pile.cards)
            pile.cards.insert(here, card)
            card.done = pile.done
            card.archived = False
        card.touch(fields)

    def restate(self, card: Card, done: bool) -> None:
        """A status brings its column along, where there is one for it."""
        if card.done == done:
            return
        pile, target = self.under(card), self.first(done)
        fields = {"status"}
        if not done and card.archived:
            card.archived = False
            fields.add("archived")
        leaves = pile is not None and pile.done != done
        if target is not None and (leaves or "archived" in fields):
            self.take(card)
            target.cards.append(card)
            fields.add("place")
        card.odd = target is None and leaves
        card.done = done
        card.touch(fields)

    def put_away(self, card: Card) -> None:
        if not card.archived:
            card.archived = True
            card.touch({"archived"} | ({"place"} if self.take(card) else set()))

    def bring_back(self, card: Card) -> None:
        if card.archived:
            card.archived = False
            target = self.first(card.done)
            if target is not None:
                target.cards.append(card)
            card.touch({"archived"} | ({"place"} if target else set()))

    def rename(self, card: Card, title: str) -> None:
        if card.title != title:
            card.title = title
            card.touch({"title"})

    def take(self, card: Card) -> bool:
        pile, card.odd = self.under(card), False
        if pile is not None:
            pile.cards.remove(card)
        return pile is not None

    def delete(self, card: Card) -> None:
        self.take(card)
        del self.cards[card.id]

    # Columns

    def mark(self, pile: Pile, done: bool) -> None:
        """What stands in a column for what is done, is."""
        if pile.done != done:
            pile.done = done
            pile.version += 1
            for card in pile.cards:
                if card.done != done:
                    card.done = done
                    card.touch({"status"})

    def shift(self, pile: Pile, before: Pile | None) -> None:
        place = self.piles.index(pile)
        following = self.piles[place + 1] if place + 1 < len(self.piles) else None
        if before is pile or before is following:
            return
        self.piles.remove(pile)
        self.piles.insert(self.piles.index(before) if before else len(self.piles), pile)
        pile.version += 1

    def keeps_open(self, pile: Pile) -> bool:
        """Whether there is a column for what is open without this one, or no other at all."""
        others = [each for each in self.piles if each is not pile]
        return not others or not all(each.done for each in others)

    def remove(self, pile: Pile) -> None:
        """Its cards go to the end of the column of its kind before it, or after it."""
        alike = [each for each in self.piles if each.done == pile.done]
        place = alike.index(pile)
        beside = alike[place - 1] if place else next(iter(alike[1:]), None)
        self.piles.remove(pile)
        for card in pile.cards:
            if beside is not None:
                beside.cards.append(card)
            else:
                card.odd = False
            card.touch({"place"})
