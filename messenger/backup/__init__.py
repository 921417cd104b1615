"""Backups: one folder each, proven by restoring it at once, and the way back.

`making` writes one: the dump of one moment, the keys, a list of the files and their contents
(`contents`, once for all days); `proving` restores it beside the database and compares; only then
it has its name (`folders`) and older ones may go (`rotation`). `restoring` is the way back into an
empty place; `wal` keeps the log of our own PostgreSQL, `replaying` goes back to a moment by it.
`sealing` encrypts to an age key. Everything is written by one job at a time.
"""
