"""Why it does not work, and what to do: everything of an installation looked at, from its settings
to what a browser meets outside.

A look (`machine`, `database`, `stored`, `reach`, `services`) yields findings: a code, a state and
values, in no language. `words` says them in Russian and English, each with its fix; `examining`
has all looks made, and `mending` does what is safe to be done. Nothing here changes anything but
`mending`. The command line and `GET /admin/doctor` show the same page.
"""
