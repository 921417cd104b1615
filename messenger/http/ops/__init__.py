"""What is served besides the API: health, metrics, pages, the client's files."""
