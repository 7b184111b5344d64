/**
 * What one measure says: of all areas together, and part by part of each.  Its files keep their
 * names when a figure changes, so the server is asked whether they are still the same.
 */

import { fetchJson } from "../lib/json.js";
import { root } from "./page.js";

/** @typedef {import("./known.js").Known} Known */
/**
 * Of the areas of a part, in the order of their codes
 * @typedef {{ scores: string[], ranks: string[], places: number[], bins: string,
 *   levels: Record<string, string> }} Part
 */

/** @param {string} letter base 36, "-" for none */
export const digit = (letter) => {
  const found = parseInt(letter, 36);
  return Number.isNaN(found) ? -1 : found;
};

export class Figures {
  /**
   * @param {string} folder
   * @param {any} head what is said of all areas
   */
  constructor(folder, head) {
    this.folder = folder;
    this.head = head;
    /** @type {Map<number, Part>} */
    this.parts = new Map();
  }

  /** @param {string} folder */
  static async open(folder) {
    return new Figures(folder, await fetchJson(`${root}${folder}all.json`, "no-cache"));
  }

  /**
   * @param {number[]} parts
   * @param {Known} known learns their names at once
   * @param {(part: number) => void} [use] what is done with each as soon as it is known
   */
  async learn(parts, known, use) {
    const fresh = parts.filter((part) => !this.parts.has(part));
    const ends = await Promise.allSettled(fresh.map(async (part) => {
      const [found] = await Promise.all([
        fetchJson(`${root}${this.folder}${part}.json`, "no-cache"), known.fetch(part),
      ]);
      this.parts.set(part, found);
      use?.(part);
    }));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  /**
   * @param {number} part
   * @param {number} at
   * @param {any} scheme
   */
  of(part, at, scheme) {
    const found = this.parts.get(part);
    if (!found) return null;
    const level = digit(found.levels[scheme.id][at]);
    return {
      level,
      label: level < 0 ? "" : /** @type {string} */ (scheme.classes[level][0]),
      rank: found.ranks[at],
      score: found.scores[at],
      place: found.places[at],
      bin: digit(found.bins[at]),
    };
  }
}
