/** From the whole numbers of the site's paths to places on the map, and back. */

/** @typedef {{ unit: number, x: number, y: number }} Grid metres per unit, and its origin */

export const WORLD_M = 2 * Math.PI * 6378137; // width of EPSG:3857

/**
 * Path data as the site writes it: M x y, then relative m, l and z of whole numbers.
 * @param {string} d
 * @returns {number[][][]}
 */
export const ringsOf = (d) => {
  /** @type {number[][][]} */
  const rings = [];
  /** @type {number[][]} */
  let ring = [];
  let [x, y] = [0, 0];
  for (const [, command, text] of d.matchAll(/([Mmlz])([^Mmlz]*)/g)) {
    const n = (text.match(/-?\d+/g) || []).map(Number);
    if (command === "z") ring.push(([x, y] = ring[0]));
    else if (command === "M") [x, y] = n;
    else if (command === "m") [x, y] = [x + n[0], y + n[1]];
    if (command === "M" || command === "m") rings.push((ring = [[x, y]]));
    if (command !== "l") continue;
    for (let i = 0; i < n.length; i += 2) ring.push([(x += n[i]), (y += n[i + 1])]);
  }
  return rings;
};

/** @param {number} a @param {number} b @returns {number} */
const divisor = (a, b) => (b ? divisor(b, a % b) : Math.abs(a));

/**
 * The outline of several areas together: what only one of them borders.  Edges are cut into the
 * smallest steps of the grid, for a corner that is straight for one area is left out of its path.
 * @param {string[]} paths
 * @returns {number[][][]} short lines
 */
export const outlineOf = (paths) => {
  /** @type {Map<string, number[][]>} */
  const edges = new Map();
  for (const ring of paths.flatMap(ringsOf)) {
    for (let i = 1; i < ring.length; i += 1) {
      const [[x, y], [u, v]] = [ring[i - 1], ring[i]];
      const steps = divisor(u - x, v - y);
      const [dx, dy] = [(u - x) / steps, (v - y) / steps];
      for (let at = 0; at < steps; at += 1) {
        const [a, b, c, d] = [x + at * dx, y + at * dy, x + (at + 1) * dx, y + (at + 1) * dy];
        const key = a < c || (a === c && b < d) ? `${a} ${b} ${c} ${d}` : `${c} ${d} ${a} ${b}`;
        if (!edges.delete(key)) edges.set(key, [[a, b], [c, d]]);
      }
    }
  }
  return chained([...edges.values()]);
};

/**
 * Steps that follow one another, as lines.
 * @param {number[][][]} steps
 */
const chained = (steps) => {
  /** @type {number[][][]} */
  const lines = [];
  for (const [from, to] of steps) {
    const last = lines[lines.length - 1];
    const end = last && last[last.length - 1];
    if (end && end[0] === from[0] && end[1] === from[1]) last.push(to);
    else lines.push([from, to]);
  }
  return lines;
};

/**
 * @param {number} x
 * @param {number} y
 * @param {Grid} grid
 */
export const latLng = (x, y, grid) =>
  L.Projection.SphericalMercator.unproject(L.point(grid.x + x * grid.unit, grid.y - y * grid.unit));

/**
 * @param {string} d
 * @param {Grid} grid
 */
export const latLngs = (d, grid) =>
  ringsOf(d).map((ring) => ring.map(([x, y]) => latLng(x, y, grid)));

/**
 * A Leaflet map as what names are drawn on.
 * @param {any} map
 * @returns {import("./labels.js").Screen}
 */
export const screenOf = (map) => ({
  place: (x, y) =>
    map.latLngToContainerPoint(L.Projection.SphericalMercator.unproject(L.point(x, y))),
  pixelsPerMetre: () => map.options.crs.scale(map.getZoom()) / WORLD_M,
  size: () => map.getSize(),
  origin: () => map.layerPointToContainerPoint(L.point(0, 0)),
});
