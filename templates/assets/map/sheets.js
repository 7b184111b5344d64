/** The finer geometry of a layout: an index, and sheets of neighbouring areas. */

import { fetchJson } from "../lib/json.js";

/**
 * Box in units, where it is, and of many areas the parts of what is known of its own
 * @typedef {[number, number, number, number, string, number[]?]} Sheet
 */
/**
 * Paths of areas by code; of many areas also their names, and the lines of groups by their ids
 * @typedef {{ areas: Record<string, string>, labels?: import("./labels.js").Label[],
 *   order?: number[], outlines?: Record<string, string> }} SheetContent
 */

/**
 * @typedef {object} LayoutIndex
 * @property {number} unit
 * @property {import("./grid.js").Grid} grid
 * @property {Sheet[]} sheets
 * @property {string[]} outlines
 * @property {string[]} beyond
 * @property {string[]} context
 * @property {number} context_unit
 * @property {import("./labels.js").Label[]} labels
 * @property {boolean} cells
 * @property {number[]} [frame] what a map of all cells shows, with room for names beside them
 */

/**
 * @param {string} root
 * @param {string} path
 * @returns {Promise<LayoutIndex>}
 */
export const fetchIndex = async (root, path) => {
  const index = await fetchJson(root + path);
  return { ...index, grid: { unit: index.unit, x: 0, y: 0 } };
};

/**
 * The sheets that a part of the map needs.
 * @param {LayoutIndex} index
 * @param {any} bounds
 */
export const sheetsWithin = (index, bounds) => {
  const crs = L.Projection.SphericalMercator;
  const low = crs.project(bounds.getSouthWest()).divideBy(index.unit);
  const high = crs.project(bounds.getNorthEast()).divideBy(index.unit);
  return index.sheets.filter(
    ([left, top, right, bottom]) =>
      left <= high.x && right >= low.x && top <= -low.y && bottom >= -high.y,
  );
};

/**
 * All sheets, those nearest to a place first.
 * @param {LayoutIndex} index
 * @param {any} place
 */
export const sheetsByDistance = (index, place) => {
  const middle = L.Projection.SphericalMercator.project(place).divideBy(index.unit);
  /** @param {Sheet} sheet */
  const far = ([left, top, right, bottom]) =>
    Math.hypot(
      Math.max(left - middle.x, middle.x - right, 0),
      Math.max(top + middle.y, -middle.y - bottom, 0),
    );
  return [...index.sheets].sort((a, b) => far(a) - far(b));
};

/**
 * @param {string} root
 * @param {Sheet} sheet
 * @returns {Promise<SheetContent>}
 */
export const fetchSheet = (root, sheet) => fetchJson(root + sheet[4]);

/**
 * The box of all sheets: left, top, right, bottom.
 * @param {LayoutIndex} index
 */
export const wholeBox = ({ sheets, frame }) => frame || [
  Math.min(...sheets.map((s) => s[0])),
  Math.min(...sheets.map((s) => s[1])),
  Math.max(...sheets.map((s) => s[2])),
  Math.max(...sheets.map((s) => s[3])),
];
