"""The tables' side of the archive: what is to be moved, how it is read and taken away, the index.

One connection of its own, that waits (`session`): the archive works in a process beside the server,
and COPY has no other way through the driver. `messenger.archive` keeps the parts.
"""
