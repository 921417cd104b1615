"""A second base for all that is served under a first one."""

from aiohttp import web


class OtherBase(web.PlainResource):
    """Leads what is under it to where it leads under the first base.

    Twice the routes would be some two hundred patterns more, which cost every start their time and
    every server their memory. A request has the name in the log that it has under the first.
    """

    def __init__(self, base: str, first: str, router: web.UrlDispatcher) -> None:
        super().__init__(base)
        self._first = first
        self._router = router

    async def resolve(
        self, request: web.Request
    ) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        path = self._first + request.rel_url.raw_path.removeprefix(self.canonical)
        under_first = request.clone(rel_url=request.rel_url.with_path(path, encoded=True))
        found = await self._router.resolve(under_first)
        match found.http_exception:
            case None:
                return found, set()
            case web.HTTPMethodNotAllowed(allowed_methods=allowed):
                return None, set(allowed)
        return None, set()
