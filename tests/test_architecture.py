"""DESIGN in force: who may import whom, who may start a task, how long a file may be.

Reads the source as text; what stands under `if TYPE_CHECKING` is for the type checker alone.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "messenger"
FILES = sorted(ROOT.rglob("*.py"))

# Every part and the parts it may import. A part is a package under `messenger`, or a module there.
PURE = frozenset({"model", "errors", "decision", "storage", "protocol", "rules"})
FOUNDATION = PURE | {"config", "logs", "setting_types", "setting_sentences", "secret_key"}
DOORS = FOUNDATION | {"actors", "store", "auth"}
MAY: dict[str, frozenset[str]] = {
    "__main__": frozenset({"cli"}),
    "cli": DOORS | {"app", "jobs", "bus"},
    "app": DOORS | {"ws", "http", "jobs", "bus", "push", "files", "systemd"},
    "ws": FOUNDATION | {"actors", "auth"},
    "http": DOORS | {"files", "push"},
    "jobs": DOORS | {"files", "push"},
    "push": DOORS,
    "files": DOORS,
    "bus": FOUNDATION | {"actors", "store"},
    "auth": frozenset({"errors", "config"}),
    # The store is behind `storage`, so that a model of it can take its place.
    "actors": PURE | {"config"},
    "store": PURE,
    "rules": frozenset({"model", "errors", "protocol"}),
    "protocol": frozenset({"model", "errors", "setting_sentences"}),
    "storage": frozenset({"decision", "model", "errors"}),
    "decision": frozenset({"model", "protocol"}),
    "model": frozenset(),
    "errors": frozenset(),
    "config": frozenset({"secret_key", "setting_types"}),
    "setting_sentences": frozenset({"config"}),
    "setting_types": frozenset(),
    "secret_key": frozenset(),
    "logs": frozenset(),
    "systemd": frozenset(),
}
# Outside libraries, and the parts or files that alone may import them.
ONLY = {
    "aiohttp": ("ws/", "http/", "app.py", "push/"),
    "aiohttp_jinja2": ("http/",),
    "aiopg": ("store/db.py",),
    "sqlalchemy": ("store/",),
    "psycopg2": ("store/", "cli/"),
    "yoyo": ("store/",),
    "jwt": ("auth.py",),
    "bcrypt": ("auth.py",),
    "click": ("cli/",),
    "aiocron": ("jobs/",),
    "uvloop": ("app.py",),
}
IMPURE = frozenset(
    {"asyncio", "aiohttp", "sqlalchemy", "socket", "aiopg", "threading", "subprocess"}
)
STARTERS = frozenset(
    {
        "actors/actor.py", "actors/directory.py", "ws/session.py", "ws/dispatch.py", "app.py",
        "jobs/schedule.py", "store/db.py", "store/journal.py",
    }
)  # fmt: skip


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def part(file: Path) -> str:
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def imports(file: Path) -> Iterator[str]:
    """Full names of all that is imported when the module runs, wherever it stands."""
    package = ["messenger", *file.relative_to(ROOT).parts[:-1]]
    waiting: list[ast.AST] = [tree(file)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        waiting += ast.iter_child_nodes(node)
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


files = pytest.mark.parametrize("file", FILES, ids=name)


@files
def test_part_imports_only_what_it_may(file: Path) -> None:
    if file == ROOT / "__init__.py":
        assert parts_imported(file) == set()
    else:
        assert parts_imported(file) - MAY[part(file)] == set()


def test_table_has_no_cycle() -> None:
    done: set[str] = set()
    while len(done) < len(MAY):
        free = {
            each for each, below in MAY.items() if each not in done and below & MAY.keys() <= done
        }
        assert free, f"these go round: {MAY.keys() - done}"
        done |= free


def test_no_module_goes_round_in_its_package() -> None:
    """Also within a part: importing one module of it never leads back to that module."""
    known = {dotted(file): file for file in FILES}
    below: dict[str, set[str]] = defaultdict(set)
    for module, file in known.items():
        for each in imports(file):
            target = each if each in known else each.rpartition(".")[0]
            if target in known and target != module and not module.startswith(f"{target}."):
                below[module].add(target)
    for module in known:
        assert module not in reached(below, module), f"{module} goes round"


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
    for file in FILES:
        if part(file) in ("ws", "http"):
            assert parts_imported(file) & {"ws", "http"} == set(), name(file)


@files
def test_library_is_imported_only_where_it_may(file: Path) -> None:
    used = {each for each in libraries(file) & ONLY.keys() if not name(file).startswith(ONLY[each])}
    assert used == set()


@files
def test_pure_part_has_no_input_and_no_output(file: Path) -> None:
    if part(file) in PURE:
        assert libraries(file) & IMPURE == set()


@files
def test_tasks_are_started_in_few_places(file: Path) -> None:
    calls = [node.func for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    called = {node.attr if isinstance(node, ast.Attribute) else ast.unparse(node) for node in calls}
    if called & {"create_task", "ensure_future", "TaskGroup"}:
        assert name(file) in STARTERS


@files
def test_file_is_no_longer_than_anybody_reads(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= 400


@files
def test_function_fits_a_screen(file: Path) -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree(file)):
        if isinstance(node, functions):
            first, last = node.body[0].lineno, node.body[-1].end_lineno or 0
            assert last - first + 1 <= 60, node.name


@files
def test_module_says_what_it_is(file: Path) -> None:
    assert ast.get_docstring(tree(file)), "a module begins with a docstring"


@files
def test_nothing_is_left_for_later(file: Path) -> None:
    words = {"TODO", "FIXME", "XXX", "HACK"}
    assert not [word for word in words if word in file.read_text()]
