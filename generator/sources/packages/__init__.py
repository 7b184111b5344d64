"""Boundaries that installed packages carry: which there are, and where their files lie."""
