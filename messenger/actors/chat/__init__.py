"""One chat: `actor` owns its log, `state` is what it holds, the rest decides.

Each other module has the changes of one subject: how the facts are loaded, and what is
decided on them. `posting` sends and marks without waiting for the commit.
"""
