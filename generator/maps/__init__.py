"""Geometry for pages: layouts, frames, SVG, folium."""
