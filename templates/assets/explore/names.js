/** Names on the explorer's map, by the same rules as on all maps. */

import { WORLD_M } from "../map/grid.js";
import { Labels } from "../map/labels.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */

export const TILE_PX = 512;
const UNIT_M = 100;
const HALF_M = WORLD_M / 2;

/**
 * A MapLibre map as what names are drawn on.
 * @param {any} map
 * @returns {import("../map/labels.js").Screen}
 */
const mapLibreScreen = (map) => ({
  place: (x, y) => map.project([
    (x / HALF_M) * 180,
    (Math.atan(Math.sinh((y / HALF_M) * Math.PI)) * 180) / Math.PI,
  ]),
  pixelsPerMetre: () => (TILE_PX * 2 ** map.getZoom()) / WORLD_M,
  size: () => ({ x: map.getContainer().clientWidth, y: map.getContainer().clientHeight }),
  origin: () => ({ x: 0, y: 0 }),
});

/** @param {Explorer} explorer */
export const makeNames = (explorer) => {
  const holder = /** @type {HTMLElement} */ (explorer.map.getCanvasContainer());
  const names = new Labels(mapLibreScreen(explorer.map), holder, {
    first: new Set(),
    groups: true,
    toneOf: () => "",
  });
  explorer.map.on("move", () => names.draw());
  explorer.map.on("resize", () => names.draw());
  return names;
};

/** @typedef {[number, import("../map/labels.js").Label]} Ordered a label after its importance */

/**
 * The names of the groups of the layout that is shown, and of the areas in view.
 * @param {Explorer} explorer
 * @param {Labels} names
 */
export const useNames = ({ layout, state, known, inView }, names) => {
  /** @type {Ordered[]} */
  const found = layout.labels.map((/** @type {any[]} */ [x, y, radius, spill, name, ...side], /** @type {number} */ at) =>
    [layout.order[at], [x, y, radius, name, "", spill, ...side]]);
  for (const number of inView) {
    const part = known.parts.get(number);
    const { labels, order } = part?.layouts[state.layout] || { labels: [], order: [] };
    labels.forEach(([x, y, radius, spill, at, ...side], row) => {
      const own = [part?.names[at], part?.codes[at]];
      found.push([order[row], /** @type {any} */ ([x, y, radius, ...own, spill, ...side])]);
    });
  }
  found.sort(([a], [b]) => a - b);
  names.use(found.map(([, label]) => label), { unit: UNIT_M, x: 0, y: 0 });
};
