/**
 * A page's map: takes over the drawing that stands in the page, in the same place, and fetches
 * finer and further areas when the reader moves.
 */

import { speak } from "../lib/speak.js";
import { readAddress, writeAddress } from "./address.js";
import { Canvas } from "./canvas.js";
import { addHatching, findControls } from "./controls.js";
import { Facts } from "./facts.js";
import { WORLD_M, latLng, latLngs, outlineOf } from "./grid.js";
import { listenToKeys } from "./keys.js";
import { makeRoom, showLegend, showWords } from "./legend.js";
import { makeLabels, overMap } from "./names.js";
import { readDrawing, repaint } from "./page-drawing.js";
import { boundsAround, learnDrawn, loadSheet } from "./parts.js";
import { followPlace } from "./place.js";
import { listenToPointer, press } from "./pointer.js";
import { fetchIndex, sheetsByDistance, sheetsWithin, wholeBox } from "./sheets.js";
import { Tip } from "./tip.js";

const CLOSEST_ZOOM = 13;
const FURTHEST_OUT = 5;
/** Where areas are many, a view that is some times as wide would show thousands. */
const FURTHEST_OF_MANY = 2.5;

/**
 * @typedef {object} Config
 * @property {string} root the way to the site's root
 * @property {string} view national, group or neighbourhood
 * @property {string[]} here codes that the page is about
 * @property {string} layout
 * @property {Record<string, string>} layouts the index of each layout, from the root
 * @property {string} measure
 * @property {Record<string, string>} measures the values of each measure, from the root
 * @property {string} names
 */

export class AreaMap {
  /**
   * @param {any} map Leaflet's
   * @param {Config} config
   */
  constructor(map, config) {
    this.map = map;
    this.config = config;
    this.frame = /** @type {HTMLElement} */ (map.getContainer());
    this.stage = /** @type {HTMLElement} */ (this.frame.parentElement);
    this.figure = /** @type {HTMLElement} */ (this.frame.closest(".map") || this.stage);
    this.svg = /** @type {SVGSVGElement} */ (this.frame.querySelector("svg"));
    this.drawing = readDrawing(this.svg);
    this.view = config.view;
    this.layout = config.layout;
    this.here = new Set(config.here);
    this.muting = config.view === "group";
    this.facts = new Facts(config, this.drawing.areas);
    // The chosen area is outlined, the opened one has a plate with a link (by finger).
    this.chosen = "";
    this.opened = "";
    this.byKey = false;
    this.touching = false;
    this.tapped = -Infinity; // when an area was, in the page's milliseconds
    // Moved: beyond what the page holds; strayed: by the reader; fitting: by this script.
    this.moved = false;
    this.strayed = false;
    this.fitting = false;
    this.whole = ""; // the layout whose lines and names are drawn whole
    this.cells = false; // whether that is one of cells
    this.fit = () => this.fitDrawing();
    this.fitZoom = 0;
    /** @type {Set<string>} */
    this.loaded = new Set();
    /** @type {Set<string>} */
    this.outlined = new Set(); // groups whose lines came with a sheet
    const { tools, said } = findControls(this.frame, this.stage);
    this.said = said;
    const hatch = `${this.frame.id}-hatch`;
    addHatching(this.svg, this.stage, hatch);
    this.canvas = new Canvas(map, hatch);
    this.tip = new Tip(this.stage);
    this.labels = makeLabels(this);
    this.drawPage();
    this.listen(tools);
    this.ready = this.begin();
  }

  /** The areas, lines and land that stand in the page. */
  drawPage() {
    const { areas, others, beyond, context, outlines, here, grid } = this.drawing;
    this.fit = () => this.fitDrawing();
    this.fit(); // before anything is drawn: Leaflet makes no element for a map without a view
    for (const { d, className } of others) this.canvas.addOthers(d, className, grid);
    for (const [code, { d }] of areas) this.put(code, d, grid);
    this.canvas.addLand(beyond, grid, "beyond");
    this.canvas.addLand(context, grid, "context");
    this.canvas.addOutlines(outlines, grid);
    if (here) this.canvas.drawHere(latLngs(here, grid));
  }

  fitDrawing() {
    const { grid, width, height } = this.drawing;
    const drawn = this.svg.getBoundingClientRect();
    const box = this.frame.getBoundingClientRect();
    const pixel = Math.min(drawn.width / width, drawn.height / height); // of one unit
    const zoom = this.map.options.crs.zoom((pixel / grid.unit) * WORLD_M);
    const x = width / 2 + (box.left + box.width / 2 - drawn.left - drawn.width / 2) / pixel;
    const y = height / 2 + (box.top + box.height / 2 - drawn.top - drawn.height / 2) / pixel;
    this.still(() => {
      this.map.setView(latLng(x, y, grid), zoom, { animate: false });
      if (this.canvas?.areas.size) makeRoom(this);
    });
  }

  /**
   * Moves the map without this counting as the reader's doing.
   * @param {() => void} move
   */
  still(move) {
    this.fitting = true;
    move();
    this.fitting = false;
    this.fitZoom = this.map.getZoom();
  }

  /** @param {HTMLElement} tools */
  listen(tools) {
    const { map, frame } = this;
    for (const choice of this.figure.querySelectorAll(".choice")) choice.removeAttribute("disabled");
    tools.addEventListener("click", ({ target }) => {
      const pressed = /** @type {Element} */ (target).closest("button");
      this.zoom(pressed?.dataset.zoom || "");
    });
    map.on("dragstart zoomstart", () => this.fitting || this.stray());
    map.on("zoomstart", () => this.labels.svg.classList.add("moving"));
    map.on("moveend", () => this.labels.draw());
    map.on("zoomend", () => {
      frame.classList.toggle("map-near", map.getZoom() > this.fitZoom + 1);
    });
    map.on("moveend", () => {
      if (this.moved && !this.fitting) this.attempt(this.fill());
    });
    map.on("movestart zoomstart", () => this.tip.hide());
    map.setMaxZoom(Math.max(CLOSEST_ZOOM, map.getZoom() + 1));
    const furthest = this.facts.whole ? FURTHEST_OUT : FURTHEST_OF_MANY;
    map.setMinZoom(map.getZoom() - (this.view === "national" ? 0.7 : furthest));
    map.scrollWheelZoom.enable();
    new ResizeObserver(() => {
      map.invalidateSize({ animate: false, pan: false });
      if (!this.strayed) this.fit();
    }).observe(frame);
    this.figure.addEventListener("change", ({ target }) => {
      const { name, value } = /** @type {HTMLInputElement} */ (target);
      if (name === "edition") this.attempt(this.setMeasure(value));
      if (name === "layout") this.attempt(this.setLayout(value));
    });
    listenToPointer(this);
    listenToKeys(this);
    followPlace(this);
  }

  /** A map that stands alone has no areas in its page: all come from the sheets. */
  begin() {
    const { measure, layout } = readAddress(
      Object.keys(this.config.measures), Object.keys(this.config.layouts));
    this.check("edition", measure || this.facts.measure);
    this.check("layout", layout || this.layout);
    if (measure && measure !== this.facts.measure) this.attempt(this.setMeasure(measure));
    if (layout && layout !== this.layout) this.attempt(this.setLayout(layout));
    return this.drawing.areas.size ? Promise.resolve() : this.attempt(this.start());
  }

  async start() {
    this.moved = true;
    this.frame.classList.add("map-moved");
    await this.fill();
  }

  /**
   * Browsers may remember what was chosen before; the address decides.
   * @param {string} name
   * @param {string} id
   */
  check(name, id) {
    const radio = this.figure.querySelector(`[name=${name}][value="${CSS.escape(id)}"]`);
    if (radio instanceof HTMLInputElement) radio.checked = true;
  }

  /** @param {string} code */
  fades(code) {
    return this.muting && !this.here.has(code);
  }

  /**
   * @param {string} code
   * @param {string} d
   * @param {import("./grid.js").Grid} grid
   */
  put(code, d, grid) {
    const polygon = this.canvas.put(code, d, grid);
    polygon.on("mouseover mousemove", (/** @type {any} */ e) => this.point(code, e.containerPoint));
    polygon.on("mouseout", () => this.touching || this.leave());
    polygon.on("click", (/** @type {any} */ e) => press(this, code, e));
    this.paint(code);
  }

  /** @param {string} code */
  paint(code) {
    this.canvas.paint(code, this.facts.about(code).level, this.fades(code));
  }

  /** Fetches what the view shows and is not there yet. */
  async fill() {
    // Where groups stand for their areas, the drawing is all: a click goes in.
    if (this.view === "overview") return;
    const { layout } = this;
    const [index] = await Promise.all([
      fetchIndex(this.config.root, this.config.layouts[layout]),
      this.facts.learn(this.facts.measure),
    ]);
    if (layout !== this.layout) return;
    if (this.whole !== layout) this.drawWhole(index);
    const wanted = sheetsWithin(index, this.map.getBounds().pad(0.1));
    await Promise.all(wanted.map((sheet) => loadSheet(this, index, sheet)));
    if (layout !== this.layout) return;
    this.outlineHere(index.grid);
    this.labels.draw();
  }

  /**
   * Lines and names of the whole layout instead of those of the page's view.
   * @param {import("./sheets.js").LayoutIndex} index
   */
  drawWhole(index) {
    [this.whole, this.cells] = [this.layout, index.cells];
    this.frame.classList.add("map-moved");
    const own = this.layout === this.config.layout;
    this.canvas.dropExtras((kind) => own && kind === "here");
    const coarse = { ...index.grid, unit: index.context_unit };
    this.canvas.addLand(index.beyond, coarse, "beyond");
    this.canvas.addLand(index.context, coarse, "context");
    this.canvas.addOutlines(index.outlines, index.grid);
    this.labels.use(index.labels, index.grid);
  }

  /** @param {string} id */
  async setMeasure(id) {
    if (!(await learnDrawn(this, id))) return;
    for (const code of this.canvas.areas.keys()) this.paint(code);
    repaint(this.figure, this.facts);
    this.labels.draw();
    this.leave();
    const own = this.here.size === 1 ? this.facts.about([...this.here][0]).level : null;
    showLegend(this.figure, this.facts.values, own);
    showWords(this.figure, "edition", id);
    this.writeUrl();
    this.say(this.figure.querySelector(".map-caption")?.textContent || "");
    const detail = { facts: this.facts };
    document.dispatchEvent(new CustomEvent("atlas:measure", { detail }));
  }

  /** @param {string} id */
  async setLayout(id) {
    this.layout = id;
    this.leave();
    this.canvas.clear();
    this.labels.clear();
    this.loaded.clear();
    this.outlined.clear();
    [this.whole, this.strayed, this.moved] = ["", false, id !== this.config.layout];
    showWords(this.figure, "layout", id);
    this.writeUrl();
    this.frame.classList.toggle("map-moved", this.moved);
    if (!this.moved) {
      this.drawPage();
      return;
    }
    const [index] = await Promise.all([
      fetchIndex(this.config.root, this.config.layouts[id]),
      this.facts.learn(this.facts.measure),
    ]);
    if (this.layout !== id) return;
    this.drawWhole(index);
    const bounds = await this.boundsHere(index);
    if (this.layout !== id) return;
    this.fit = () => this.still(() => this.map.fitBounds(bounds, {
      animate: false, paddingTopLeft: [overMap(this, ".map-legends")[0]?.right || 0, 0],
    }));
    this.fit();
    await this.fill();
  }

  /**
   * What the other layout should show first: the page's areas and what lies around them.
   * @param {import("./sheets.js").LayoutIndex} index
   */
  async boundsHere(index) {
    const all = L.latLngBounds([]);
    if (!this.here.size) {
      const [left, top, right, bottom] = wholeBox(index);
      return all.extend(latLng(left, top, index.grid)).extend(latLng(right, bottom, index.grid));
    }
    for (const sheet of sheetsByDistance(index, this.map.getCenter())) {
      if ([...this.here].every((code) => this.canvas.areas.has(code))) break;
      await loadSheet(this, index, sheet);
    }
    for (const code of this.here) {
      const area = this.canvas.areas.get(code);
      if (area) all.extend(area.polygon.getBounds());
    }
    if (this.here.size > 1) return all.pad(0.08);
    return index.cells ? boundsAround(this, index, all) : all.pad(0.6);
  }

  /**
   * The outline of the page's own areas, as finely as they are drawn.
   * @param {import("./grid.js").Grid} grid
   */
  outlineHere(grid) {
    const own = [...this.here].flatMap((code) => this.canvas.areas.get(code)?.d || []);
    if (!own.length) return;
    const lines = outlineOf(own);
    this.canvas.drawHere(lines.map((line) => line.map(([x, y]) => latLng(x, y, grid))));
  }

  writeUrl() {
    writeAddress({ measure: this.facts.measure, layout: this.layout }, this.config);
  }

  /** @param {Promise<void>} work */
  async attempt(work) {
    try {
      await work;
    } catch {
      this.say(speak("More of the map could not be loaded."));
    }
  }

  /** The reader has left the view that the page begins with. */
  stray() {
    this.strayed = this.moved = true;
  }

  /** @param {string} way in, out, or back to the first view */
  zoom(way) {
    if (way === "in") this.map.zoomIn();
    else if (way === "out") this.map.zoomOut();
    else if (way) this.reset();
  }

  reset() {
    this.strayed = false;
    this.moved = this.layout !== this.config.layout;
    this.fit();
  }

  /**
   * @param {string} code
   * @param {{ x: number, y: number }} at
   */
  point(code, at) {
    if (this.touching) return;
    if (code !== this.chosen) this.choose(code);
    this.tip.show(this.facts.about(code), at);
  }

  /** @param {string} code @param {boolean} apart */
  go(code, apart) {
    document.dispatchEvent(new CustomEvent("atlas:choose", { detail: { code } }));
    const { href } = this.facts.about(code);
    if (!href) return;
    // In a frame of another site the page says that its links lead out of it.
    window.open(href, apart ? "_blank" : document.querySelector("base")?.target || "_self");
  }

  /**
   * Outlines an area and tells the page.
   * @param {string} code
   * @param {boolean} byKey
   */
  choose(code, byKey = false) {
    [this.chosen, this.byKey] = [code, byKey];
    this.canvas.mark(code, byKey);
    document.dispatchEvent(new CustomEvent("atlas:hover", { detail: { code } }));
  }

  leave() {
    if (!this.chosen) return;
    [this.chosen, this.opened] = ["", ""];
    this.canvas.unmark();
    this.tip.hide();
    document.dispatchEvent(new CustomEvent("atlas:hover", { detail: { code: null } }));
  }

  /** @param {string} text */
  say(text) {
    this.said.textContent = text;
  }
}
