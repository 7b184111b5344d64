"""A static atlas from a table of scores and a set of ONS boundaries."""

__version__ = "0.1.0"
