"""Reads a finished site as its users do, and says what is wrong with it."""
