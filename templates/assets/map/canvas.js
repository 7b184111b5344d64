/** Draws into Leaflet's panes: areas, land around, outlines, and the marks of what is chosen. */

import { latLngs } from "./grid.js";

/** @typedef {import("./grid.js").Grid} Grid */
/** @typedef {{ polygon: any, d: string, middle: any }} DrawnArea */

const PANES = ["context", "areas", "lines", "mark"];
const LOWEST = 380;
const FINE_PX = 6; // of the box around an area, which is wider than the area

export class Canvas {
  /**
   * @param {any} map
   * @param {string} hatchId the pattern of areas without a class
   */
  constructor(map, hatchId) {
    this.map = map;
    this.hatchId = hatchId;
    /** @type {Map<string, DrawnArea>} */
    this.areas = new Map();
    /** @type {{ layer: any, kind: string }[]} */
    this.extras = [];
    /** @type {any[]} */
    this.marks = [];
    /** @type {Record<string, any>} */
    this.renderers = {};
    PANES.forEach((name, at) => {
      const pane = map.createPane(name);
      pane.style.zIndex = LOWEST + 10 * at;
      if (name !== "areas") pane.style.pointerEvents = "none";
      this.renderers[name] = L.svg({ pane: name, padding: 0.4 });
    });
    map.on("zoomend moveend", () => this.thin());
  }

  /** Hairlines between areas that are so small here that usual borders would cover them. */
  thin() {
    const shown = this.map.getBounds();
    const widths = [...this.areas.values()]
      .map(({ polygon }) => polygon.getBounds())
      .filter((box) => shown.intersects(box))
      .map((box) => {
        const [a, b] = [box.getNorthWest(), box.getSouthEast()].map((at) =>
          this.map.latLngToLayerPoint(at));
        return Math.sqrt((b.x - a.x) * (b.y - a.y));
      })
      .sort((a, b) => a - b);
    const small = widths[Math.floor(widths.length / 4)];
    this.map.getPane("areas").classList.toggle("fine", small < FINE_PX);
  }

  /**
   * @param {string} pane
   * @param {object} options
   */
  options(pane, options) {
    return { renderer: this.renderers[pane], pane, smoothFactor: 0, ...options };
  }

  /**
   * Draws an area, in the place of what was drawn of it before.
   * @param {string} code
   * @param {string} d
   * @param {Grid} grid
   */
  put(code, d, grid) {
    this.areas.get(code)?.polygon.remove();
    const options = this.options("areas", { className: "area", weight: 1 });
    const polygon = L.polygon([latLngs(d, grid)], options).addTo(this.map);
    this.areas.set(code, { polygon, d, middle: polygon.getBounds().getCenter() });
    return polygon;
  }

  /**
   * @param {string} code
   * @param {number | string} level
   * @param {boolean} faded
   */
  paint(code, level, faded) {
    const path = this.areas.get(code)?.polygon.getElement();
    if (!path) return;
    path.setAttribute("class", `leaflet-interactive area level-${level}${faded ? " other" : ""}`);
    // Only a class without a colour of its own keeps the fill that is set here.
    path.setAttribute("fill", `url(#${this.hatchId})`);
  }

  /**
   * The outlines of some areas as they are drawn now.
   * @param {(code: string) => boolean} wanted
   * @returns {string[]}
   */
  pathsOf(wanted) {
    return [...this.areas].flatMap(([code, { polygon }]) =>
      (wanted(code) && polygon.getElement()?.getAttribute("d")) || []);
  }

  /**
   * Areas that a group's map only hints at: one shape for each class.
   * @param {string} d
   * @param {string} className
   * @param {Grid} grid
   */
  addOthers(d, className, grid) {
    const rings = latLngs(d, grid).map((ring) => [ring]);
    const layer = L.polygon(rings, this.options("areas", { weight: 1, interactive: false }));
    this.extras.push({ layer: layer.addTo(this.map), kind: "others" });
    layer.getElement().setAttribute("class", className);
  }

  /**
   * Land around the areas.
   * @param {string[]} paths
   * @param {Grid} grid
   * @param {"beyond" | "context"} className
   */
  addLand(paths, grid, className) {
    for (const d of paths) {
      const options = this.options("context", { className, interactive: false });
      this.add("context", L.polygon(latLngs(d, grid), options));
    }
  }

  /**
   * @param {string[]} paths
   * @param {Grid} grid
   */
  addOutlines(paths, grid) {
    const options = { className: "outline", interactive: false, fill: false };
    for (const d of paths) {
      this.add("outlines", L.polyline(latLngs(d, grid), this.options("lines", options)));
    }
  }

  /**
   * The heavy outline of what the page is about, in the place of an earlier one.
   * @param {any[]} lines
   */
  drawHere(lines) {
    this.dropExtras((kind) => kind !== "here");
    for (const className of ["here-casing", "here"]) {
      const options = { className, interactive: false, fill: false };
      this.add("here", L.polyline(lines, this.options("lines", options)));
    }
  }

  /**
   * @param {string} kind
   * @param {any} layer
   */
  add(kind, layer) {
    this.extras.push({ layer: layer.addTo(this.map), kind });
  }

  /**
   * Outlines the area that is pointed at or walked to.
   * @param {string} code
   * @param {boolean} focused
   */
  mark(code, focused) {
    this.unmark();
    const rings = this.areas.get(code)?.polygon.getLatLngs();
    if (!rings) return;
    this.marks = [`hover-casing${focused ? " focus" : ""}`, "hover"].map((className) =>
      L.polygon(rings, this.options("mark", { className, interactive: false, fill: false }))
        .addTo(this.map));
  }

  unmark() {
    for (const mark of this.marks) mark.remove();
    this.marks = [];
  }

  /**
   * Takes away lines and land; areas stay.
   * @param {(kind: string) => boolean} kept
   */
  dropExtras(kept) {
    for (const { layer, kind } of this.extras) if (!kept(kind)) layer.remove();
    this.extras = this.extras.filter(({ kind }) => kept(kind));
  }

  clear() {
    this.unmark();
    for (const { polygon } of this.areas.values()) polygon.remove();
    this.areas.clear();
    this.dropExtras(() => false);
  }
}
