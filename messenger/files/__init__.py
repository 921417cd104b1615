"""What people send one another besides text: taken in, kept, handed out, thrown away.

`intake` receives an upload into a `spool`, `storage` keeps its content under its SHA-256, on disk
or in a bucket, `sweep` removes what nothing refers to. `resumable` takes uploads that come in
`parts`. `archive` reads a ZIP and `unpacking` makes files of it; `previews` draws pictures. `names`
and `types` are pure. Knows neither HTTP nor SQL: rows are `store.rows.files`'s.
"""
