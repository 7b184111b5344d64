/** Sheets of a map, and the parts in which what is known of many areas comes: got and drawn. */

import { fetchJson } from "../lib/json.js";
import { fetchIndex, fetchSheet, sheetsWithin } from "./sheets.js";

/**
 * Some parts as one.
 * @param {string} folder
 * @param {Set<number>} parts
 */
export const fetchParts = async (folder, parts) =>
  Object.assign({}, ...await Promise.all([...parts].map((part) => fetchJson(`${folder}${part}.json`))));

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
