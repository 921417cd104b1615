"""The web client's types: `python -m messenger.http.client_types > static/src/models/types.ts`.

What both doors take and give, from the documents that describe them; a test holds the committed
module against it.
"""

import sys
from typing import Final

from messenger.http.routes import ROUTES, documented_routes
from messenger.reference import asyncapi, openapi, typescript

COMMAND: Final = "python -m messenger.http.client_types > static/src/models/types.ts"


def client_types() -> str:
    """Write the module."""
    rest = openapi.document(documented_routes(ROUTES), {})["components"]["schemas"]
    socket = asyncapi.document()["components"]["schemas"]
    head = f"What the server takes and gives. Written by `{COMMAND}`:\nchange the server, not this."
    return typescript.module(socket | rest, head)


if __name__ == "__main__":
    sys.stdout.write(client_types())
