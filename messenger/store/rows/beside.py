"""What migrations owe, as the server asks; who does it is `messenger.store.schema.beside`."""

from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared

OWED = Prepared(sa.text("select name from beside where ended_at is null order by name"))


async def owed(reader: Reader) -> list[str]:
    """The names of the steps that are not done."""
    return [row.name for row in await reader.fetch(OWED)]
