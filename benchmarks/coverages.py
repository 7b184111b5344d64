"""Coverages for measurements: any number of areas with shared, rugged borders.

A Voronoi tessellation of seeded points on a box the size of England.  Each edge is
drawn as a fractal line, the same for both of its sides, and no two lines cross: each
stays within a rhombus around its edge that no other edge's rhombus overlaps.
"""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WEST, SOUTH, EAST, NORTH = -5.7, 50.0, 1.7, 55.8
"""EPSG:4326; the box that the areas' points come from."""
RUGGEDNESS = 0.35


def voronoi_coverage(count: int, *, seed: int = 7, depth: int = 3) -> gpd.GeoDataFrame:
    """Make a coverage with `count` areas in EPSG:4326: ``code``, ``name`` and ``region``.

    `depth` says how often each edge is halved by a displaced midpoint; 0 leaves it
    straight.  Regions are the nine fields of a three by three grid.
    """
    rng = np.random.default_rng(seed)
    points, inside = _points(count, rng)
    diagram = Voronoi(points)
    vertices = np.asarray(diagram.ridge_vertices)
    beside = diagram.ridge_points
    wanted = (vertices >= 0).all(axis=1) & inside[beside].any(axis=1)
    vertices, beside = vertices[wanted], beside[wanted]
    lines = _fractal(
        diagram.vertices[vertices[:, 0]],
        diagram.vertices[vertices[:, 1]],
        points[beside[:, 0]],
        depth,
        rng,
    )
    faces = shapely.get_parts(shapely.polygonize(shapely.linestrings(lines)))
    point, face = shapely.STRtree(faces).query(shapely.points(points[inside]), "within")
    polygons = np.empty(count, dtype=object)
    polygons[point] = faces[face]
    column = ((points[inside, 0] - WEST) / (EAST - WEST) * 3).astype(int)
    row = ((points[inside, 1] - SOUTH) / (NORTH - SOUTH) * 3).astype(int)
    return gpd.GeoDataFrame(
        {
            "code": [f"V{at:08d}" for at in range(count)],
            "name": [f"Cell {at}" for at in range(count)],
            "region": [f"Region {x}{y}" for x, y in zip(column, row, strict=True)],
        },
        geometry=polygons,
        crs="EPSG:4326",
    )


def _points(count: int, rng: np.random.Generator) -> tuple[Floats, Bools]:
    """Points in and around the box, and which lie within it: `count` of them.

    Those around it are the sea; a closed row of them bounds every cell within.
    """
    low, high = np.array([WEST, SOUTH]), np.array([EAST, NORTH])
    margin = min(2.0, 2 * np.sqrt(np.prod(high - low) / count))
    share = np.prod(high - low + 2 * margin) / np.prod(high - low)
    points = rng.uniform(low - margin, high + margin, (int(count * share * 1.5) + 100, 2))
    inside = ((points > low) & (points < high)).all(axis=1)
    last = np.flatnonzero(inside)[count - 1] + 1
    row = np.linspace(0, 1, 24, endpoint=False)[:, None]
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    ring = np.concatenate([a + row * (b - a) for a, b in pairwise(corners)])
    ring = low - 1.5 * margin + ring * (high - low + 3 * margin)
    outside = np.zeros(len(ring), dtype=bool)
    return np.concatenate([points[:last], ring]), np.concatenate([inside[:last], outside])


def _fractal(a: Floats, b: Floats, site: Floats, depth: int, rng: np.random.Generator) -> Floats:
    """(edges, points, 2) lines from a to b by midpoint displacement."""
    offset = np.zeros((len(a), 2))
    for level in range(depth):
        middle = (offset[:, 1:] + offset[:, :-1]) / 2
        middle += rng.uniform(-1, 1, middle.shape) * RUGGEDNESS * 0.5**level
        finer = np.empty((len(a), 2 * offset.shape[1] - 1))
        finer[:, ::2], finer[:, 1::2] = offset, middle
        offset = finer
    along = b - a
    length = np.maximum(np.hypot(*along.T), 1e-15)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / length[:, None]
    foot = ((site - a) * along).sum(axis=1) / length
    height = np.abs(((site - a) * normal).sum(axis=1))
    # Half the height of a rhombus on the edge that fits between the two sites' lines.
    near = np.where(foot > 0, height / np.maximum(foot, 1e-15), 1)
    far = np.where(foot < length, height / np.maximum(length - foot, 1e-15), 1)
    half = length / 2 * np.minimum(1, np.minimum(near, far))
    share = np.linspace(0, 1, offset.shape[1])
    lines = a[:, None] + share[None, :, None] * along[:, None]
    reach = np.clip(offset, -0.95, 0.95) * (1 - np.abs(2 * share - 1)) * half[:, None]
    lines += reach[..., None] * normal[:, None]
    lines[:, 0], lines[:, -1] = a, b
    return lines
