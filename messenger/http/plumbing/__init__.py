"""What requests pass through on their way: reading, signing in, limits, answers, headers."""
