"""The hexagon layout: read, compute, draw."""
