"""The lock of the one server of a database; beside it the schema is not changed."""

from typing import Final

SERVING: Final = 0x6D657373
"""The advisory lock that says: a server runs on this database."""
