"""Who owns what, and in which order things happen. No sockets, no SQL.

From the top down, each knows those below alone:

- `directory` finds or starts actors and is the door that doors knock at
- `chat.actor` and `user` are the two kinds; `stream_actor` is what they share, `batching`
  commits several changes at once, `deciding` says how a command becomes a `Decision`
- `context` is what every actor may use
- `streams` lets events out, `identities` knows who is signed in, `presence` whose sockets are open
- `stream` hands events to subscribers in `seq` order, `actor` is the mailbox
"""
