"""The REST door: what comes in over HTTP, and what goes out.

`routes` is the site map. `endpoints` are the handlers, an area a module; they decide nothing:
they ask an actor, or read the store. A command that is only asked has no handler: its route
stands on its Struct. `plumbing` makes an endpoint of a handler (`operation`), reads requests,
writes responses and does what every request needs (`middlewares`). `ops` is what is served
besides the API: health, metrics, pages, the client's files.
"""
