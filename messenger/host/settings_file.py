"""`/etc/messenger/environment`: one `NAME=value` a line, as systemd and the command read it."""

import re
from collections.abc import Mapping
from typing import Final

NAMED: Final = re.compile(r"\s*(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)")


def read(text: str) -> dict[str, str]:
    """What it sets; a name that stands twice has its last value. Quotes around it are not of it."""
    found = {}
    for line in text.splitlines():
        match = NAMED.fullmatch(line)
        if match is not None:
            found[match["name"]] = unquoted(match["value"].strip())
    return found


def unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def merged(text: str, wanted: Mapping[str, str]) -> str:
    """The same file with these set; every other line stays as somebody wrote it."""
    missing = dict(wanted)
    lines = []
    for line in text.splitlines():
        match = NAMED.fullmatch(line)
        name = match["name"] if match else ""
        if name not in wanted:
            lines.append(line)
        elif name in missing:
            value = missing.pop(name)
            lines.append(line if read(line) == {name: value} else f"{name}={value}")
    lines += [f"{name}={value}" for name, value in missing.items()]
    return "".join(f"{line}\n" for line in lines)
