"""The tables: how they are declared, migrated and compared with what a database has."""
