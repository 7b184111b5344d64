/** What is known of many areas comes in parts: which of them are needed, and how they are got. */

import { fetchJson } from "../lib/json.js";
import { fetchIndex, sheetsWithin } from "./sheets.js";

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
