"""What the REST API takes, an area a module; commands that only ask stand in `protocol`."""
