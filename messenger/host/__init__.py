"""The machine that the service is installed on: what is to be there, and what is done for it.

`plan` says it as data, purely: folders, files, links, an account, packages, commands. `steps` tells
what of it differs from what is there, and does only that. `machine` is the one way to the disk and
to programs, so that all of it can be tried under another root. `releases` puts a wheel into a place
of its own and switches between such places; `switching` does so under a running service, with a
journal, so that it goes on, or back, wherever it was killed.

    /opt/messenger/releases/0.1.0-1a2b3c4d5e/    one release: a virtual environment
    /opt/messenger/current                       a link to the one that is in force
    /opt/messenger/bin                           a link to current/bin: what units and people call
"""
