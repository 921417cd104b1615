"""`python -m bench.hurried`: the server, whose search does not rest while it reads.

What was filled in seconds was said over months elsewhere, and is long read there.
"""

import sys


def main() -> None:
    from messenger import cli, consumer
    from messenger.search.indexer import Indexer

    consumer.RESTED = 0  # type: ignore[misc]
    Indexer.rested = 0
    sys.argv = ["messenger", "serve"]
    cli.main()


if __name__ == "__main__":
    main()
