"""What is shown of a text that was found: a few lines, and the match is in them."""

from messenger.model import ChecklistItem
from messenger.search.looking import text_of
from messenger.search.snippets import LONGEST, snippet
from tests.unit.situations import task


def found(text: str, word: str) -> tuple[str, list[str]]:
    """The piece that is shown around the first such word, and what is marked in it."""
    at = text.index(word)
    shown = snippet(text, [(at, at + len(word))])
    return shown.text, [shown.text[start:end] for start, end in shown.ranges]


def test_at_most_one_line_stands_before_the_match() -> None:
    lines = "\n".join(f"line {each}" for each in range(9))
    assert found(lines, "line 7") == ("…line 6\nline 7\nline 8", ["line 7"])
    assert found(lines, "line 1")[0].startswith("line 0\nline 1")
    assert found("\noak", "oak") == ("\noak", ["oak"])


def test_of_a_long_text_no_more_stands_before_the_match_either() -> None:
    text = f"{'word ' * 80}\none\ntwo\nthree oak {'word ' * 80}"
    shown, marked = found(text, "oak")
    assert shown.startswith("…two\nthree oak word")
    assert marked == ["oak"]
    assert len(shown) <= LONGEST + 2


def test_what_a_task_does_not_say_leaves_no_line() -> None:
    items = [ChecklistItem(id="1", text="oak", done=False)]
    assert text_of(task(description="", labels=["wood"], checklist=items)) == "wood\noak"
