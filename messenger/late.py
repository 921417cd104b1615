"""Leaves out of a start what a server at rest does not use, where a library brings it unasked.

`aiohttp` imports its client with whatever is taken from it, and reads all certificates for it;
`prometheus_client` a web server of the standard library; PyJWT `cryptography`, for algorithms other
than ours. Together a fifth of a start, and a seventh of the memory at rest. What was left out is
there as soon as anybody asks for it, so nobody need know of this.

Our own modules need none of it: they import what they rarely use where they use it.
"""

import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Final

PARTS: Final = {
    "aiohttp": {
        "BodyPartReader": "multipart",
        "MultipartReader": "multipart",
        "StreamReader": "streams",
        "WSMsgType": "http",
    },
    "prometheus_client": {
        "CollectorRegistry": "registry",
        "Counter": "metrics",
        "GCCollector": "gc_collector",
        "Gauge": "metrics",
        "Histogram": "metrics",
        "PlatformCollector": "platform_collector",
        "ProcessCollector": "process_collector",
    },
}
"""Names that a package takes from its modules, and from which, without all the others."""
VERSION: Final = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)


class Late(ModuleType):
    """A package whose own code runs when a name is wanted that only it can give."""

    def __getattr__(self, name: str) -> Any:
        if name in PARTS[self.__name__]:
            part = importlib.import_module(f"{self.__name__}.{PARTS[self.__name__][name]}")
            return getattr(part, name)
        spec = self.__spec__
        assert spec is not None
        assert spec.loader is not None
        if name.startswith("__"):
            # One of its modules may ask for the version, nobody for anything else.
            found = VERSION.search(Path(spec.origin or "").read_text())
            if name != "__version__" or found is None:
                raise AttributeError(name)
            return found[1]
        if importlib.util.find_spec(f"{self.__name__}.{name}") is not None:
            return importlib.import_module(f"{self.__name__}.{name}")
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec.loader.exec_module(self)
        return getattr(self, name)


def package(name: str) -> None:
    """Let a package's own code wait; its modules are imported as ever."""
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    assert spec is not None
    late = Late(name)
    late.__spec__ = spec
    late.__path__ = spec.submodule_search_locations or []
    late.__file__ = spec.origin
    late.__loader__ = spec.loader
    late.__package__ = name
    sys.modules[name] = late


def tokens() -> None:
    """Import PyJWT as it is where there is no `cryptography`: HS256 needs none."""
    if "cryptography" in sys.modules:
        return
    sys.modules["cryptography"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("jwt")
    finally:
        del sys.modules["cryptography"]


def prepare() -> None:
    """Before anything imports them."""
    for name in PARTS:
        package(name)
    tokens()
