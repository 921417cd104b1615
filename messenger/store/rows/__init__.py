"""Rows by table: their statements, saved inside `commits` and read one kind at a time.

Functions take a `Connection` or a `Database`. They do not ask who reads: `reads` does.
"""
