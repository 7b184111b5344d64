/** What is known of each area in the chosen measure: name, page, rank, class. */

import { fetchJson } from "../lib/json.js";

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
  }

  /**
   * @param {string} code
   * @returns {About}
   */
  about(code) {
    const inline = this.inline.get(code);
    if (!this.values && inline) return inline;
    const [name, path] = this.names[code] || [inline ? inline.name : code, null];
    const href = path === null ? (inline ? inline.href : "") : this.config.root + path;
    const known = this.values?.values[code];
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
   */
  async learn(measure) {
    const { root, measures, names } = this.config;
    this.measure = measure;
    const [values, named] = await Promise.all([
      fetchJson(root + measures[measure]),
      fetchJson(root + names),
    ]);
    if (measure !== this.measure) return false;
    [this.values, this.names] = [values, named];
    return true;
  }
}
