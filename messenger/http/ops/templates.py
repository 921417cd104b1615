"""The pages' templates, loaded by the first page: a server that shows none has no use for Jinja."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from messenger.protocol.events import API_LEVEL

if TYPE_CHECKING:
    import jinja2

DIRECTORY: Final = Path(__file__).parent / "templates"


class Templates:
    """Every template is given the style sheet and what this server is."""

    def __init__(self, style: str) -> None:
        self._style = style

    def __repr__(self) -> str:
        return f"<Templates of {DIRECTORY.name}>"

    def render(self, name: str, /, **shown: Any) -> str:
        return self._environment.get_template(name).render(**shown)

    @cached_property
    def _environment(self) -> "jinja2.Environment":
        from importlib.metadata import version

        import aiohttp_jinja2
        import jinja2
        from markupsafe import Markup

        environment = aiohttp_jinja2.setup(
            # Of its own: the one that serves takes nothing more by now.
            web.Application(),
            loader=jinja2.FileSystemLoader(DIRECTORY),
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        environment.globals.update(
            style=Markup(self._style), version=version("messenger"), api_level=API_LEVEL
        )
        return environment


TEMPLATES: Final = web.AppKey("templates", Templates)
