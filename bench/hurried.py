"""`python -m bench.hurried`: the server, whose search and pushes do not rest while they read.

What was filled in seconds was said over months elsewhere, and is long read there.
"""

import sys


def main() -> None:
    from messenger import cli, consumer
    from messenger.search.indexer import Indexer

    consumer.RESTED = 0  # type: ignore[misc]
    for each in (consumer.Consumer, Indexer):
        each.rested = each.yielding = 0
    sys.argv = ["messenger", "serve"]
    cli.main()


if __name__ == "__main__":
    main()
