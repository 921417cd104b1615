"""What a look at one thing comes to, before anybody has put it into words."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

State = Literal["well", "advice", "wrong"]
Area = Literal["settings", "machine", "database", "stored", "reach", "services"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`command` is a line for a shell, `sql` one for psql as the database's administrator, and
    `setting` a `NAME=value` for the environment: whoever runs or sets it has mended it."""

    code: str
    state: State
    values: dict[str, Any] = {}
    command: str | None = None
    sql: str | None = None
    setting: str | None = None


def well(code: str, **values: Any) -> Finding:
    return Finding(code=code, state="well", values=values)


def advice(code: str, **values: Any) -> Finding:
    """It works; it would be better otherwise."""
    return _found(code, "advice", values)


def wrong(code: str, **values: Any) -> Finding:
    """It does not work, or will not for long."""
    return _found(code, "wrong", values)


def _found(code: str, state: State, values: dict[str, Any]) -> Finding:
    doing = {name: values.pop(name, None) for name in ("command", "sql", "setting")}
    return Finding(code=code, state=state, values=values, **doing)


class DoctorCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at, in words. `command`, `sql` and `setting` are its fix to the
    letter, where there is one."""

    code: Annotated[str, Meta(description="What was looked at; the same in every language.")]
    area: Annotated[Area, Meta(description="What it belongs to; checks come in this order.")]
    state: Annotated[State, Meta(description="`advice`: it works, and would be better otherwise.")]
    name: Annotated[str, Meta(description="What it is called.")]
    found: Annotated[str, Meta(description="What was found, as a sentence.")]
    fix: Annotated[str | None, Meta(description="What to do; null when it is well.")]
    command: Annotated[str | None, Meta(description="A line for the machine's shell.")]
    sql: Annotated[str | None, Meta(description="A line for psql, as the database's owner.")]
    setting: Annotated[str | None, Meta(description="`NAME=value` for the environment.")]
    mendable: Annotated[bool, Meta(description="Whether `messenger doctor --fix` does it.")]


class ShownSetting(msgspec.Struct, frozen=True, kw_only=True):
    """A setting as it is in force."""

    name: Annotated[str, Meta(description="Its name in the environment.")]
    value: Annotated[str, Meta(description="Its value; secrets are masked.")]
    source: Annotated[
        str, Meta(description="`environment`, `default`, `NAME_FILE`, or the file that has it.")
    ]


class DoctorReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, and what is wrong."""

    ok: Annotated[bool, Meta(description="Nothing is wrong; advice may be given all the same.")]
    version: Annotated[str, Meta(description="What is installed: version and schema.")]
    checked_at: Annotated[str, Meta(description="When it was looked at.")]
    seconds: Annotated[float, Meta(description="How long that took.")]
    settings: Annotated[list[ShownSetting], Meta(description="All settings, as in force.")]
    checks: Annotated[list[DoctorCheck], Meta(description="What was looked at, by area.")]
