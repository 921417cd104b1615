"""The layers in force: who may import whom, who may start a task, how long a file may be.

Reads the source as text. What stands under `if TYPE_CHECKING` counts: a circle that hides there
is one all the same.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1] / "messenger"
FILES = sorted(ROOT.rglob("*.py"))

# Every part and the parts it may import. A part is a package under `messenger`, or a module there.
PURE = frozenset({"model", "errors", "decision", "storage", "protocol", "rules"})
NOTHING: frozenset[str] = frozenset()
FOUNDATION = PURE | {"config", "pace", "logs", "place"}
DOORS = FOUNDATION | {"actors", "store", "auth"}
MAY: dict[str, frozenset[str]] = {
    "__main__": frozenset({"cli"}),
    "cli": DOORS
    | {"late", "app", "process", "files", "archive", "export", "jobs", "demo", "backup"}
    | {"cluster", "installers", "mail", "search", "host", "shipped", "runtime", "doctor"}
    | {"priority"},
    # The machine it is installed on: files, links and programs, and nothing of what is served.
    "host": NOTHING,
    # Asks the store only which migration is the newest.
    "shipped": frozenset({"store"}),
    "demo": DOORS | {"files"},
    "process": DOORS | {"app", "systemd", "standing", "tracing", "priority"},
    # What administrators chose, over the settings of a process.
    "runtime": FOUNDATION | {"store"},
    # The part of it that every client keeps to.
    "public": FOUNDATION | {"rules", "runtime", "store"},
    # Wound around a server that knows nothing of it.
    "tracing": DOORS | {"app", "http"},
    # Told to the log when somebody asks.
    "standing": frozenset({"app", "actors"}),
    "app": DOORS
    | {"ws", "http", "jobs", "cluster", "push", "mail", "files", "archive", "search"}
    | {"background", "outgoing", "public", "runtime"},
    "ws": FOUNDATION | {"actors", "auth"},
    "http": DOORS
    | {"installers"}
    | {"reference", "files", "archive", "push", "jobs", "backup", "mail", "search", "words"}
    | {"public", "runtime", "doctor", "cluster", "priority"},
    # Looks at everything, from the settings to what a browser meets; changes nothing.
    "doctor": DOORS | {"files", "archive", "backup", "jobs", "mail", "outgoing"},
    "jobs": DOORS | {"files", "push", "background", "backup", "mail", "search"},
    # The dump, its proof and the way back; when is for `jobs` to say.
    "backup": FOUNDATION | {"store", "files", "archive", "priority"},
    "push": DOORS | {"outgoing", "words", "consumer", "priority"},
    # The same events in the same words, and of nothing that push has shown.
    "mail": DOORS | {"push", "words"},
    # Reads the log; who is told of it derives from it.
    "consumer": frozenset({"model", "errors", "store", "resting"}),
    "resting": NOTHING,
    # Files beside the data; no database.
    "installers": NOTHING,
    # What the server writes to people, in their languages.
    "words": NOTHING,
    # It is given all it needs, and nothing of ours can be asked through it.
    "outgoing": NOTHING,
    "files": DOORS | {"priority"},
    "archive": DOORS | {"files"},
    # Reads the log and the archive, and what both are of.
    "search": DOORS | {"archive", "consumer", "files", "resting"},
    # What the archive and the tables have, in a folder; and back.
    "export": FOUNDATION | {"store", "files", "archive"},
    "background": frozenset({"errors"}),
    # A server beside others on one database, and several of them behind one port.
    "cluster": FOUNDATION | {"actors", "background", "store", "systemd"},
    "auth": frozenset({"errors", "config"}),
    # The store is behind `storage`, so that a model of it can take its place.
    "actors": PURE | {"config", "pace", "logs", "place"},
    "store": PURE | {"place", "priority"},
    "rules": frozenset({"model", "errors", "protocol"}),
    "protocol": frozenset({"model", "errors"}),
    # The documents show the settings' defaults; nothing below them does.
    "reference": frozenset({"model", "errors", "protocol", "config"}),
    "storage": frozenset({"decision", "model", "errors"}),
    "decision": frozenset({"model", "protocol"}),
    "model": frozenset(),
    "errors": frozenset(),
    "pace": frozenset({"errors"}),
    "config": frozenset(),
    "logs": frozenset(),
    "place": NOTHING,
    # A process and its session, in the eyes of the system.
    "priority": NOTHING,
    # Before anything else is imported.
    "late": NOTHING,
    "systemd": frozenset(),
}
# Outside libraries, and the parts or files that alone may import them.
ONLY = {
    "aiohttp": ("ws/", "http/", "app.py", "push/", "outgoing/", "doctor/reach.py", "tracing.py"),
    "aiohttp_jinja2": ("http/",),
    "aiopg": ("store/db.py",),
    "aiosmtplib": ("mail/smtp.py",),
    # All else declares with `store.sql`, so that a server at rest is without it.
    "sqlalchemy": ("store/sql.py", "store/compiling.py", "store/schema/drift.py"),
    "psycopg2": ("store/", "cli/", "doctor/"),
    "yoyo": ("store/",),
    "pywebpush": ("push/encryption.py",),
    "py_vapid": ("push/vapid.py",),
    "nats": ("cluster/nats_client.py",),
    "cryptography": ("push/encryption.py",),
    "jwt": ("auth.py",),
    "bcrypt": ("auth.py",),
    "click": ("cli/",),
    "rich": ("cli/",),
    "markdown_it": ("reference/",),
    "aiocron": ("jobs/",),
    "pyrage": ("backup/sealing.py",),
    "cronsim": ("jobs/",),
    "opentelemetry": ("tracing.py",),
    "uvloop": ("process.py", "push/worker.py"),
    "obstore": ("files/",),
    "filetype": ("files/",),
    "PIL": ("files/previews/drawing.py", "demo/drawing.py"),
    "pillow_heif": ("files/previews/drawing.py",),
    "pypdfium2": ("files/previews/drawing.py", "files/previews/reading.py"),
    "thash": ("files/previews/drawing.py",),
    "zipfile": ("files/", "export/", "host/releases.py"),
    "Stemmer": ("search/words.py",),
    "defusedxml": ("files/previews/reading.py",),
}
IMPURE = frozenset(
    {"asyncio", "aiohttp", "sqlalchemy", "socket", "aiopg", "threading", "subprocess"}
)
STARTS = frozenset({"create_task", "ensure_future", "TaskGroup"})
STARTERS = frozenset(
    {
        "actors/actor.py", "actors/streams.py", "ws/wire.py", "ws/dispatch.py", "app.py",
        "background.py", "jobs/schedule.py", "files/unpacking.py", "files/previews/studio.py",
        "push/courier.py", "push/sender.py", "push/sending.py", "store/clients.py",
        "store/connection.py", "store/db.py", "store/worker.py",
    }
)  # fmt: skip

LONGEST = 300


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def part(file: Path) -> str:
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def imports(file: Path) -> Iterator[str]:
    """Full names of all that a module imports, wherever it stands."""
    return imported(tree(file), ["messenger", *file.relative_to(ROOT).parts[:-1]])


def imported(module: ast.Module, package: list[str]) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{start}.{alias.name}" for alias in node.names)


def parts_imported(file: Path) -> set[str]:
    names = [each.split(".") for each in imports(file) if each.startswith("messenger.")]
    return {each[1] for each in names} - {part(file)}


def libraries(file: Path) -> set[str]:
    return {each.partition(".")[0] for each in imports(file)} - {"messenger"}


def test_part_imports_only_what_it_may() -> None:
    wrong = {name(file): parts_imported(file) - MAY.get(part(file), NOTHING) for file in FILES}
    assert offenders(wrong) == {}


def test_every_part_has_its_line_in_the_table() -> None:
    assert {part(file) for file in FILES} - {"__init__"} - MAY.keys() == set()


def test_table_has_no_cycle() -> None:
    done: set[str] = set()
    while len(done) < len(MAY):
        free = {each for each in MAY.keys() - done if MAY[each] & MAY.keys() <= done}
        assert free, f"these go round: {MAY.keys() - done}"
        done |= free


def test_no_module_goes_round() -> None:
    """Nor within a part: importing a module never leads back to it."""
    known = {dotted(file): file for file in FILES}
    below: dict[str, set[str]] = defaultdict(set)
    for module, file in known.items():
        for each in imports(file):
            target = each if each in known else each.rpartition(".")[0]
            if target in known and target != module and not module.startswith(f"{target}."):
                below[module].add(target)
    assert [module for module in known if module in reached(below, module)] == []


def dotted(file: Path) -> str:
    names = ["messenger", *file.relative_to(ROOT).with_suffix("").parts]
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


def reached(below: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [*below[start]]
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting += below[module]
    return seen


def test_the_two_doors_do_not_know_each_other() -> None:
    doors = [file for file in FILES if part(file) in ("ws", "http")]
    assert offenders({name(file): parts_imported(file) & {"ws", "http"} for file in doors}) == {}


def test_library_is_imported_only_where_it_may() -> None:
    wrong = {
        name(file): {
            library
            for library in libraries(file) & ONLY.keys()
            if not name(file).startswith(ONLY[library])
        }
        for file in FILES
    }
    assert offenders(wrong) == {}


def test_pure_parts_have_no_input_and_no_output() -> None:
    pure = [file for file in FILES if part(file) in PURE | {"reference"}]
    assert offenders({name(file): libraries(file) & IMPURE for file in pure}) == {}


def test_tasks_are_started_in_few_places() -> None:
    wrong = {name(file): called(file) & STARTS for file in FILES if name(file) not in STARTERS}
    assert offenders(wrong) == {}


def called(file: Path) -> set[str]:
    calls = [node.func for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else ast.unparse(call) for call in calls}


def test_no_file_is_longer_than_anybody_reads() -> None:
    lengths = {name(file): len(file.read_text().splitlines()) for file in FILES}
    assert {each: n for each, n in lengths.items() if n > LONGEST} == {}


def test_every_function_fits_a_screen() -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    wrong = {
        name(file): {
            node.name
            for node in ast.walk(tree(file))
            if isinstance(node, functions)
            and (node.body[-1].end_lineno or 0) - node.body[0].lineno >= 60
        }
        for file in FILES
    }
    assert offenders(wrong) == {}


def test_every_module_says_what_it_is() -> None:
    assert [name(file) for file in FILES if not ast.get_docstring(tree(file))] == []


def offenders(found: dict[str, set[str]]) -> dict[str, set[str]]:
    return {each: offences for each, offences in found.items() if offences}


def test_imports_for_the_type_checker_count() -> None:
    """The reader itself: what it would miss, nothing else would notice."""
    lines = "if TYPE_CHECKING:\n    from messenger.actors.directory import Directory\n"
    assert set(imported(ast.parse(lines), ["messenger"])) == {
        "messenger.actors.directory.Directory"
    }
    assert {"actors", "errors"} <= parts_imported(ROOT / "cluster/bus.py")
