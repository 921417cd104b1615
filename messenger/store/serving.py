"""The lock of the one server of a database; beside it the schema is not changed."""

from typing import Final

SERVING: Final = 0x6D657373
"""The advisory lock that says: a server runs on this database."""
LEADING: Final = 0x6D65737365
"""The advisory lock of the one server, among several, that reads the log for push, mail, search."""
