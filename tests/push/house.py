"""`python -m tests.push.house DSN DATA_DIR PORT CERTIFICATE`: a server to be killed.

Its pushes may go to this machine.
"""

import asyncio
import sys
from pathlib import Path

from messenger import config
from messenger.app import Server
from tests.conftest import KEYS
from tests.push.service import house_door


async def serve(dsn: str, data_dir: str, port: str, signed: str) -> None:
    settings = config.load(
        {"DATA_DIR": data_dir, "PORT": port, "WRITE_RATE_LIMIT": "100000/10s", **KEYS}
    )
    server = Server(settings, dsn, outgoing=house_door(Path(signed)))
    server.database.size = 3
    await server.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
