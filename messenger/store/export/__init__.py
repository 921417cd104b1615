"""The tables' side of an export: which rows and columns are taken of each, and put back."""
