"""The archive: what is older than the retention, in files that prove that nothing is missing.

`writing` makes parts, `manifest` chains them, `running` does both and then has the tables emptied;
`verifying` proves it all, `reading` gives people their history across the line. The files' format
is `format`'s, and docs/archive.md tells it. What the tables do is `store.archive`'s.
"""
