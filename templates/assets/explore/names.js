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

/**
 * The names of the layout that is shown.
 * @param {Explorer} explorer
 * @param {Labels} names
 */
export const useNames = ({ layout, data, codes }, names) => {
  /** @type {[number, number, number, number, number | string, ...any[]][]} */
  const found = layout.labels;
  names.use(
    found.map(([x, y, radius, spill, at, ...side]) =>
      typeof at === "number" ? [x, y, radius, data.names[at], codes[at], spill]
        : /** @type {any} */ ([x, y, radius, at, "", spill, ...side])),
    { unit: UNIT_M, x: 0, y: 0 },
  );
};
