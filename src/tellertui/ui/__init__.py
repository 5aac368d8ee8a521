"""The terminal toolkit."""
