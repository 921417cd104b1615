"""What happens by the clock, without anybody asking."""
