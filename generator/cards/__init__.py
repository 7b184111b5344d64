"""Share cards."""
