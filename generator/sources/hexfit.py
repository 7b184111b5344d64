"""Finds a cell for each point: spread, assign, then improve."""

from __future__ import annotations

import numpy as np
import scipy.optimize
import scipy.sparse
import scipy.sparse.linalg
import scipy.spatial

from generator.report import Report
from generator.sources.hexlattice import ROW_HEIGHT, Floats, Ints


def place(
    xy: Floats,
    *,
    regions: Ints,
    counties: Ints,
    areas: Floats | None = None,
    seed: int = 0,
    report: Report | None = None,
) -> Ints:
    """Choose a cell for each point; axial coordinates, shape (n, 2), r southwards."""
    if len(xy) < 4:
        order = np.argsort(xy[:, 0], kind="stable")
        line = np.zeros((len(xy), 2), dtype=np.int64)
        line[order, 0] = np.arange(len(xy))
        return line
    return _assign(_spread(xy))


def _spread(xy: Floats) -> Floats:
    """Positions at which bordering areas are about one cell width apart."""
    jitter = np.random.default_rng(0).normal(size=xy.shape) * 1e-6 * np.ptp(xy)
    delaunay = scipy.spatial.Delaunay(xy + jitter)
    edges = np.concatenate([delaunay.simplices[:, [a, b]] for a, b in ((0, 1), (1, 2), (0, 2))])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    step = xy[edges[:, 1]] - xy[edges[:, 0]]
    length = np.hypot(*step.T)
    typical = np.array([np.median(length[(edges == k).any(axis=1)]) for k in range(len(xy))])
    keep = length < 1.6 * (typical[edges[:, 0]] + typical[edges[:, 1]]) / 2
    edges, step, length = edges[keep], step[keep], length[keep]
    want = step / length[:, None]
    for _ in range(30):
        pairs = (
            scipy.spatial.cKDTree(want_pos).query_pairs(0.98, output_type="ndarray")
            if _
            else edges[:0]
        )
        if _:
            gap = want_pos[pairs[:, 1]] - want_pos[pairs[:, 0]]
            gap /= np.maximum(np.hypot(*gap.T), 1e-9)[:, None]
            ends, goal = np.concatenate([edges, pairs]), np.concatenate([want, gap * 1.05])
        else:
            ends, goal = edges, want
        m, n = len(ends), len(xy)
        rows = np.repeat(np.arange(m), 2)
        a = scipy.sparse.csr_matrix((np.tile([-1.0, 1.0], m), (rows, ends.ravel())), shape=(m, n))
        lhs = (a.T @ a + 1e-6 * scipy.sparse.eye(n)).tocsc()
        want_pos = scipy.sparse.linalg.splu(lhs).solve(a.T @ goal)
    return want_pos


def _assign(goal: Floats) -> Ints:
    """Assign positions (in cell widths) to cells with the least sum of squared distances."""
    r_far = np.arange(
        np.floor(-goal[:, 1].max() / ROW_HEIGHT) - 3, -goal[:, 1].min() / ROW_HEIGHT + 4
    )
    q_far = np.arange(
        np.floor(goal[:, 0].min() - r_far.max() / 2) - 3, goal[:, 0].max() - r_far.min() / 2 + 4
    )
    cells = np.array([(q, r) for r in r_far for q in q_far])
    centres = np.stack([cells[:, 0] + cells[:, 1] / 2, -cells[:, 1] * ROW_HEIGHT], axis=1)
    near, _ = scipy.spatial.cKDTree(goal).query(centres)
    centres, cells = centres[near < 3], cells[near < 3]
    cost = ((goal[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    _, chosen = scipy.optimize.linear_sum_assignment(cost)
    return cells[chosen].astype(np.int64)
