"""All that an organisation, a chat or a person has here, in a folder that others can read.

`making` writes it, `logs` reads one log from the tables and the archive, `bringing` puts an
organisation's into an empty deployment. What of which table is taken is `store.export.tables`'s;
docs/export.md tells the format.
"""
