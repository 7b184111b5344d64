"""Hexagon layouts: `layout` reads and draws them; `compute`, `guess` and `anneal` find them."""
