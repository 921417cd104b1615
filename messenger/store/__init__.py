"""What is kept: SQL and nothing else.

`db` is the only import of the driver, `journal` is the hot path, `commits` writes everything that
is not a message, `events` reads the log back. Below them `schema` (tables and migrations), `rows`
(statements by table), `reads` (what one user may read, over several tables) and `embedded` (a
PostgreSQL of our own). Nothing here decides what is allowed.
"""
