/**
 * Names on the map: in the order of their importance, at a constant size, never over one another.
 * The page's first view is placed when the site is built; here is what comes with every move.
 */

import { svgElement } from "../lib/elements.js";
import { GAP_PX, GROUP_GAP_PX, asides, boxOf, meet, reaching } from "./asides.js";
import { formsOf, linesOf, widthOf } from "./lettering.js";

/**
 * x, y, radius in units, name, code, and how much wider than its area a name may be; of a name
 * beside its cells also its near end, and where a line leads from it
 * @typedef {[number, number, number, string, string, number, string?, number?, number?]} Label
 */
/**
 * A map that names are drawn on: places of the plane (EPSG:3857, metres) on the screen.
 * @typedef {object} Screen
 * @property {(x: number, y: number) => { x: number, y: number }} place within the map
 * @property {() => number} pixelsPerMetre
 * @property {() => { x: number, y: number }} size
 * @property {() => { x: number, y: number }} origin what is drawn at 0, 0
 */
/** @typedef {import("./asides.js").Box} Box */
/** @typedef {import("./asides.js").Aside} Aside */
/**
 * @typedef {object} Wishes
 * @property {Set<string>} first codes that are named first
 * @property {boolean} groups whether groups are named
 * @property {(code: string) => string} toneOf the class of a text that lies within its area;
 *     empty if it needs a halo all the same
 * @property {() => Box[]} [taken] what names stay out of
 * @property {() => import("./asides.js").Ground} [ground] what names beside areas must not cover
 * @property {() => boolean} [alike] whether all areas count alike: names that lie within their own
 *     come before those that need more room
 * @property {(code: string) => boolean} [apart] whether an area may be named beside itself
 */

const LINE_PX = 14;
const GROUP_LINE_PX = 16;
const MOST_GROUP_LETTERS = 14;
const MOST_TRIED = 1500;
const SMALLEST_PX = 5;

export class Labels {
  /**
   * @param {Screen} screen
   * @param {HTMLElement} holder
   * @param {Wishes} wishes
   */
  constructor(screen, holder, wishes) {
    this.screen = screen;
    this.wishes = wishes;
    /** @type {Label[]} */
    this.labels = [];
    /** @type {Map<Label, number>} */
    this.order = new Map();
    /** @type {import("./grid.js").Grid} */
    this.grid = { unit: 1, x: 0, y: 0 };
    this.svg = svgElement("svg", { class: "map-text", width: 1, height: 1, "aria-hidden": "true" });
    holder.append(this.svg);
    const look = getComputedStyle(holder);
    this.font = `500 12px ${look.fontFamily}`;
    this.groupFont = `600 13.5px ${look.getPropertyValue("--serif") || "serif"}`;
    /** @type {Box[]} */
    this.taken = [];
    /** @type {SVGElement[]} */
    this.drawn = [];
    /** @type {Set<string>} names of groups that stand already */
    this.named = new Set();
  }

  /**
   * @param {Label[]} labels most important first
   * @param {import("./grid.js").Grid} grid
   */
  use(labels, grid) {
    this.labels = labels;
    this.grid = grid;
    this.draw();
  }

  /**
   * More of them, in any order.
   * @param {Label[]} labels
   * @param {number[]} order the place of each by importance
   */
  add(labels, order) {
    labels.forEach((label, at) => this.order.set(label, order[at]));
    const placeOf = (/** @type {Label} */ label) => this.order.get(label) ?? 0;
    this.use([...this.labels, ...labels].sort((a, b) => placeOf(a) - placeOf(b)), this.grid);
  }

  clear() {
    this.labels = [];
    this.svg.replaceChildren();
  }

  draw() {
    this.svg.classList.remove("moving");
    if (!this.labels.length) return;
    const { first, taken, ground, apart, groups, alike } = this.wishes;
    this.taken = taken ? taken() : [];
    this.drawn = [];
    this.named.clear();
    const pixels = this.screen.pixelsPerMetre() * this.grid.unit;
    const shown = this.labels.filter((label) => this.shows(label, pixels, groups)).slice(0, MOST_TRIED);
    const own = shown.filter((label) => first.has(label[4]));
    const others = shown.filter((label) => !first.has(label[4]));
    const land = ground && ground();
    const rounds = alike && alike() ? [1, Infinity] : [Infinity];
    for (const tier of [own, others]) {
      let waiting = tier;
      for (const most of rounds) waiting = waiting.filter((label) => !this.putOver(label, pixels, most));
      if (!land || !apart) continue;
      for (const label of waiting) if (label[4] && apart(label[4])) this.putBeside(label, pixels, land);
    }
    this.svg.replaceChildren(...this.drawn);
  }

  /** @param {number} x @param {number} y */
  at(x, y) {
    const { grid } = this;
    return this.screen.place(grid.x + x * grid.unit, grid.y - y * grid.unit);
  }

  /**
   * Whether a name may stand in view: its place is, and its area isn't too small.
   * @param {Label} label
   * @param {number} pixels of a unit
   * @param {boolean} groups
   */
  shows([x, y, radius, , code, , end], pixels, groups) {
    if (!code && !groups) return false;
    const size = this.screen.size();
    const at = this.at(x, y);
    const within = at.x >= 0 && at.y >= 0 && at.x <= size.x && at.y <= size.y;
    return within && (Boolean(end) || 2 * radius * pixels >= SMALLEST_PX);
  }

  /**
   * A name over its place, or where its group's stands; false if there is no room.
   * @param {Label} label
   * @param {number} pixels of a unit
   * @param {number} most how much wider than its area an area's name may be, at most
   */
  putOver([x, y, radius, name, code, spill, end, ...target], pixels, most) {
    // A group's further places, without a spill, are for when those before had no room.
    if (!code && !spill && this.named.has(name)) return false;
    const at = this.at(x, y);
    const longest = Math.max(...name.split(" ").map((word) => word.length));
    const forms = code ? formsOf(name) : [linesOf(name, end ? longest : MOST_GROUP_LETTERS)];
    for (const lines of forms) {
      const half = (lines.length * GROUP_LINE_PX) / 2;
      const dy = end === "below" ? half : end === "above" ? -half : 0;
      const aside = { dx: 0, dy, end: end === "start" || end === "end" ? end : "middle" };
      const gap = code || end ? GAP_PX : GROUP_GAP_PX;
      const box = this.boxAt(at, this.rectOf(lines, aside, code, gap));
      const width = box.right - box.left;
      if (code && 2 * radius * pixels * Math.min(spill, most) < width) continue;
      if (!code && !end && 2 * radius * pixels > 4 * width) continue;
      if (!this.take(box)) continue;
      const inside = Math.hypot(width, box.bottom - box.top) / 2 <= radius * pixels;
      const tone = (inside && code && this.wishes.toneOf(code)) || (code ? "halo" : "region-name");
      if (target.length) this.line(at, this.at(Number(target[0]), Number(target[1])));
      this.write(lines, at, aside, code, tone);
      if (!code) this.named.add(name);
      return true;
    }
    return false;
  }

  /**
   * The name of an area that has no room for it, where there is room beside the area.
   * @param {Label} label
   * @param {number} pixels of a unit
   * @param {import("./asides.js").Ground} land
   */
  putBeside([x, y, radius, name, code], pixels, land) {
    const at = this.at(x, y);
    const [lines] = formsOf(name);
    for (const aside of asides(radius * pixels, lines.length * LINE_PX)) {
      const rect = this.rectOf(lines, aside, code);
      if (!land.free(this.boxAt(at, rect)) || !this.take(this.boxAt(at, reaching(rect)))) continue;
      const { dx, dy, end } = aside;
      const half = (lines.length * LINE_PX) / 2;
      const away = end === "middle"
        ? { x: dx, y: dy - Math.sign(dy) * half } : { x: dx - 3 * Math.sign(dx), y: dy };
      this.line(at, { x: at.x + away.x, y: at.y + away.y });
      this.write(lines, at, aside, code, "halo");
      return;
    }
  }

  /**
   * @param {string[]} lines
   * @param {Aside} aside
   * @param {string} code
   * @param {number} gap
   */
  rectOf(lines, aside, code, gap = GAP_PX) {
    const font = code ? this.font : this.groupFont;
    const width = Math.max(...lines.map((line) => widthOf(line, font)));
    return boxOf(width, lines.length * (code ? LINE_PX : GROUP_LINE_PX), aside, gap);
  }

  /**
   * @param {{ x: number, y: number }} at
   * @param {Box} rect
   * @returns {Box}
   */
  boxAt({ x, y }, { left, top, right, bottom }) {
    return { left: left + x, top: top + y, right: right + x, bottom: bottom + y };
  }

  /** @param {Box} box */
  take(box) {
    const size = this.screen.size();
    if (box.left < 0 || box.top < 0 || box.right > size.x || box.bottom > size.y) return false;
    if (this.taken.some((other) => meet(box, other))) return false;
    this.taken.push(box);
    return true;
  }

  /**
   * @param {{ x: number, y: number }} from
   * @param {{ x: number, y: number }} to
   */
  line(from, to) {
    const { x, y } = this.screen.origin();
    const ends = [from.x - x, from.y - y, to.x - x, to.y - y].map(Math.round);
    const d = `M${ends[0]} ${ends[1]}L${ends[2]} ${ends[3]}`;
    this.drawn.push(svgElement("path", { class: "lead", d }));
  }

  /**
   * @param {string[]} lines
   * @param {{ x: number, y: number }} at
   * @param {Aside} aside
   * @param {string} code
   * @param {string} tone
   */
  write(lines, at, aside, code, tone) {
    const origin = this.screen.origin();
    const [x, y] = [at.x + aside.dx - origin.x, at.y + aside.dy - origin.y];
    const line = code ? LINE_PX : GROUP_LINE_PX;
    const first = y - ((lines.length - 1) * line) / 2;
    const end = aside.end === "middle" ? "" : ` ${aside.end}`;
    this.drawn.push(svgElement(
      "text", { class: tone + end, ...(code ? { "data-code": code } : {}) },
      ...lines.map((text, row) =>
        svgElement("tspan", { x: Math.round(x), y: Math.round(first + row * line) }, text)),
    ));
  }
}
