/**
 * The tile explorer: MapLibre draws vector tiles of the site, in classes that were computed
 * when the site was built.  An area's class goes to the map as feature state, so that another
 * measure or scheme repaints without asking for a tile again.
 */

import { fetchJson } from "../lib/json.js";
import { speak } from "../lib/speak.js";
import { readState, writeState } from "./address.js";
import { fillChoices, fillSchemes, foldChoices, listenToChoices } from "./choices.js";
import { drawInView, listenToView } from "./in-view.js";
import { drawLegend } from "./legend.js";
import { makeNames, useNames } from "./names.js";
import { dark, host, narrow, part, root, say, still } from "./page.js";
import { drawCard, drawHover } from "./plates.js";
import { listenToPrint } from "./print.js";
import { AREA_LAYERS, mapStyle, paintMap } from "./style.js";

const MOST_ZOOM_BEYOND = 3;

export class Explorer {
  /** @param {any} data */
  constructor(data) {
    this.data = data;
    this.codes = /** @type {string[]} */ (data.codes);
    this.at = new Map(this.codes.map((code, at) => [code, at]));
    const slugs = /** @type {string[]} */ (data.slugs);
    this.byPage = new Map(slugs.map((slug, at) => [`${root}${data.path}${slug}/`, this.codes[at]]));
    this.layouts = Object.keys(data.layouts);
    const main = data.measures.find((/** @type {string[]} */ [id]) => id === data.measure);
    /** @type {any} */
    this.state = {
      edition: main[1], indicator: main[2], scheme: "", palette: "own",
      layout: this.layouts[0], class: -1, area: "", outlines: true,
    };
    /** @type {any} */
    this.map = null;
    /** @type {any} */
    this.measure = null;
    /** @type {any} */
    this.scheme = null;
    /** @type {import("../map/labels.js").Labels | null} */
    this.names = null;
    this.touched = location.search.length > 1;
    this.hovered = "";
  }

  async start() {
    const { state } = this;
    const view = readState(this.data, state, (code) => this.at.has(code));
    await this.loadMeasure();
    this.map = new window.maplibregl.Map(this.options(view));
    const { map } = this;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.getCanvas().setAttribute("role", "application");
    await new Promise((done, failed) => {
      map.on("error", (/** @type {any} */ e) => {
        if (host.classList.contains("ready")) say("A part of the map could not be loaded.");
        else failed(e.error);
      });
      map.once("load", done);
    });
    this.names = makeNames(this);
    this.listen();
    listenToView(this);
    listenToPrint(this);
    fillChoices(this);
    this.apply();
    part("fallback").hidden = true;
    part("body").hidden = false;
    for (const shown of host.querySelectorAll(".map-tools, .explore-fold")) {
      shown.removeAttribute("hidden");
    }
    foldChoices(narrow.matches);
    map.resize(); // the panel has another height now
    if (!view) this.showWhole(false);
    // The page's own drawing stays until the map has something to show.
    map.once("idle", () => host.classList.add("ready"));
    if (state.area) this.choose(state.area, { fly: !view });
  }

  /** @param {object | null} view */
  options(view) {
    const zooms = this.layouts.map((name) => this.data.layouts[name].zooms);
    const [bounds, fitBoundsOptions] = this.whole();
    const fitted = { bounds, fitBoundsOptions };
    const areas = host.dataset.areas;
    return {
      container: part("map"),
      style: mapStyle(this.data.layouts, this.state.layout),
      ...(view || fitted),
      minZoom: Math.min(...zooms.map(([low]) => low)),
      maxZoom: Math.max(...zooms.map(([, high]) => high)) + MOST_ZOOM_BEYOND,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      renderWorldCopies: false,
      fadeDuration: 0,
      locale: {
        "Map.Title": speak("Map of all %(areas)s: arrow keys move it, Enter chooses what is under the cross", { areas }),
      },
    };
  }

  /**
   * What shows all areas, and the room around them.
   * @returns {[number[][], { padding: object }]}
   */
  whole() {
    const [west, south, east, north] = this.layout.bounds;
    return [[[west, south], [east, north]], { padding: this.padding(0.03) }];
  }

  get layout() {
    return this.data.layouts[this.state.layout];
  }

  /** @returns {string[]} */
  get ramp() {
    const ramps = dark.matches ? this.data.ramps_dark : this.data.ramps;
    return ramps[this.state.palette][this.scheme.classes.length] || [];
  }

  /**
   * Room around what is fitted: `share` of the stage, and what lies over its edges.
   * @param {number} share
   */
  padding(share) {
    const { clientWidth, clientHeight } = part("map");
    const room = Math.round(Math.min(clientWidth, clientHeight) * share);
    const card = part("card");
    const covers = !card.hidden && card.clientWidth > clientWidth / 2;
    const credit = /** @type {HTMLElement} */ (host.querySelector(".explore-credit"));
    return {
      top: Math.min(room + (covers ? card.offsetHeight : 0), clientHeight / 2),
      left: room, right: room, bottom: room + credit.offsetHeight,
    };
  }

  async loadMeasure() {
    const { state } = this;
    const measures = /** @type {string[][]} */ (this.data.measures);
    const found = measures.find((m) => m[1] === state.edition && m[2] === state.indicator)
      || measures.find((m) => m[1] === state.edition) || measures[0];
    const measure = await fetchJson(root + found[3]);
    [, state.edition, state.indicator] = found;
    this.measure = measure;
    this.useScheme(state.scheme);
  }

  /** @param {string} id */
  useScheme(id) {
    const schemes = /** @type {{ id: string }[]} */ (this.measure.schemes);
    this.scheme = schemes.find((scheme) => scheme.id === id) || schemes[0];
    if (this.state.class >= this.scheme.classes.length) this.state.class = -1;
  }

  /** @param {string} code */
  indexOf(code) {
    return this.at.get(code) ?? -1;
  }

  /**
   * The code whose page is at an address; empty if there is none.
   * @param {string} address
   */
  codeAt(address) {
    return this.byPage.get(address) || "";
  }

  /** @param {string} code */
  factsOf(code) {
    const at = this.indexOf(code);
    const { data, measure, scheme } = this;
    const found = parseInt(scheme.levels[at], 36);
    const level = Number.isNaN(found) ? -1 : found;
    return {
      at, level,
      name: /** @type {string} */ (data.names[at]),
      group: data.groups[data.group_of[at]] || "",
      rank: /** @type {string} */ (measure.ranks[at]),
      score: /** @type {string} */ (measure.scores[at]),
      label: level < 0 ? "" : scheme.classes[level][0],
    };
  }

  /** Gives every area its class, then colours, legend and words follow. */
  apply() {
    const { map, state } = this;
    for (const code of this.codes) this.mark(code, { level: this.factsOf(code).level });
    for (const name of this.layouts) {
      for (const id of AREA_LAYERS) {
        if (!map.getLayer(`${id}-${name}`)) continue;
        const shown = name === state.layout && (id !== "regions" || state.outlines);
        map.setLayoutProperty(`${id}-${name}`, "visibility", shown ? "visible" : "none");
      }
    }
    fillSchemes(this);
    if (this.names) useNames(this, this.names);
    this.repaint();
    this.writeUrl();
  }

  repaint() {
    paintMap(this.map, this.data.layouts, this.ramp, this.state.class);
    drawLegend(this);
    drawCard(this);
    drawInView(this);
  }

  writeUrl() {
    if (this.touched) writeState(this.state, this.scheme.id, this.map);
  }

  /**
   * @param {string} code
   * @param {object} flags
   */
  mark(code, flags) {
    if (!code) return;
    const place = { source: this.state.layout, sourceLayer: "areas", id: code };
    this.map.setFeatureState(place, flags);
  }

  /**
   * One class keeps its colour, or all again.
   * @param {number} level
   */
  showAlone(level) {
    const { state } = this;
    this.touched = true;
    state.class = state.class === level ? -1 : level;
    this.repaint();
    this.writeUrl();
    const [label, , count] = this.scheme.classes[level];
    say(state.class < 0 ? speak("All classes shown")
      : speak("%(label)s alone: %(count)s %(areas)s", { label, count, areas: host.dataset.areas }));
  }

  /** @param {string} code */
  hover(code) {
    if (code === this.hovered) return;
    this.mark(this.hovered, { hover: false });
    this.mark(code, { hover: true });
    this.hovered = code;
    drawHover(this);
  }

  /**
   * @param {string} code empty to choose none
   * @param {{ fly?: boolean, focus?: boolean }} how
   */
  choose(code, { fly = false, focus = false } = {}) {
    const { state } = this;
    this.mark(state.area, { chosen: false });
    state.area = code;
    this.mark(code, { chosen: true });
    drawCard(this);
    if (fly) this.flyTo(code);
    drawLegend(this);
    drawHover(this);
    if (focus) part("card").querySelector("a")?.focus();
    if (code) {
      const { name, rank, score, label } = this.factsOf(code);
      say([name, rank, score, label].filter(Boolean).join(", "));
    } else {
      say(speak("No %(area)s chosen", host.dataset));
    }
    this.writeUrl();
  }

  /** @param {string} code */
  flyTo(code) {
    const at = 4 * this.indexOf(code);
    const box = this.layout.boxes.slice(at, at + 4).map((/** @type {number} */ n) => n / 1000);
    if (box.every((/** @type {number} */ n) => n === 0)) return;
    const [west, south, east, north] = box;
    this.map.fitBounds([[west, south], [east, north]], {
      padding: this.padding(part("map").clientHeight < 480 ? 0.1 : 0.3),
      maxZoom: this.layout.zooms[1], animate: !still.matches,
    });
  }

  /** @param {any} point */
  under(point) {
    const [found] = this.map.queryRenderedFeatures(point, { layers: [`areas-${this.state.layout}`] });
    return found && this.at.has(found.properties.code) ? found.properties.code : "";
  }

  underCross() {
    return this.under(this.map.project(this.map.getCenter()));
  }

  /**
   * @param {string} key
   * @param {any} value
   */
  async change(key, value) {
    const { state } = this;
    const before = { ...state };
    this.touched = true;
    if (key === "layout") {
      this.hover("");
      this.mark(state.area, { chosen: false });
    }
    state[key] = value;
    if (["edition", "indicator", "scheme"].includes(key)) state.class = -1;
    if (key === "scheme") this.useScheme(value);
    if (key === "edition" || key === "indicator") {
      try {
        await this.loadMeasure();
      } catch {
        Object.assign(state, before);
        say(speak("These figures could not be loaded."));
      }
      fillChoices(this);
    }
    this.apply();
    if (key === "layout" && state.area) {
      this.mark(state.area, { chosen: true });
      this.flyTo(state.area);
    }
    const { measure, scheme } = this;
    say(speak("%(title)s, %(scheme)s: %(classes)s classes, %(known)s %(areas)s known", {
      title: measure.title, scheme: scheme.name, classes: scheme.classes.length,
      known: measure.known, areas: host.dataset.areas,
    }));
  }

  listen() {
    const { map, state } = this;
    const canvas = map.getCanvas();
    map.on("mousemove", (/** @type {any} */ e) => this.hover(this.under(e.point)));
    map.on("mouseout", () => this.hover(""));
    map.on("click", (/** @type {any} */ e) => {
      this.touched = true;
      this.choose(this.under(e.point));
    });
    map.on("moveend", (/** @type {any} */ e) => {
      if (e.originalEvent) this.touched = true;
      this.writeUrl();
      if (canvas.matches(":focus-visible")) this.hover(this.underCross());
    });
    canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
      if (e.key === "Enter") {
        this.touched = true;
        this.choose(this.underCross());
      } else if (e.key === "Escape" && state.area) {
        this.choose("");
      }
    });
    listenToChoices(this);
  }

  /** @param {string} way */
  zoom(way) {
    this.touched = true;
    const options = { animate: !still.matches };
    if (way === "in") this.map.zoomIn(options);
    else if (way === "out") this.map.zoomOut(options);
    else {
      this.showWhole(!still.matches);
    }
  }

  /** @param {boolean} animate */
  showWhole(animate) {
    const [bounds, room] = this.whole();
    this.map.fitBounds(bounds, { ...room, animate });
  }
}
