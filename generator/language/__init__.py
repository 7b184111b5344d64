"""Sentences made from the data; fixed words stand where they are shown."""
