"""Who owns what, and in which order things happen. No sockets, no SQL.

`actor` is the mailbox, `stream` hands events to subscribers in `seq` order,
`chat` and `user` are the two kinds of actor, `people` knows who is signed in,
`directory` finds or starts all of them and is the door that doors knock at.
"""
