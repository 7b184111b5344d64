/** Sheets of a map, and the parts in which what is known of many areas comes: got and drawn. */

import { fetchJson } from "../lib/json.js";
import { fetchIndex, fetchSheet, sheetsWithin } from "./sheets.js";

/**
 * Some parts as one.
 * @param {string} folder
 * @param {Set<number>} parts
 * @param {RequestCache} [cache]
 */
export const fetchParts = async (folder, parts, cache) =>
  Object.assign({}, ...await Promise.all(
    [...parts].map((part) => fetchJson(`${folder}${part}.json`, cache))));

/**
 * Names and a measure's values of all areas that a map has drawn.
 * @param {import("./area-map.js").AreaMap} areaMap
 * @param {string} measure
 */
export const learnDrawn = async ({ canvas, config, facts, layout }, measure) => {
  if (facts.whole) return facts.learn(measure);
  const index = await fetchIndex(config.root, config.layouts[layout]);
  const drawn = L.latLngBounds([]);
  for (const { polygon } of canvas.areas.values()) drawn.extend(polygon.getBounds());
  const sheets = drawn.isValid() ? sheetsWithin(index, drawn) : [];
  return facts.learn(measure, sheets.flatMap((sheet) => sheet[5] || []));
};

const CELLS_AROUND = 24;

/**
 * A cell and those nearest to it, which at the edge of a layout lie all on one side.
 * @param {import("./area-map.js").AreaMap} areaMap
 * @param {import("./sheets.js").LayoutIndex} index
 * @param {any} own
 */
export const boundsAround = async (areaMap, index, own) => {
  const near = sheetsWithin(index, own.pad(5));
  await Promise.all(near.map((sheet) => loadSheet(areaMap, index, sheet)));
  const middle = areaMap.map.project(own.getCenter(), 0);
  /** @param {import("./canvas.js").DrawnArea} area */
  const away = (area) => middle.distanceTo(areaMap.map.project(area.middle, 0));
  const areas = [...areaMap.canvas.areas.values()].sort((a, b) => away(a) - away(b));
  const all = L.latLngBounds([]);
  for (const { polygon } of areas.slice(0, CELLS_AROUND + 1)) all.extend(polygon.getBounds());
  return all.extend(own).pad(0.04);
};

/**
 * Draws what a sheet holds, once what is known of its areas has come.
 * @param {import("./area-map.js").AreaMap} areaMap
 * @param {import("./sheets.js").LayoutIndex} index
 * @param {import("./sheets.js").Sheet} sheet
 */
export const loadSheet = async (areaMap, index, sheet) => {
  const { canvas, config, facts, labels, layout, loaded, outlined } = areaMap;
  const [, , , , path, parts] = sheet;
  if (loaded.has(path)) return;
  const [content] = await Promise.all([
    fetchSheet(config.root, sheet),
    facts.whole || facts.learn(facts.measure, parts),
  ]);
  if (layout !== areaMap.layout || loaded.has(path)) return;
  loaded.add(path);
  for (const [code, d] of Object.entries(content.areas)) areaMap.put(code, d, index.grid);
  for (const [group, d] of Object.entries(content.outlines || {})) {
    if (!outlined.has(group)) canvas.addOutlines([d], index.grid);
    outlined.add(group);
  }
  if (content.labels) labels.add(content.labels, content.order || []);
};
