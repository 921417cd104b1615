"""No text, however made, holds the event loop: all that reads one is linear in its length."""

import contextlib
import importlib
import inspect
import pkgutil
import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from messenger import rules
from messenger.errors import ValidationFailed
from messenger.model import ChecklistItem
from messenger.rules import accounts, due, due_forms, moments, notify, origins, tasks, text

LONGEST = 5000
"""Characters of a message."""
WITHIN = 0.020
"""Seconds of computing, the best of three: a machine that is busy is no slow rule."""
SEED = 8
BLANKS = [" ", "\n", "\t", "\r\n", "\u00a0", "\u2028", "\u3000"]
WORDS = [
    "до ", "by ", "в ", "1", "1.", "12:00 ", "завтра ", "every ", "через ", "a", "а", "щ", "л",
    "@", "@a", "`", "``", "*", "**", "~~", "_", "[", "](", "](a", ")", '"', ">", "> ", "- ", "#",
    "https://", "www.", "mailto:", "\\", ".", ",", "!", "\u0301", "\u200b", "\ufe0f", "\U0001f44d",
]  # fmt: skip
READ = {id(text._span): text.LINE_READ, id(due._refused_after): 40, id(accounts.EMAIL): 254}
"""What is given less than a whole message by whoever uses it."""


def modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(rules.__path__, "messenger.rules."):
        yield importlib.import_module(module.name)


def patterns() -> dict[str, re.Pattern[str]]:
    found = {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }
    forms = {f"form {number}": form.pattern for number, form in enumerate(due_forms.FORMS)}
    return found | forms


def adversarial(atoms: list[str], size: int, count: int) -> Iterator[str]:
    """Runs, alternations and runs after runs: what makes a pattern go back over its steps."""
    chance = random.Random(SEED)
    for atom in BLANKS:
        yield atom * (size // len(atom))
    yield "\n" * (size // 2) + " " * (size // 2)
    for _ in range(count):
        first, second, third = (chance.choice(atoms) for _ in range(3))
        blank = chance.choice(BLANKS)
        yield from (
            (first * size)[:size],
            ((first + second) * size)[:size],
            ((first + blank + second + third) * size)[:size],
            (first * size)[: size // 2] + (second * size)[: size // 2],
            (first + (blank * size)[: size // 4] + second) * 4,
            ((first * 40 + second) * size)[:size],
        )


def atoms_of(pattern: re.Pattern[str]) -> list[str]:
    """What a pattern is made of is what may lead it astray."""
    said = re.sub(r"\\[wsdbBSWDZ]|\(\?[^\s\w]*(?:<\w+>)?|\(\?P=\w+\)", " ", pattern.pattern)
    return [*dict.fromkeys(re.findall(r"\w+|[^\w\s]", said.lower())), *WORDS]


def seconds(work: Callable[[], Any]) -> float:
    def once() -> float:
        started = time.process_time()
        with contextlib.suppress(ValidationFailed):
            work()
        return time.process_time() - started

    took = once()
    return took if took <= WITHIN else min(took, once(), once())


def check(texts: Iterator[str], work: Callable[[str], Any]) -> None:
    for written in texts:
        took = seconds(partial(work, written))
        assert took <= WITHIN, f"{took:.3f} s for {written[:60]!r}…"


def every_match(pattern: re.Pattern[str], written: str) -> None:
    for _ in pattern.finditer(written):
        pass
    pattern.fullmatch(written)


@pytest.mark.parametrize("name", patterns())
def test_no_pattern_is_worse_than_linear(name: str) -> None:
    pattern = patterns()[name]
    size = READ.get(id(pattern), LONGEST)
    check(adversarial(atoms_of(pattern), size, 25), partial(every_match, pattern))


NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ITEM = 40
READERS: dict[str, Callable[[str], Any]] = {
    "text.check_characters": lambda given: text.check_characters(given, "text"),
    "text.check_raw": lambda given: text.check_raw(given, LONGEST, "text"),
    "text.check_text": lambda given: text.check_text(given, LONGEST),
    "text.check_draft": lambda given: text.check_draft(given, LONGEST),
    "text.check_drafts": lambda given: text.check_drafts(given, LONGEST),
    "accounts.check_password": lambda given: accounts.check_password(given[:1024], given[:32]),
    "accounts.normal": lambda given: accounts.normal(given[:256]),
    "accounts.email_key": lambda given: accounts.email_key(given[:256]),
    "accounts.username_key": lambda given: accounts.username_key(given[:256]),
    "lookalikes.username_key": lambda given: accounts.username_key(given[:256]),
    "lookalikes.script_of": lambda given: accounts.script_of(given[:1]),
    "visible.is_visible": lambda given: None if not given else text.is_visible(given[0]),
    "origins.is_ours": lambda given: origins.is_ours(
        given[:8190], "https://a.example", "a.example", secure=True
    ),
    "notify.names_a_word": lambda given: notify.names_a_word(given, [given[:50]] * 50),
    "due.due_in": lambda given: due.due_in(given, NOW),
    "tasks.check_checklist": lambda given: tasks.check_checklist(
        [ChecklistItem(id=given, text=given)] * ITEM
    ),
    "tasks.check_labels": lambda given: tasks.check_labels([given] * 20),
    "moments.checked_moment": lambda given: moments.checked_moment(given, "until"),
    "moments.checked_day": lambda given: moments.checked_day(given, "from"),
}
"""Those that are called with more than a text, or with a bounded one; others take it alone."""
NO_TEXT = {
    "positions.between",
    "positions.spread",
    "positions.shortened",
    "due_forms.end_of_day",
    "tasks.trimmed",
    "chats.check_files_found",
}
"""These read no text of people's."""


def readers() -> dict[str, Callable[[str], Any]]:
    """Every public function of the rules that takes a text."""
    found: dict[str, Callable[[str], Any]] = {}
    for module in modules():
        short = module.__name__.rpartition(".")[2]
        for name, value in vars(module).items():
            own = inspect.isfunction(value) and value.__module__ == module.__name__
            if not own or name.startswith("_") or f"{short}.{name}" in NO_TEXT:
                continue
            first = next(iter(inspect.signature(value).parameters.values()), None)
            if first is not None and re.search(r"\bstr\b|ChecklistItem", str(first.annotation)):
                found[f"{short}.{name}"] = READERS.get(f"{short}.{name}", value)
    return found


@pytest.mark.parametrize("name", readers())
@pytest.mark.parametrize("size", [LONGEST, 2 * LONGEST])
def test_no_rule_that_reads_a_text_is_slow(name: str, size: int) -> None:
    check(adversarial(WORDS, size, 25), readers()[name])


def test_blank_lines_and_spaces_made_into_a_task_do_not_stop_the_loop() -> None:
    """Stored before texts were bounded: 44 seconds once."""
    written = "a" + "\n" * 86_000 + " " * 85_000 + "завтра"
    assert seconds(lambda: (text.first_line(written), due.due_in(written, NOW))) <= WITHIN
