"""The REST door: what comes in over HTTP, and what goes out.

`routes` is the site map. `operation` turns a handler of a few lines into an
endpoint and keeps what the generated documents say of it; `middlewares` does
what every request needs. Handlers decide nothing: they ask an actor, or read
the store.
"""
