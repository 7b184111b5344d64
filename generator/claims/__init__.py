"""Published statements, checked against the data."""
