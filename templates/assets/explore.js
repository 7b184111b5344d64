"use strict";
/*
 * The tile explorer: MapLibre draws vector tiles of the site, in classes that were computed
 * when the site was built.  An area's class goes to the map as feature state, so that another
 * measure or scheme repaints without asking for a tile again; colours are one expression on it.
 */
(() => {
  const host = document.getElementById("explorer");
  if (!host) return;
  const part = (name) => document.getElementById(`explore-${name}`);
  const { area: areaWord, areas: areasWord } = host.dataset;
  const root = new URL(document.documentElement.dataset.root, location.href).href;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const MOST_ZOOM_BEYOND = 3;
  const SVG = "http://www.w3.org/2000/svg";

  const make = (name, attributes = {}, ...children) => {
    const svg = ["svg", "rect", "path", "title"].includes(name);
    const node = svg ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  const files = new Map();
  const fetchJson = (path) => {
    if (!files.has(path)) {
      const loading = fetch(path).then((answer) => {
        if (!answer.ok) throw new Error(`${answer.status} for ${path}`);
        return answer.json();
      });
      loading.catch(() => files.delete(path));
      files.set(path, loading);
    }
    return files.get(path);
  };

  /* What can't be shown is said, and the static map and the links stay. */
  const fail = (text) => {
    const problem = part("problem");
    problem.textContent = `${text} The map here stands still; every figure is on the pages below.`;
    problem.hidden = false;
    host.classList.remove("ready");
    part("fallback").hidden = false;
    part("body").hidden = true;
    for (const hidden of host.querySelectorAll(".map-tools, .explore-fold")) hidden.hidden = true;
  };

  const hasWebgl = () => {
    const canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
  };

  if (!window.maplibregl) {
    fail("The script that draws this map didn’t arrive.");
    return;
  }
  if (!hasWebgl()) {
    fail("This browser has no WebGL, or it is switched off.");
    return;
  }

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const channels = (hex) => {
    const long = hex.length === 4 ? hex.replace(/[^#]/g, "$&$&") : hex;
    return [1, 3, 5].map((at) => parseInt(long.slice(at, at + 2), 16));
  };
  const mixed = (hex, other, share) => {
    const [a, b] = [channels(hex), channels(other)];
    return `rgb(${a.map((v, i) => Math.round(v * (1 - share) + b[i] * share)).join(",")})`;
  };

  /* Hatching for what isn't known, as on the other maps. */
  const hatching = () => {
    const size = 12;
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const pen = canvas.getContext("2d");
    pen.fillStyle = css("--paper");
    pen.fillRect(0, 0, size, size);
    pen.strokeStyle = css("--hatch");
    pen.lineWidth = 2;
    for (const at of [-size, 0, size]) {
      pen.beginPath();
      pen.moveTo(at - 2, size + 2);
      pen.lineTo(at + size + 2, -2);
      pen.stroke();
    }
    return pen.getImageData(0, 0, size, size);
  };

  class Explorer {
    constructor(data) {
      this.data = data;
      this.at = new Map(data.codes.map((code, at) => [code, at]));
      this.bySlug = new Map(data.slugs.map((slug, at) => [root + data.path + slug + "/", at]));
      this.layouts = Object.keys(data.layouts);
      const main = data.measures.find(([id]) => id === data.measure);
      this.state = {
        edition: main[1], indicator: main[2], scheme: "", palette: "own",
        layout: this.layouts[0], class: -1, area: "", outlines: true,
      };
      this.touched = false;
      this.hovered = "";
    }

    /* -- The address ------------------------------------------------------------- */

    readUrl() {
      const asked = new URLSearchParams(location.search);
      const { state, data } = this;
      const has = (key, at, value) => data.measures.some((m) => m[at] === value) && (state[key] = value);
      has("edition", 1, asked.get("edition"));
      has("indicator", 2, asked.get("indicator"));
      state.scheme = asked.get("scheme") || "";
      if (data.ramps[asked.get("palette")]) state.palette = asked.get("palette");
      if (data.layouts[asked.get("layout")]) state.layout = asked.get("layout");
      if (/^\d+$/.test(asked.get("class") || "")) state.class = Number(asked.get("class")) - 1;
      const code = (asked.get("area") || "").toUpperCase();
      if (this.at.has(code)) state.area = code;
      state.outlines = asked.get("outlines") !== "off";
      this.touched = [...asked.keys()].length > 0;
      const [z, lat, lon] = ["z", "lat", "lon"].map((key) => parseFloat(asked.get(key)));
      return [z, lat, lon].every(Number.isFinite) && Math.abs(lat) <= 85
        ? { zoom: z, center: [lon, lat] } : null;
    }

    writeUrl() {
      if (!this.touched) return;
      const { state, map } = this;
      const middle = map.getCenter();
      const told = new URLSearchParams({
        edition: state.edition, indicator: state.indicator, scheme: this.scheme.id,
        palette: state.palette, layout: state.layout,
      });
      if (state.class >= 0) told.set("class", state.class + 1);
      if (state.area) told.set("area", state.area);
      if (!state.outlines) told.set("outlines", "off");
      told.set("z", map.getZoom().toFixed(2));
      told.set("lat", middle.lat.toFixed(4));
      told.set("lon", middle.lng.toFixed(4));
      history.replaceState(history.state, "", `?${told}`);
    }

    /* -- The map ------------------------------------------------------------------- */

    async start() {
      const view = this.readUrl();
      await this.loadMeasure();
      const [west, south, east, north] = this.layout.bounds;
      const zooms = this.layouts.map((name) => this.data.layouts[name].zooms);
      this.map = new maplibregl.Map({
        container: part("map"),
        style: this.style(),
        ...(view || { bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: this.padding(0.03) } }),
        minZoom: Math.min(...zooms.map(([low]) => low)),
        maxZoom: Math.max(...zooms.map(([, high]) => high)) + MOST_ZOOM_BEYOND,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        touchPitch: false,
        maxPitch: 0,
        renderWorldCopies: false,
        fadeDuration: 0,
        locale: { "Map.Title": `Map of all ${areasWord}: arrow keys move it, Enter chooses what is under the cross` },
      });
      const { map } = this;
      map.touchZoomRotate.disableRotation();
      map.keyboard.disableRotation();
      map.getCanvas().setAttribute("role", "application");
      await new Promise((done, failed) => {
        map.on("error", (e) => {
          if (host.classList.contains("ready")) this.say("A part of the map could not be loaded.");
          else failed(e.error);
        });
        map.once("load", done);
      });
      this.listen();
      this.fillChoices();
      this.apply();
      part("fallback").hidden = true;
      part("body").hidden = false;
      for (const shown of host.querySelectorAll(".map-tools, .explore-fold")) shown.hidden = false;
      host.classList.add("ready");
      if (this.state.area) {
        this.choose(this.state.area, { fly: !view });
      }
    }

    get layout() { return this.data.layouts[this.state.layout]; }

    /* Room around what is fitted: `share` of the stage, and what lies over its edges. */
    padding(share) {
      const { clientWidth, clientHeight } = part("map");
      const room = Math.round(Math.min(clientWidth, clientHeight) * share);
      const card = part("card");
      const covers = !card.hidden && card.clientWidth > clientWidth / 2;
      return {
        top: Math.min(room + (covers ? card.offsetHeight : 0), clientHeight / 2), left: room, right: room,
        bottom: room + host.querySelector(".explore-credit").offsetHeight,
      };
    }

    style() {
      const sources = {};
      const layers = [{ id: "paper", type: "background" }];
      for (const name of this.layouts) {
        const { tiles, bounds, zooms, regions } = this.data.layouts[name];
        sources[name] = {
          type: "vector", tiles: [root + tiles], bounds, minzoom: zooms[0], maxzoom: zooms[1],
          promoteId: { areas: "code" },
        };
        const on = { source: name, "source-layer": "areas" };
        layers.push(
          { id: `ground-${name}`, type: "fill", ...on },
          { id: `areas-${name}`, type: "fill", ...on },
          { id: `borders-${name}`, type: "line", ...on },
        );
        if (regions) {
          layers.push({ id: `regions-${name}`, type: "line", source: name, "source-layer": "regions" });
        }
        layers.push(
          { id: `casing-${name}`, type: "line", ...on },
          { id: `marks-${name}`, type: "line", ...on },
        );
      }
      for (const layer of layers) {
        layer.layout = {
          visibility: layer.source && layer.source !== this.state.layout ? "none" : "visible",
        };
        if (layer.type === "line") layer.layout["line-join"] = "round";
      }
      return { version: 8, sources, layers };
    }

    /* The colours of everything, from the style sheet and the palette. */
    paint() {
      const { map, state } = this;
      if (map.hasImage("hatch")) map.removeImage("hatch");
      map.addImage("hatch", hatching(), { pixelRatio: 2 });
      const paper = css("--paper");
      const flag = (name) => ["boolean", ["feature-state", name], false];
      const level = ["to-number", ["coalesce", ["feature-state", "level"], -1]];
      const pairs = this.ramp.flatMap((colour, at) =>
        [at, state.class >= 0 && state.class !== at ? mixed(colour, paper, 0.84) : colour]);
      const fill = pairs.length ? ["match", level, ...pairs, "rgba(0,0,0,0)"] : "rgba(0,0,0,0)";
      const wide = (low, high) => ["interpolate", ["linear"], ["zoom"], 4, low, 10, high];
      map.setPaintProperty("paper", "background-color", paper);
      for (const name of this.layouts) {
        const set = (id, property, value) =>
          map.getLayer(`${id}-${name}`) && map.setPaintProperty(`${id}-${name}`, property, value);
        set("ground", "fill-pattern", "hatch");
        set("areas", "fill-color", fill);
        set("borders", "line-color", state.class >= 0 ? mixed(paper, css("--hatch"), 0.35) : paper);
        set("borders", "line-width", wide(0.3, 1.1));
        set("regions", "line-color", state.class >= 0 || dark.matches ? css("--ink") : css("--line"));
        set("regions", "line-width", wide(0.7, 1.8));
        set("casing", "line-color", css("--casing"));
        set("casing", "line-width", ["case", flag("chosen"), 6.5, flag("hover"), 4.5, 0]);
        set("casing", "line-opacity", ["case", flag("chosen"), 1, flag("hover"), 1, 0]);
        set("marks", "line-color", css("--line"));
        set("marks", "line-width", ["case", flag("chosen"), 3.5, flag("hover"), 2, 0]);
        set("marks", "line-opacity", ["case", flag("chosen"), 1, flag("hover"), 1, 0]);
      }
    }

    mark(code, flags) {
      if (!code) return;
      const place = { source: this.state.layout, sourceLayer: "areas", id: code };
      this.map.setFeatureState(place, flags);
    }

    get ramp() {
      const ramps = this.data.ramps[this.state.palette];
      return ramps[this.scheme.classes.length] || [];
    }

    /* -- Measure and scheme ---------------------------------------------------------- */

    async loadMeasure() {
      const { state, data } = this;
      const found = data.measures.find((m) => m[1] === state.edition && m[2] === state.indicator)
        || data.measures.find((m) => m[1] === state.edition) || data.measures[0];
      const measure = await fetchJson(root + found[3]);
      [, state.edition, state.indicator] = found;
      this.measure = measure;
      this.useScheme(state.scheme);
    }

    useScheme(id) {
      const { schemes } = this.measure;
      this.scheme = schemes.find((scheme) => scheme.id === id) || schemes[0];
      if (this.state.class >= this.scheme.classes.length) this.state.class = -1;
    }

    levelOf(code) {
      const level = parseInt(this.scheme.levels[this.at.get(code)], 36);
      return Number.isNaN(level) ? -1 : level;
    }

    /* Gives every area its class, then colours, legend and words follow. */
    apply() {
      const { map, data, state } = this;
      for (const code of data.codes) {
        map.setFeatureState(
          { source: state.layout, sourceLayer: "areas", id: code }, { level: this.levelOf(code) });
      }
      this.paint();
      for (const name of this.layouts) {
        for (const id of ["ground", "areas", "borders", "regions", "casing", "marks"]) {
          if (!map.getLayer(`${id}-${name}`)) continue;
          const shown = name === state.layout && (id !== "regions" || state.outlines);
          map.setLayoutProperty(`${id}-${name}`, "visibility", shown ? "visible" : "none");
        }
      }
      this.fillSchemes();
      this.drawLegend();
      this.drawCard();
      this.writeUrl();
    }

    /* -- The panel --------------------------------------------------------------------- */

    fillChoices() {
      for (const choice of host.querySelectorAll("select[data-choice]")) {
        const { choice: key } = choice.dataset;
        if (key !== "scheme") choice.value = this.state[key];
      }
      const tick = part("outlines");
      if (tick) tick.checked = this.state.outlines;
      for (const option of part("indicator").options) {
        option.disabled = !this.data.measures.some(
          (m) => m[1] === this.state.edition && m[2] === option.value);
      }
    }

    fillSchemes() {
      const select = part("scheme");
      select.replaceChildren(...this.measure.schemes.map(({ id, name }) => new Option(name, id)));
      select.value = this.scheme.id;
      select.disabled = this.measure.schemes.length < 2;
    }

    drawLegend() {
      const { measure, scheme, state } = this;
      const best = scheme.classes.map((row, level) => [level, ...row]).reverse();
      const missing = this.data.codes.length - measure.known;
      const swatch = (level) => {
        const node = make("i", { class: "swatch", "aria-hidden": "true" });
        node.style.setProperty("--level", this.ramp[level]);
        return node;
      };
      const body = make("tbody", {}, ...best.map(([level, label, range, count]) => {
        const button = make(
          "button", { type: "button", "aria-pressed": String(state.class === level), "data-level": level },
          swatch(level), label);
        return make("tr", {}, make("th", { scope: "row" }, button),
          make("td", { class: "num" }, range), make("td", { class: "num" }, String(count)));
      }));
      if (missing) {
        body.append(make("tr", { class: "level-none" },
          make("th", { scope: "row" }, make("i", { class: "swatch level-none", "aria-hidden": "true" }), measure.missing),
          make("td"), make("td", { class: "num" }, String(missing))));
      }
      const head = make("thead", { class: "unseen" }, make("tr", {},
        ...["Class, press to see it alone", "Limits", areasWord].map((text) => make("th", { scope: "col" }, text))));
      const focused = document.activeElement?.dataset?.level;
      part("legend").replaceChildren(
        make("h2", {}, `${measure.title}`),
        make("p", { class: "fit" }, `${measure.unit ? `${measure.unit[0].toUpperCase()}${measure.unit.slice(1)}. ` : ""}Goodness of fit ${scheme.gadf} (GADF; 1 is perfect).`),
        this.bars(),
        make("p", { class: "explore-ends" }, make("span", {}, measure.ends[0]), make("span", {}, measure.ends[1])),
        make("table", { class: "explore-classes" },
          make("caption", { class: "unseen" }, `Classes: ${scheme.name}`), head, body),
        ...(measure.note ? [make("p", { class: "note" }, measure.note)] : []),
      );
      if (focused !== undefined) part("legend").querySelector(`[data-level="${focused}"]`)?.focus();
    }

    /* Histogram: how many areas have a value in each stretch, in the colours of the classes. */
    bars() {
      const { measure, scheme, state } = this;
      const bins = Array.from({ length: 32 }, () => new Map());
      [...measure.bins].forEach((letter, at) => {
        const bin = parseInt(letter, 36);
        const level = parseInt(scheme.levels[at], 36);
        if (Number.isNaN(bin) || Number.isNaN(level)) return;
        bins[bin].set(level, (bins[bin].get(level) || 0) + 1);
      });
      const total = (bin) => [...bin.values()].reduce((sum, n) => sum + n, 0);
      const most = Math.max(...bins.map(total), 1);
      const height = 60;
      const rects = bins.flatMap((bin, x) => {
        let y = height;
        return [...bin].sort(([a], [b]) => a - b).map(([level, n]) => {
          const h = (n / most) * height;
          y -= h;
          const off = state.class >= 0 && state.class !== level;
          return make("rect", {
            x: x * 10 + 0.5, y: y.toFixed(2), width: 9, height: h.toFixed(2),
            fill: off ? mixed(this.ramp[level], css("--paper"), 0.75) : this.ramp[level],
          });
        });
      });
      const here = state.area ? parseInt(measure.bins[this.at.get(state.area)], 36) : NaN;
      if (!Number.isNaN(here)) {
        rects.push(make("path", { class: "mark", d: `M${here * 10 + 5} ${height + 2}l5 9h-10z` }));
      }
      return make("svg", {
        class: "explore-bars", viewBox: "0 0 320 72", preserveAspectRatio: "none", role: "img",
        "aria-label": `Histogram of ${measure.known} values from ${measure.ends[0]} to ${measure.ends[1]}, at most ${most} in one bar`,
      }, make("path", { class: "base", d: `M0 ${height}h320` }), ...rects);
    }

    /* -- One area ------------------------------------------------------------------------- */

    facts(code) {
      const at = this.at.get(code);
      const { data, measure, scheme } = this;
      const level = this.levelOf(code);
      return {
        at, level, name: data.names[at],
        group: data.groups[data.group_of[at]] || "",
        rank: measure.ranks[at],
        score: measure.scores[at],
        label: level < 0 ? "" : scheme.classes[level][0],
      };
    }

    lines(code) {
      const { rank, score, level, label } = this.facts(code);
      const told = [make("p", { class: "rank" }, rank[0].toUpperCase() + rank.slice(1) + (score ? `, score ${score}` : ""))];
      if (level >= 0) {
        const swatch = make("i", { class: "swatch", "aria-hidden": "true" });
        swatch.style.setProperty("--level", this.ramp[level]);
        told.push(make("p", {}, swatch, label));
      }
      return told;
    }

    hover(code) {
      if (code === this.hovered) return;
      this.mark(this.hovered, { hover: false });
      this.mark(code, { hover: true });
      this.hovered = code;
      const plate = part("hover");
      plate.hidden = !code || code === this.state.area;
      if (code) plate.replaceChildren(make("b", {}, this.facts(code).name), ...this.lines(code));
    }

    choose(code, { fly = false, focus = false } = {}) {
      const { state } = this;
      this.mark(state.area, { chosen: false });
      state.area = code;
      this.mark(code, { chosen: true });
      this.drawCard();
      if (fly) this.flyTo(code);
      this.drawLegend();
      part("hover").hidden = !this.hovered || this.hovered === code;
      if (focus) part("card").querySelector("a")?.focus();
      if (code) {
        const { name, rank, score, label } = this.facts(code);
        this.say([name, rank, score && `score ${score}`, label].filter(Boolean).join(", "));
      } else {
        this.say(`No ${areaWord} chosen`);
      }
      this.writeUrl();
    }

    drawCard() {
      const { state, data, measure } = this;
      const card = part("card");
      card.hidden = !state.area;
      if (!state.area) return;
      const { at, name, group } = this.facts(state.area);
      const link = make("a", { href: `${root}${data.path}${data.slugs[at]}/` }, `All about ${name}`);
      const leave = make("button", { type: "button", class: "leave", "aria-label": `Let ${name} go` }, "×");
      leave.addEventListener("click", () => {
        this.choose("");
        this.map.getCanvas().focus();
      });
      card.replaceChildren(
        make("h2", {}, name),
        make("p", { class: "quiet" }, [group, measure.edition].filter(Boolean).join(" · ")),
        ...this.lines(state.area), link, leave);
    }

    flyTo(code) {
      const at = 4 * this.at.get(code);
      const box = this.layout.boxes.slice(at, at + 4).map((n) => n / 1000);
      if (box.every((n) => n === 0)) return;
      const [west, south, east, north] = box;
      this.map.fitBounds([[west, south], [east, north]], {
        padding: this.padding(part("map").clientHeight < 480 ? 0.1 : 0.3), maxZoom: this.layout.zooms[1], animate: !still.matches,
      });
    }

    /* -- What the reader does ----------------------------------------------------------------- */

    say(text) { part("said").textContent = text; }

    under(point) {
      const [found] = this.map.queryRenderedFeatures(point, { layers: [`areas-${this.state.layout}`] });
      return found && this.at.has(found.properties.code) ? found.properties.code : "";
    }

    async change(key, value) {
      const { state } = this;
      const before = { ...state };
      this.touched = true;
      if (key === "layout") {
        this.mark(this.hovered, { hover: false });
        this.mark(state.area, { chosen: false });
        this.hovered = "";
        part("hover").hidden = true;
      }
      state[key] = value;
      if (key === "edition" || key === "indicator" || key === "scheme") state.class = -1;
      if (key === "scheme") this.useScheme(value);
      if (key === "edition" || key === "indicator") {
        try {
          await this.loadMeasure();
        } catch {
          Object.assign(state, before);
          this.say("These figures could not be loaded.");
        }
        this.fillChoices();
      }
      this.apply();
      if (key === "layout") this.mark(state.area, { chosen: true });
      if (key === "layout" && state.area) this.flyTo(state.area);
      const { measure, scheme } = this;
      this.say(`${measure.title}, ${scheme.name}: ${scheme.classes.length} classes, ${measure.known} ${areasWord} known`);
    }

    listen() {
      const { map, state } = this;
      map.on("mousemove", (e) => this.hover(this.under(e.point)));
      map.on("mouseout", () => this.hover(""));
      map.on("click", (e) => {
        this.touched = true;
        this.choose(this.under(e.point));
      });
      map.on("moveend", (e) => {
        if (e.originalEvent) this.touched = true;
        this.writeUrl();
        if (map.getCanvas().matches(":focus-visible")) this.hover(this.under(map.project(map.getCenter())));
      });
      map.getCanvas().addEventListener("keydown", (e) => {
        if (e.key === "Enter") {
          this.touched = true;
          this.choose(this.under(map.project(map.getCenter())));
        } else if (e.key === "Escape" && state.area) {
          this.choose("");
        }
      });
      for (const choice of host.querySelectorAll("select[data-choice]")) {
        choice.addEventListener("change", () => this.change(choice.dataset.choice, choice.value));
      }
      part("outlines")?.addEventListener("change", (e) => this.change("outlines", e.target.checked));
      part("legend").addEventListener("click", (e) => {
        const button = e.target.closest("button[data-level]");
        if (!button) return;
        const level = Number(button.dataset.level);
        this.touched = true;
        state.class = state.class === level ? -1 : level;
        this.paint();
        this.drawLegend();
        this.writeUrl();
        const [label, , count] = this.scheme.classes[level];
        this.say(state.class < 0 ? "All classes shown" : `${label} alone: ${count} ${areasWord}`);
      });
      for (const button of host.querySelectorAll("[data-zoom]")) {
        button.addEventListener("click", () => this.zoom(button.dataset.zoom));
      }
      const fold = host.querySelector(".explore-fold");
      fold.addEventListener("click", () => {
        const body = part("body");
        body.hidden = !body.hidden;
        fold.setAttribute("aria-expanded", String(!body.hidden));
        fold.textContent = body.hidden ? "Show choices" : "Hide choices";
      });
      dark.addEventListener("change", () => { this.paint(); this.drawLegend(); });
      this.listenToSearch();
    }

    listenToSearch() {
      const text = part("text");
      atlas.combobox(
        text, part("list"), part("found"),
        async (typed) => (await atlas.find(typed, 40))
          .filter((entry) => this.bySlug.has(new URL(entry.href, location.href).href)).slice(0, 8),
        (entry) => {
          this.touched = true;
          text.value = entry.text;
          const at = this.bySlug.get(new URL(entry.href, location.href).href);
          this.choose(this.data.codes[at], { fly: true, focus: true });
        },
      );
      text.form.addEventListener("submit", (e) => e.preventDefault());
    }

    zoom(way) {
      this.touched = true;
      const options = { animate: !still.matches };
      if (way === "in") this.map.zoomIn(options);
      else if (way === "out") this.map.zoomOut(options);
      else {
        const [west, south, east, north] = this.layout.bounds;
        this.map.fitBounds([[west, south], [east, north]], { ...options, padding: this.padding(0.03) });
      }
    }
  }

  fetchJson(host.dataset.file)
    .then((data) => new Explorer(data).start())
    .catch(() => fail("The map could not be started."));
})();
