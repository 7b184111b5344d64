/**
 * Names on the map: in the order of their importance, at a constant size, never over one another.
 * The page's first view is placed when the site is built; here is what comes with every move.
 */

import { svgElement } from "../lib/elements.js";
import { latLng, pixelsPerMetre } from "./grid.js";

/**
 * x, y, radius in units, name, code, and how much wider than its area a name may be
 * @typedef {[number, number, number, string, string, number]} Label
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
   * @param {any} map
   * @param {{ first: Set<string>, groups: boolean, toneOf: (code: string) => string }} wishes
   *     codes that are named first, whether groups are named, and the class of a text
   *     that lies within its area; empty if it needs a halo all the same
   */
  constructor(map, wishes) {
    this.map = map;
    this.wishes = wishes;
    /** @type {Label[]} */
    this.labels = [];
    /** @type {import("./grid.js").Grid} */
    this.grid = { unit: 1, x: 0, y: 0 };
    const pane = map.createPane("labels");
    pane.style.zIndex = 430;
    pane.style.pointerEvents = "none";
    this.svg = svgElement("svg", { class: "map-text", width: 1, height: 1, "aria-hidden": "true" });
    pane.append(this.svg);
    const { fontFamily } = getComputedStyle(map.getContainer());
    this.font = `12px ${fontFamily}`;
    map.on("zoomstart", () => this.svg.classList.add("moving"));
    map.on("moveend zoomend", () => this.draw());
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
    const pixels = pixelsPerMetre(this.map) * this.grid.unit;
    const size = this.map.getSize();
    /** @type {Box[]} */
    const taken = [{ left: size.x - 48, top: 0, right: size.x, bottom: 116 }];
    const texts = [];
    let tried = 0;
    for (const label of this.labels) {
      const [x, y, radius, name, code, spill] = label;
      if (!code && !this.wishes.groups) continue;
      const at = this.map.latLngToContainerPoint(latLng(x, y, this.grid));
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
    const { x, y } = this.map.containerPointToLayerPoint(at);
    const tone = (inside && code && this.wishes.toneOf(code)) || (code ? "halo" : "region-name");
    const first = y - ((lines.length - 1) * LINE_PX) / 2;
    return svgElement(
      "text", { class: tone, ...(code ? { "data-code": code } : {}) },
      ...lines.map((line, at) =>
        svgElement("tspan", { x: Math.round(x), y: Math.round(first + at * LINE_PX) }, line)),
    );
  }
}
