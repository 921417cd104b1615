"""`python -m bench.hurried`: the server, whose search and pushes do not rest while they read.

What was filled in seconds was said over months elsewhere, and is long read there.
"""

import sys


def main() -> None:
    from messenger import cli
    from messenger.consumer import Consumer
    from messenger.resting import Rests
    from messenger.search.indexer import Indexer

    for each in (Consumer, Indexer):
        each.rests = Rests(turn=0, page=0, page_when_busy=0)
    sys.argv = ["messenger", "serve"]
    cli.main()


if __name__ == "__main__":
    main()
