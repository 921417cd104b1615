"""Leaves out of a start what a server at rest does not use, where a library brings it unasked.

`aiohttp` imports its client with whatever is taken from it, and reads all certificates for it; its
server brings a second client, command lines, and the grammar of mail; `prometheus_client` a web
server of the standard library; PyJWT `cryptography`, for algorithms other than ours; `msgspec` what
describes types. Together a quarter of a start, and a fifth of the memory at rest. What was left out
is there as soon as anybody asks for it, so nobody need know of this.

Our own modules need none of it: they import what they rarely use where they use it.
"""

import importlib
import importlib.util
import mimetypes
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
    "jwt": {
        "InvalidTokenError": "exceptions",
        "decode": "api_jwt",
        "encode": "api_jwt",
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
UNUSED: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "aiohttp": {
        "argparse": ("ArgumentParser",),
        "attr.validators": (),
        "email.policy": ("HTTP",),
        "html": ("escape",),
        "idna.idnadata": ("__version__",),
        "urllib.request": ("getproxies", "proxy_bypass"),
    },
    "msgspec": {"msgspec.inspect": ()},
    "zoneinfo": {"sysconfig": ("get_config_var",)},
}
"""Modules that a package imports, and which names it takes from them: a server at rest has no use
for any."""
VERSION: Final = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)


class Late(ModuleType):
    """A package whose own code runs when a name is wanted that only it can give."""

    def __getattr__(self, name: str) -> Any:
        if name in PARTS[self.__name__]:
            part = _imported(f"{self.__name__}.{PARTS[self.__name__][name]}")
            self.__dict__[name] = getattr(part, name)
            return self.__dict__[name]
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
            return _imported(f"{self.__name__}.{name}")
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec.loader.exec_module(self)
        return getattr(self, name)


class StandIn(ModuleType):
    """A module, until something of it is used."""

    def __init__(self, name: str, promised: tuple[str, ...]) -> None:
        super().__init__(name)
        self._promised = promised

    def __getattr__(self, name: str) -> Any:
        if name in self._promised:
            return Promised(self.__name__, name)
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_itself(self.__name__), name)


class Promised:
    """What has a name in such a module, got when it is called or looked into."""

    def __init__(self, module: str, name: str) -> None:
        self._where = module, name

    def _it(self) -> Any:
        module, name = self._where
        return getattr(_itself(module), name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._it()(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._it(), name)


def _itself(module: str) -> ModuleType:
    if isinstance(sys.modules.get(module), StandIn):
        del sys.modules[module]
    return importlib.import_module(module)


def _imported(name: str) -> ModuleType:
    """Import a module of such a package, which finds stand-ins for what it has no use for yet."""
    package = name.partition(".")[0]
    away: dict[str, ModuleType | None] = {
        each: StandIn(each, names) for each, names in UNUSED.get(package, {}).items()
    }
    if package == "jwt":
        away["cryptography"] = None  # as where it is not installed: HS256 needs none
    away = {each: module for each, module in away.items() if each not in sys.modules}
    sys.modules.update(away)  # type: ignore[arg-type]
    try:
        return importlib.import_module(name)
    finally:
        for each, module in away.items():
            if each in sys.modules and sys.modules[each] is module:
                del sys.modules[each]


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


def structs() -> None:
    """Import `msgspec` without what describes types, of which only the documents are made."""
    if "msgspec" not in sys.modules:
        _imported("msgspec")


def time_zones() -> None:
    """Import `zoneinfo`, which asks how Python was built: of a thousand answers, for one."""
    if "sysconfig" not in sys.modules:
        _imported("zoneinfo")
        for name in [each for each in sys.modules if "sysconfig" in each]:
            del sys.modules[name]


def prepare() -> None:
    """Before anything imports them."""
    for name in PARTS:
        package(name)
    # The machine's list of a thousand types is of no use: what is served is of those Python knows.
    mimetypes.knownfiles.clear()
    structs()
    time_zones()
