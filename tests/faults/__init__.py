"""Faults under load, and a checker that looks at every message."""
