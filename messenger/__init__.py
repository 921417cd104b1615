"""The messenger."""
