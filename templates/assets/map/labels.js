/**
 * Names on the map: in the order of their importance, at a constant size, never over one another.
 * The page's first view is placed when the site is built; here is what comes with every move.
 */

import { svgElement } from "../lib/elements.js";
/**
 * x, y, radius in units, name, code, and how much wider than its area a name may be
 * @typedef {[number, number, number, string, string, number]} Label
 */
/**
 * A map that names are drawn on: places of the plane (EPSG:3857, metres) on the screen.
 * @typedef {object} Screen
 * @property {(x: number, y: number) => { x: number, y: number }} place within the map
 * @property {() => number} pixelsPerMetre
 * @property {() => { x: number, y: number }} size
 * @property {() => { x: number, y: number }} origin what is drawn at 0, 0
 */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */

const LINE_PX = 14;
const GAP_PX = 3;
const MOST_LETTERS = 12;
const MOST_TRIED = 1500;
const SMALLEST_PX = 5;

/**
 * A name in lines, broken at spaces and hyphens.
 * @param {string} name
 * @param {number} most letters in a line
 * @returns {string[]}
 */
export const linesOf = (name, most = MOST_LETTERS) =>
  (name.match(/[^ -]+-?/g) || [name]).reduce((/** @type {string[]} */ lines, word) => {
    const last = lines[lines.length - 1];
    const joined = last && `${last}${last.endsWith("-") ? "" : " "}${word}`;
    if (joined && joined.length <= most) lines.splice(-1, 1, joined);
    else lines.push(word);
    return lines;
  }, []);

/** @type {Map<string, number>} */
const widths = new Map();
const pen = document.createElement("canvas").getContext("2d");

/**
 * @param {string} text
 * @param {string} font
 */
const widthOf = (text, font) => {
  const known = widths.get(font + text);
  if (known !== undefined) return known;
  if (pen) pen.font = font;
  const width = pen ? pen.measureText(text).width : text.length * 7;
  widths.set(font + text, width);
  return width;
};

/**
 * @param {Box} a
 * @param {Box} b
 */
const meet = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export class Labels {
  /**
   * @param {Screen} screen
   * @param {HTMLElement} holder
   * @param {{ first: Set<string>, groups: boolean, toneOf: (code: string) => string }} wishes
   *     codes that are named first, whether groups are named, and the class of a text
   *     that lies within its area; empty if it needs a halo all the same
   */
  constructor(screen, holder, wishes) {
    this.screen = screen;
    this.wishes = wishes;
    /** @type {Label[]} */
    this.labels = [];
    /** @type {import("./grid.js").Grid} */
    this.grid = { unit: 1, x: 0, y: 0 };
    this.svg = svgElement("svg", { class: "map-text", width: 1, height: 1, "aria-hidden": "true" });
    holder.append(this.svg);
    this.font = `500 12px ${getComputedStyle(holder).fontFamily}`;
  }

  /**
   * @param {Label[]} labels most important first
   * @param {import("./grid.js").Grid} grid
   */
  use(labels, grid) {
    const first = labels.filter(([, , , , code]) => this.wishes.first.has(code));
    const rest = labels.filter(([, , , , code]) => !this.wishes.first.has(code));
    this.labels = [...first, ...rest];
    this.grid = grid;
    this.draw();
  }

  clear() {
    this.labels = [];
    this.svg.replaceChildren();
  }

  draw() {
    this.svg.classList.remove("moving");
    if (!this.labels.length) return;
    const { grid, screen } = this;
    const pixels = screen.pixelsPerMetre() * grid.unit;
    const size = screen.size();
    /** @type {Box[]} */
    const taken = [{ left: size.x - 48, top: 0, right: size.x, bottom: 116 }];
    const texts = [];
    let tried = 0;
    for (const label of this.labels) {
      const [x, y, radius, name, code, spill] = label;
      if (!code && !this.wishes.groups) continue;
      const at = screen.place(grid.x + x * grid.unit, grid.y - y * grid.unit);
      if (at.x < 0 || at.y < 0 || at.x > size.x || at.y > size.y) continue;
      if (2 * radius * pixels < SMALLEST_PX || tried > MOST_TRIED) continue;
      tried += 1;
      const lines = linesOf(name);
      const box = this.boxOf(lines, at);
      const width = box.right - box.left;
      if (code ? 2 * radius * pixels * spill < width : 2 * radius * pixels > 4 * width) continue;
      if (box.left < 0 || box.top < 0 || box.right > size.x || box.bottom > size.y) continue;
      if (taken.some((other) => meet(box, other))) continue;
      taken.push(box);
      const inside = Math.hypot(width, box.bottom - box.top) / 2 <= radius * pixels;
      texts.push(this.text(lines, at, code, inside));
    }
    this.svg.replaceChildren(...texts);
  }

  /**
   * @param {string[]} lines
   * @param {{ x: number, y: number }} at
   * @returns {Box}
   */
  boxOf(lines, { x, y }) {
    const width = Math.max(...lines.map((line) => widthOf(line, this.font))) / 2 + GAP_PX;
    const height = (lines.length * LINE_PX) / 2 + GAP_PX / 2;
    return { left: x - width, right: x + width, top: y - height, bottom: y + height };
  }

  /**
   * @param {string[]} lines
   * @param {any} at
   * @param {string} code
   * @param {boolean} inside
   */
  text(lines, at, code, inside) {
    const origin = this.screen.origin();
    const [x, y] = [at.x - origin.x, at.y - origin.y];
    const tone = (inside && code && this.wishes.toneOf(code)) || (code ? "halo" : "region-name");
    const first = y - ((lines.length - 1) * LINE_PX) / 2;
    return svgElement(
      "text", { class: tone, ...(code ? { "data-code": code } : {}) },
      ...lines.map((line, at) =>
        svgElement("tspan", { x: Math.round(x), y: Math.round(first + at * LINE_PX) }, line)),
    );
  }
}
