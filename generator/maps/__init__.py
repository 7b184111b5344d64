"""Geometry for pages: layers, frames, SVG, folium."""
