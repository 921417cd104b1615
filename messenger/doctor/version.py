"""Which version of the program is installed here, and the schema that goes with it."""

from messenger.store.schema.migrate import MIGRATIONS


def schema() -> str:
    """The number of the newest migration there is, like `0031`."""
    newest = max(path.name for path in MIGRATIONS.glob("[0-9]*.sql"))
    return newest.partition(".")[0]


def here() -> tuple[str, str]:
    """The version and the schema of what is installed, whatever runs."""
    # With it comes the whole of `email`.
    from importlib.metadata import version

    return version("messenger"), schema()
