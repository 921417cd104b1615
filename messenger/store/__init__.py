"""What is kept: SQL and nothing else, one module per aggregate.

`db` is the only import of the driver, `journal` is the hot path, `commits`
writes everything that is not a message. Nothing here decides what is allowed.
"""
