/** The style of MapLibre's map: layers of every layout, and the colours of everything. */

import { WORLD_M } from "../map/grid.js";
import { css, hatching, mixed } from "./colours.js";
import { TILE_PX } from "./names.js";
import { root } from "./page.js";

const FILLED = ["ground", "areas", "borders"];
const LINED = ["regions", "casing", "marks"];
const fills = new Set(["ground", "areas", "group-ground", "groups"]);
/** The same of the groups that stand for areas where these are too many. */
const GROUPS = ["group-ground", "groups", "group-borders"];
const GROUP_LINES = ["group-casing", "group-marks"];
export const AREA_LAYERS = ["beyond", "land", ...GROUPS, ...FILLED, ...GROUP_LINES, ...LINED];

/** @param {string} layout */
const landSource = (layout) => `${layout}-land`;

/**
 * @param {Record<string, any>} layouts
 * @param {string} shown
 */
export const mapStyle = (layouts, shown) => {
  /** @type {Record<string, any>} */
  const sources = {};
  /** @type {any[]} */
  const layers = [{ id: "paper", type: "background" }];
  for (const [name, { tiles, bounds, zooms, regions, land, groups }] of Object.entries(layouts)) {
    sources[name] = {
      type: "vector", tiles: [root + tiles], bounds, minzoom: zooms[0], maxzoom: zooms[1],
      promoteId: { areas: "code", groups: "code" },
    };
    const around = landSource(name);
    sources[around] = { type: "geojson", data: { type: "FeatureCollection", features: land } };
    for (const [id, kind] of [["beyond", "beyond"], ["land", "context"]]) {
      const filter = ["==", ["get", "kind"], kind];
      layers.push({ id: `${id}-${name}`, type: "fill", source: around, filter });
    }
    /** @type {(ids: string[], layer: string) => void} */
    const add = (ids, layer) => {
      for (const id of ids) {
        const type = fills.has(id) ? "fill" : "line";
        layers.push({ id: `${id}-${name}`, type, source: name, "source-layer": layer });
      }
    };
    if (groups.length) add(GROUPS, "groups");
    add(FILLED, "areas");
    if (groups.length) add(GROUP_LINES, "groups");
    if (regions) add(["regions"], "regions");
    add(["casing", "marks"], "areas");
  }
  for (const layer of layers) {
    const visible = !layer.source || [shown, landSource(shown)].includes(layer.source);
    layer.layout = { visibility: visible ? "visible" : "none" };
    if (layer.type === "line") layer.layout["line-join"] = "round";
  }
  return { version: 8, sources, layers };
};

/**
 * @param {number} low width at zoom 4
 * @param {number} high width at zoom 10
 */
const wide = (low, high) => ["interpolate", ["linear"], ["zoom"], 4, low, 10, high];

/** Borders come with the zoom at which areas are large enough for them: else they hide colours. */
const BORDER_PX = { none: 4, whole: 10 };

/** @param {number} extent of areas of the usual size, metres */
const borderOpacity = (extent) => {
  const zoomFor = (/** @type {number} */ pixels) => Math.log2((pixels * WORLD_M) / (TILE_PX * extent));
  const { none, whole } = BORDER_PX;
  return ["interpolate", ["linear"], ["zoom"], zoomFor(none), 0, zoomFor(whole), 1];
};

/** The class of an area of which nothing was fetched yet; of one without a value it is -1. */
const NOT_YET = -2;

/** @param {string} name */
const flag = (name) => ["boolean", ["feature-state", name], false];

/**
 * The colours of everything, from the style sheet and the palette.
 * @param {any} map
 * @param {Record<string, any>} layouts
 * @param {string[]} ramp
 * @param {number} alone the only class that keeps its colour; -1 for all
 */
export const paintMap = (map, layouts, ramp, alone) => {
  if (map.hasImage("hatch")) map.removeImage("hatch");
  map.addImage("hatch", hatching(), { pixelRatio: 2 });
  const paper = css("--paper");
  const level = ["to-number", ["coalesce", ["feature-state", "level"], NOT_YET]];
  const pairs = ramp.flatMap((colour, at) =>
    [at, alone >= 0 && alone !== at ? mixed(colour, paper, 0.84) : colour]);
  const fill = ["match", level, ...pairs, NOT_YET, css("--land"), "rgba(0,0,0,0)"];
  const border = alone >= 0 ? mixed(paper, css("--hatch"), 0.35) : css("--border");
  map.setPaintProperty("paper", "background-color", css("--sea"));
  /** @type {[string, string, any][]} */
  const properties = [
    ["beyond", "fill-color", css("--land")],
    ["beyond", "fill-opacity", 0.32],
    ["land", "fill-color", css("--land")],
    ["land", "fill-outline-color", css("--coast")],
    ...["", "group-"].flatMap((of) => /** @type {[string, string, any][]} */ ([
      [`${of}ground`, "fill-pattern", "hatch"],
      [`${of}borders`, "line-color", border],
      [`${of}borders`, "line-width", wide(0.3, 1.1)],
      [`${of}casing`, "line-color", css("--casing")],
      [`${of}casing`, "line-width", ["case", flag("chosen"), 6.5, flag("hover"), 4.5, 0]],
      [`${of}casing`, "line-opacity", ["case", flag("chosen"), 1, flag("hover"), 1, 0]],
      [`${of}marks`, "line-color", css("--line")],
      [`${of}marks`, "line-width", ["case", flag("chosen"), 3.5, flag("hover"), 2, 0]],
      [`${of}marks`, "line-opacity", ["case", flag("chosen"), 1, flag("hover"), 1, 0]],
    ])),
    ["areas", "fill-color", fill],
    ["groups", "fill-color", fill],
    ["regions", "line-color", css("--line")],
    ["regions", "line-width", wide(0.8, 1.8)],
  ];
  for (const [name, { extent }] of Object.entries(layouts)) {
    const own = ["borders", "line-opacity", borderOpacity(extent)];
    for (const [id, property, value] of [...properties, own]) {
      if (map.getLayer(`${id}-${name}`)) map.setPaintProperty(`${id}-${name}`, property, value);
    }
  }
};
