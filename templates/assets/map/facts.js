/**
 * What is known of each area in the chosen measure: name, page, rank, class.  Of many areas it
 * comes in parts, which the sheets of the map name; a path of such parts is a folder's.
 */

import { fetchJson } from "../lib/json.js";
import { fetchParts } from "./parts.js";

const HEAD = "all.json";

/** @typedef {{ name: string, href: string, text: string, level: number | string }} About */

/** @typedef {import("./page-drawing.js").InlineArea} InlineArea */

export class Facts {
  /**
   * @param {{ root: string, measure: string, measures: Record<string, string>, names: string }} config
   * @param {Map<string, InlineArea>} inline
   */
  constructor(config, inline) {
    this.config = config;
    this.inline = inline;
    this.measure = config.measure;
    /** @type {any} */
    this.values = null;
    /** @type {Record<string, [string, string, string?]>} */
    this.names = {};
    this.whole = !config.names.endsWith("/");
    /** @type {Set<number>} */
    this.parts = new Set();
  }

  /**
   * @param {string} code
   * @returns {About}
   */
  about(code) {
    const inline = this.inline.get(code);
    const known = this.values?.values[code];
    const own = this.measure === this.config.measure;
    if (inline && (!this.values || (own && !known))) return inline;
    const [name, path] = this.names[code] || [inline ? inline.name : code, null];
    const href = path === null ? (inline ? inline.href : "") : this.config.root + path;
    if (!known) return { name, href, text: this.values ? this.values.missing : "", level: "none" };
    const [rank, score, level] = known;
    const parts = [rank, score, this.values.labels[level]];
    return { name, href, text: parts.filter(Boolean).join(", "), level };
  }

  /**
   * The name of the outlined group that an area is in; empty if not known (yet).
   * @param {string} code
   */
  groupOf(code) {
    return this.names[code]?.[2] || "";
  }

  /**
   * Fetches names and a measure's values, and uses them unless another was chosen meanwhile.
   * @param {string} measure
   * @param {number[]} parts those that are needed, beside what was needed before
   */
  async learn(measure, parts = []) {
    const { root, measures, names } = this.config;
    this.measure = measure;
    for (const part of parts) this.parts.add(part);
    const values = root + measures[measure];
    const [head, some, named] = await Promise.all([
      fetchJson(this.whole ? values : values + HEAD, "no-cache"),
      this.whole ? {} : fetchParts(values, this.parts, "no-cache"),
      this.whole ? fetchJson(root + names) : fetchParts(root + names, this.parts),
    ]);
    if (measure !== this.measure) return false;
    // What was asked for later may have come before.
    const before = this.values?.id === measure ? this.values.values : {};
    this.values = this.whole ? head : { ...head, values: { ...before, ...some } };
    this.names = this.whole ? named : { ...this.names, ...named };
    return true;
  }
}
