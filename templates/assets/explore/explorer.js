/**
 * The tile explorer: MapLibre draws vector tiles of the site, in classes that were computed
 * when the site was built.  An area's class goes to the map as feature state, so that another
 * measure or scheme repaints without asking for a tile again.  Where areas are many, tiles of
 * low zooms hold groups in their place, and what is known of areas comes as they come into view.
 */

import { speak } from "../lib/speak.js";
import { readState, writeState } from "./address.js";
import { flyTo, mapOptions, showWhole } from "./camera.js";
import { fillChoices, fillSchemes, foldChoices, listenToChoices } from "./choices.js";
import { Figures, digit } from "./figures.js";
import { drawInView, listenToView } from "./in-view.js";
import { Known, boxAt } from "./known.js";
import { drawLegend } from "./legend.js";
import { makeNames, useNames } from "./names.js";
import { dark, host, narrow, part, root, say } from "./page.js";
import { drawCard, drawHover } from "./plates.js";
import { listenToPointer } from "./pointing.js";
import { listenToPrint } from "./print.js";
import { AREA_LAYERS, paintMap } from "./style.js";

/** @typedef {import("./known.js").Box} Box */
/** @typedef {{ layer: "areas" | "groups", id: string }} Thing what is under the pointer */

export class Explorer {
  /** @param {any} data */
  constructor(data) {
    this.data = data;
    this.known = new Known(data);
    const ids = /** @type {string[]} */ (data.groups.map((/** @type {string[]} */ [, id]) => id));
    this.groupAt = new Map(ids.map((id, at) => [id, at]));
    this.layouts = Object.keys(data.layouts);
    const main = data.measures.find((/** @type {string[]} */ [id]) => id === data.measure);
    /** @type {any} */
    this.state = {
      edition: main[1], indicator: main[2], scheme: "", palette: "own",
      layout: this.layouts[0], class: -1, area: "", outlines: true,
    };
    /** @type {any} */
    this.map = null;
    /** @type {Figures | null} */
    this.figures = null;
    /** @type {any} */
    this.scheme = null;
    /** @type {number[]} parts of what is known */
    this.inView = [];
    this.near = true;
    this.turn = 0;
    /** @type {import("../map/labels.js").Labels | null} */
    this.names = null;
    this.touched = location.search.length > 1;
    /** @type {Thing | null} */
    this.hovered = null;
    /** By what the area was asked for last that is still being found. */
    this.sought = "";
  }

  async start() {
    const { state } = this;
    const view = readState(this.data, state);
    const asked = state.area;
    state.area = ""; // until it is found
    this.inView = this.known.whole ? [0] : [];
    await this.loadMeasure();
    this.map = new window.maplibregl.Map(mapOptions(this, view));
    const { map } = this;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.getCanvas().setAttribute("role", "application");
    await new Promise((done, failed) => {
      map.on("error", (/** @type {any} */ e) => {
        if (host.classList.contains("ready")) say(speak("A part of the map could not be loaded."));
        else failed(e.error);
      });
      map.once("load", done);
    });
    this.names = makeNames(this);
    listenToPointer(this);
    listenToChoices(this);
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
    if (!view) showWhole(this, false);
    map.on("zoom", () => this.tellNear());
    map.on("moveend", () => this.look());
    await this.look();
    if (asked) await this.chooseFound(asked, { fly: !view });
    // The page's own drawing stays until the map has something to show.
    map.once("idle", () => host.classList.add("ready"));
    map.triggerRepaint(); // it may have been idle for long, waiting for what didn't come
  }

  /** Parts of which all must be known: those in view, and the chosen area's. */
  get needed() {
    const chosen = this.known.at.get(this.state.area);
    return [...new Set([...this.inView, ...(chosen ? [chosen[0]] : [])])];
  }

  /**
   * Whether what the measure says of an area was fetched.
   * @param {string} code
   */
  knows(code) {
    const found = this.known.at.get(code);
    return Boolean(found && this.figures?.parts.has(found[0]));
  }

  get layout() {
    return this.data.layouts[this.state.layout];
  }

  /** @returns {string[]} */
  get ramp() {
    const ramps = dark.matches ? this.data.ramps_dark : this.data.ramps;
    return ramps[this.state.palette][this.scheme.classes.length] || [];
  }

  /** What is said of all areas in the measure that is shown. */
  get measure() {
    return this.figures?.head;
  }

  /** The edition and indicator of the figures that are shown, whatever was chosen since. */
  get shown() {
    const measures = /** @type {string[][]} */ (this.data.measures);
    const [, edition, indicator] = measures.find(([id]) => id === this.measure.id) || [];
    return { edition, indicator };
  }

  /** @returns {Box} */
  get view() {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Whether tiles hold areas at this zoom, and not groups in their place. */
  get showsAreas() {
    return this.map.getZoom() >= this.layout.areas_from;
  }

  /** The legend says whether areas or groups show, as soon as that changes. */
  tellNear() {
    if (this.showsAreas === this.near) return;
    this.near = this.showsAreas;
    drawLegend(this);
  }

  /** Fetches what is known of the areas that have come into view. */
  async look() {
    this.tellNear();
    const parts = this.near ? this.known.partsWithin(this.state.layout, this.view) : [];
    this.inView = parts;
    try {
      await this.learn(parts);
    } catch {
      say(speak("A part of the map could not be loaded."));
    }
    if (this.names) useNames(this, this.names);
    drawInView(this);
  }

  /** @param {number[]} parts */
  async learn(parts) {
    const { figures } = this;
    await figures?.learn(parts, this.known, (part) => {
      if (figures === this.figures) this.markLevels([part]);
    });
  }

  /** Takes the measure that was chosen last, once all is known that is needed of it. */
  async loadMeasure() {
    const { state } = this;
    const turn = ++this.turn;
    const measures = /** @type {string[][]} */ (this.data.measures);
    const found = measures.find((m) => m[1] === state.edition && m[2] === state.indicator)
      || measures.find((m) => m[1] === state.edition) || measures[0];
    const figures = await Figures.open(found[3]);
    // What is needed may change while it is fetched.
    while (this.needed.some((part) => !figures.parts.has(part))) await figures.learn(this.needed, this.known);
    if (turn !== this.turn) return;
    [, state.edition, state.indicator] = found;
    this.figures = figures;
    this.useScheme(state.scheme);
  }

  /** @param {string} id */
  useScheme(id) {
    const schemes = /** @type {{ id: string }[]} */ (this.measure.schemes);
    this.scheme = schemes.find((scheme) => scheme.id === id) || schemes[0];
    if (this.state.class >= this.scheme.classes.length) this.state.class = -1;
  }

  /** @param {string} code of an area whose part was fetched */
  factsOf(code) {
    const [part, at] = this.known.at.get(code) || [-1, -1];
    const place = this.known.placeOf(code, this.state.layout);
    const figures = this.figures?.of(part, at, this.scheme);
    const box = /** @type {Box} */ ([0, 0, 0, 0]);
    return {
      ...(place || { name: code, href: "", group: "", groupId: "", box }),
      ...(figures || { level: -1, label: "", rank: "", score: "", place: -1, bin: -1 }),
    };
  }

  /** @param {string} id of a group that stands for its areas */
  groupOf(id) {
    const { data, layout, measure, scheme } = this;
    const at = this.groupAt.get(id) ?? -1;
    const [name, , path] = data.groups[at] || ["", "", ""];
    const [text, place] = measure.groups[at] || ["", -1];
    const level = digit(scheme.groups[at] || "-");
    const label = level < 0 ? "" : scheme.classes[level][0];
    return { name, href: root + path, text, place, level, label, box: boxAt(layout.groups, at) };
  }

  /** Gives every area its class, then colours, legend and words follow. */
  apply() {
    const { map, state } = this;
    if (this.layout.groups.length) {
      for (const id of this.groupAt.keys()) this.mark("groups", id, { level: this.groupOf(id).level });
    }
    map.removeFeatureState({ source: state.layout, sourceLayer: "areas" });
    this.markLevels([...(this.figures?.parts.keys() || [])]);
    this.markChosen(true);
    if (this.hovered) this.mark(this.hovered.layer, this.hovered.id, { hover: true });
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

  /**
   * The chosen area and, from afar, the group that stands for it.
   * @param {boolean} chosen
   */
  markChosen(chosen) {
    const { area } = this.state;
    this.mark("areas", area, { chosen });
    if (area && this.layout.groups.length) this.mark("groups", this.factsOf(area).groupId, { chosen });
  }

  /** @param {number[]} parts */
  markLevels(parts) {
    for (const part of parts) {
      for (const code of this.known.parts.get(part)?.codes || []) {
        this.mark("areas", code, { level: this.factsOf(code).level });
      }
    }
  }

  repaint() {
    paintMap(this.map, this.data.layouts, this.ramp, this.state.class);
    drawLegend(this);
    drawCard(this);
    drawHover(this);
    drawInView(this);
  }

  writeUrl() {
    if (this.touched) writeState(this.state, this.scheme.id, this.map);
  }

  /**
   * @param {string} sourceLayer
   * @param {string} id
   * @param {object} flags
   */
  mark(sourceLayer, id, flags) {
    if (id) this.map.setFeatureState({ source: this.state.layout, sourceLayer, id }, flags);
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

  /** @param {Thing | null} thing */
  hover(thing) {
    const { hovered } = this;
    if (thing?.id === hovered?.id && thing?.layer === hovered?.layer) return;
    if (hovered) this.mark(hovered.layer, hovered.id, { hover: false });
    if (thing) this.mark(thing.layer, thing.id, { hover: true });
    this.hovered = thing;
    drawHover(this);
  }

  /**
   * An area is chosen; to a group the map goes, until its areas show.
   * @param {Thing | null} thing
   */
  open(thing) {
    this.touched = true;
    if (thing?.layer !== "groups") {
      this.choose(thing ? thing.id : "");
      return;
    }
    const { name, text, box } = this.groupOf(thing.id);
    this.hover(null);
    flyTo(this, box, 0.03);
    say(`${name}: ${text}`);
  }

  /**
   * Unless another area is chosen before it is found.
   * @param {string} key as `Known.find` takes it
   * @param {{ fly?: boolean, focus?: boolean }} how
   */
  async chooseFound(key, how) {
    this.sought = key;
    try {
      const found = await this.known.find(key);
      if (!found) return;
      await this.known.fetch(found[0]);
      while (!this.knows(found[1])) await this.learn([found[0]]);
      if (key === this.sought) this.choose(found[1], how);
    } catch {
      say(speak("These figures could not be loaded."));
    }
  }

  /**
   * @param {string} code empty to choose none
   * @param {{ fly?: boolean, focus?: boolean }} how
   */
  choose(code, { fly = false, focus = false } = {}) {
    this.markChosen(false);
    this.state.area = code;
    this.sought = "";
    this.markChosen(true);
    drawCard(this);
    if (fly) this.flyToArea(code);
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
  flyToArea(code) {
    flyTo(this, this.factsOf(code).box, part("map").clientHeight < 480 ? 0.1 : 0.3);
  }
}
