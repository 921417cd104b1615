"""The page about adding a command names files that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "adding-a-command.md"


def test_the_page_names_files_that_are_there():
    named = re.findall(
        r"`((?:messenger|tests|actors|store|http|protocol|reference)/[^`]+)`", PAGE.read_text()
    )
    paths = [each.partition("…")[0].removesuffix("test_") for each in named]
    assert len(paths) > 15
    missing = [
        each
        for each in paths
        if not ((ROOT / each).exists() or (ROOT / "messenger" / each).exists())
    ]
    assert missing == []
