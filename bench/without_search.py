"""`python -m bench.without_search`: the server, whose search hears of nothing that is sent."""

import sys
from typing import Any


def main() -> None:
    from messenger import cli
    from messenger.search.indexer import Indexer

    def deaf(self: Indexer, *_: Any) -> None:
        pass

    Indexer.published = Indexer.grew = deaf  # type: ignore[method-assign, assignment]
    sys.argv = ["messenger", "serve"]
    cli.main()


if __name__ == "__main__":
    main()
