/**
 * What is known of the areas in any measure: names, pages, places.  It comes in parts of
 * neighbours, fetched as they come into view; where areas are few, all are in one part.
 */

import { fetchJson } from "../lib/json.js";
import { root } from "./page.js";

/** @typedef {[number, number, number, number]} Box west, south, east, north in degrees */
/** @typedef {import("../map/labels.js").Label} Label */
/**
 * Of the areas of a part, in their order: boxes are flat, a label's fifth number is a position.
 * @typedef {{ codes: string[], names: string[], slugs: string[], group_of: number[],
 *   layouts: Record<string, { boxes: number[], labels: any[], order: number[] }> }} Part
 */

/**
 * @param {number[]} boxes flat, in thousandths of a degree
 * @param {number} at
 * @returns {Box}
 */
export const boxAt = (boxes, at) =>
  /** @type {Box} */ (boxes.slice(4 * at, 4 * at + 4).map((n) => n / 1000));

/**
 * What isn't drawn has a box of zeros.
 * @param {Box} box
 */
export const isDrawn = (box) => box.some((n) => n !== 0);

/**
 * @param {Box} a
 * @param {Box} b
 */
export const overlap = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

export class Known {
  /** @param {any} data */
  constructor(data) {
    this.data = data;
    /** @type {Map<number, Part>} */
    this.parts = new Map();
    /** @type {Map<string, [number, number]>} part, and position in it, by code */
    this.at = new Map();
  }

  get whole() {
    return this.data.parts === 1;
  }

  /**
   * The parts that a window may show; all where they are one.
   * @param {string} layout
   * @param {Box} view
   */
  partsWithin(layout, view) {
    const { parts } = this.data.layouts[layout];
    const every = Array.from({ length: this.data.parts }, (_, part) => part);
    return this.whole ? every : every.filter((part) => overlap(boxAt(parts, part), view));
  }

  /** @param {number} part */
  async fetch(part) {
    if (this.parts.has(part)) return;
    /** @type {Part} */
    const found = await fetchJson(`${root}${this.data.folder}${part}.json`);
    this.parts.set(part, found);
    found.codes.forEach((code, at) => this.at.set(code, [part, at]));
  }

  /**
   * The part and the code of an area, by its code or by "/" and the last part of its address.
   * @param {string} key
   * @returns {Promise<[number, string] | null>} nothing if there is no such area
   */
  async find(key) {
    if (this.whole) {
      await this.fetch(0);
      const { codes, slugs } = /** @type {Part} */ (this.parts.get(0));
      const at = key[0] === "/" ? slugs.indexOf(key.slice(1)) : codes.indexOf(key);
      return at < 0 ? null : [0, codes[at]];
    }
    const starts = /** @type {string[]} */ (this.data.find);
    const file = starts.filter((start) => start <= key).length - 1;
    if (file < 0) return null;
    const found = await fetchJson(`${root}${this.data.folder}find-${file}.json`);
    return Object.hasOwn(found, key) ? found[key] : null;
  }

  /**
   * By what `find` knows the area whose page is at an address; empty if none is there.
   * @param {string} address
   */
  keyOf(address) {
    const { path } = this.data;
    const page = address.startsWith(root + path) ? address.slice((root + path).length) : "";
    return /^[^/?#]+\/$/.test(page) ? `/${page.slice(0, -1)}` : "";
  }

  /**
   * @param {string} code of an area whose part was fetched
   * @param {string} layout
   */
  placeOf(code, layout) {
    const [number, at] = this.at.get(code) || [-1, -1];
    const part = this.parts.get(number);
    if (!part) return null;
    const [group = "", groupId = ""] = this.data.groups[part.group_of[at]] || [];
    return {
      name: part.names[at],
      href: `${root}${this.data.path}${part.slugs[at]}/`,
      group,
      groupId,
      box: boxAt(part.layouts[layout].boxes, at),
    };
  }
}
