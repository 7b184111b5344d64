"""Figures without a page: areas, joining, classes, ranks, comparisons, palettes."""
