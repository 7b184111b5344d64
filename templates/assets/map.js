"use strict";
/*
 * Takes over the inline SVG of a page's map: atlas.areas(map, config), called by the script
 * that folium writes for the page.  The areas that stand in the page become Leaflet polygons
 * in the same place; finer and further areas are fetched when the reader moves the map.
 */
window.atlas = window.atlas || {};

(() => {
  const WORLD_M = 2 * Math.PI * 6378137; // width of EPSG:3857
  const CLOSEST_ZOOM = 13;
  const files = new Map();

  const fetchJson = (url) => {
    if (!files.has(url)) {
      const loading = fetch(url).then((answer) => {
        if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
        return answer.json();
      });
      loading.catch(() => files.delete(url));
      files.set(url, loading);
    }
    return files.get(url);
  };

  /* Path data as the site writes it: M x y, then relative m, l and z of whole numbers. */
  const ringsOf = (d) => {
    const rings = [];
    let ring = [];
    let [x, y] = [0, 0];
    for (const [, command, text] of d.matchAll(/([Mmlz])([^Mmlz]*)/g)) {
      const n = (text.match(/-?\d+/g) || []).map(Number);
      if (command === "z") ring.push(([x, y] = ring[0]));
      else if (command === "M") [x, y] = n;
      else if (command === "m") [x, y] = [x + n[0], y + n[1]];
      if (command === "M" || command === "m") rings.push((ring = [[x, y]]));
      if (command !== "l") continue;
      for (let i = 0; i < n.length; i += 2) ring.push([(x += n[i]), (y += n[i + 1])]);
    }
    return rings;
  };

  /* A name in lines of up to so many letters, broken at spaces and hyphens. */
  const linesOf = (name, most) =>
    name.match(/[^ -]+-?/g).reduce((lines, word) => {
      const [last] = lines.slice(-1);
      const joined = last && `${last}${last.endsWith("-") ? "" : " "}${word}`;
      if (joined && joined.length <= most) lines.splice(-1, 1, joined);
      else lines.push(word);
      return lines;
    }, []);

  class AreaMap {
    constructor(map, config) {
      this.map = map;
      this.config = config;
      this.frame = map.getContainer();
      this.stage = this.frame.parentElement;
      this.figure = this.frame.closest(".map");
      this.svg = this.frame.querySelector("svg");
      this.said = this.figure.querySelector(".map-stage [role=status]");
      this.layout = config.layout;
      this.measure = config.measure;
      this.here = new Set(config.here || []);
      this.areas = new Map(); // code -> {polygon, middle}
      this.inline = new Map(); // code -> what the page's own SVG says of it
      this.extras = []; // lines and labels of the layout
      this.loaded = new Set();
      this.prepare();
      this.drawInline();
      this.listen();
      this.readUrl();
      this.ready = this.inline.size ? Promise.resolve() : this.attempt(this.start());
    }

    /* -- Setting up ------------------------------------------------------------ */

    prepare() {
      const { map } = this;
      const size = this.svg.viewBox.baseVal;
      const data = this.svg.dataset;
      this.page = { unit: +data.unit, x: +data.x, y: +data.y, w: size.width, h: size.height };
      this.grid = this.page;
      this.renderers = {};
      ["context", "areas", "lines", "mark"].forEach((name, at) => {
        const pane = map.createPane(name);
        pane.style.zIndex = 380 + 10 * at;
        if (name !== "areas") pane.style.pointerEvents = "none";
        this.renderers[name] = L.svg({ pane: name, padding: 0.4 });
      });
      const labels = map.createPane("labels");
      labels.style.zIndex = 430;
      labels.style.pointerEvents = "none";
      for (const link of this.svg.querySelectorAll(".areas a")) {
        const path = link.querySelector("path");
        const title = link.querySelector("title").textContent;
        const cut = title.indexOf(": ");
        this.inline.set(link.dataset.code, {
          name: cut < 0 ? title : title.slice(0, cut),
          text: cut < 0 ? "" : title.slice(cut + 2),
          level: (/level-(\w+)/.exec(path.getAttribute("class")) || [])[1],
          href: link.href.baseVal,
          d: path.getAttribute("d"),
        });
      }
      const group = this.config.view === "group" && !this.inline.size;
      this.muting = group || Boolean(this.svg.querySelector(".other"));
      this.tip = L.DomUtil.create("div", "map-tip", this.stage);
      this.tip.hidden = true;
      this.frame.classList.add("map-live");
      this.frame.tabIndex = 0;
      this.frame.setAttribute("role", "application");
      this.frame.setAttribute("aria-roledescription", "map");
      this.frame.setAttribute("aria-labelledby", `${this.frame.id}-caption`);
      this.frame.setAttribute("aria-describedby", `${this.frame.id}-keys`);
      for (const part of this.figure.querySelectorAll(".map-tools, .map-keys")) part.hidden = false;
      for (const choice of this.figure.querySelectorAll(".choice")) choice.disabled = false;
    }

    drawInline() {
      this.grid = this.page;
      for (const path of this.svg.querySelectorAll(".others path")) {
        const around = L.polygon(this.latLngs(path.getAttribute("d")).map((ring) => [ring]), {
          renderer: this.renderers.areas,
          pane: "areas",
          smoothFactor: 0,
          weight: 1,
          interactive: false,
        });
        this.extras.push(around.addTo(this.map));
        around.getElement().setAttribute("class", path.getAttribute("class"));
      }
      for (const [code, about] of this.inline) this.put(code, about.d);
      this.drawLines(
        [...this.svg.querySelectorAll(".context path")].map((p) => p.getAttribute("d")),
        [...this.svg.querySelectorAll(".outlines path")].map((p) => p.getAttribute("d")),
      );
      const here = this.svg.querySelector(".here path");
      if (here) this.markHere(this.latLngs(here.getAttribute("d")));
      const texts = this.svg.querySelectorAll(".labels, .hex-labels");
      if (texts.length) {
        const { w, h } = this.page;
        this.drawTexts([0, 0, w, h], [...texts].map((g) => g.cloneNode(true)), this.svg);
      }
      this.fit = () => {
        const { unit, w, h } = this.page;
        const box = this.frame.getBoundingClientRect();
        const pixel = Math.min(box.width / w, box.height / h); // of one unit
        const middle = this.latLng(w / 2, h / 2, this.page);
        this.still(() => {
          this.map.setView(middle, this.map.options.crs.zoom((pixel / unit) * WORLD_M), {
            animate: false,
          });
        });
      };
      this.fit();
    }

    latLng(x, y, { unit, x: left, y: top } = this.grid) {
      return L.Projection.SphericalMercator.unproject(L.point(left + x * unit, top - y * unit));
    }

    latLngs(d, grid = this.grid) {
      return ringsOf(d).map((ring) => ring.map(([x, y]) => this.latLng(x, y, grid)));
    }

    /* Runs something that moves the map without this counting as the reader's doing. */
    still(move) {
      this.fitting = true;
      move();
      this.fitting = false;
      this.fitZoom = this.map.getZoom();
    }

    /* -- Drawing --------------------------------------------------------------- */

    put(code, d) {
      const old = this.areas.get(code);
      if (old) old.polygon.remove();
      const polygon = L.polygon([this.latLngs(d)], {
        renderer: this.renderers.areas,
        pane: "areas",
        smoothFactor: 0,
        className: "area",
        weight: 1,
      });
      polygon.addTo(this.map);
      polygon.on("mouseover mousemove", (e) => this.point(code, e.containerPoint));
      polygon.on("mouseout", () => this.touching || this.leave());
      polygon.on("click", (e) => this.press(code, e));
      this.areas.set(code, { polygon, middle: polygon.getBounds().getCenter() });
      this.paint(code);
      return polygon;
    }

    paint(code) {
      const { polygon } = this.areas.get(code);
      const { level } = this.about(code);
      const other = this.muting && !this.here.has(code) ? " other" : "";
      const path = polygon.getElement();
      path.setAttribute("class", `leaflet-interactive area level-${level}${other}`);
      // Only a class without a colour of its own keeps the fill that is set here.
      path.setAttribute("fill", `url(#${this.hatch()})`);
    }

    /* The hatching in the units of the screen; the SVG's own is in those of its view box. */
    hatch() {
      const id = `${this.frame.id}-hatch`;
      if (!document.getElementById(id)) {
        const pattern = this.svg.querySelector("pattern").cloneNode(true);
        pattern.id = id;
        const holder = this.svg.cloneNode(false);
        ["viewBox", "role", "aria-label"].forEach((name) => holder.removeAttribute(name));
        holder.setAttribute("class", "map-defs");
        holder.setAttribute("aria-hidden", "true");
        holder.append(pattern);
        this.stage.append(holder);
      }
      return id;
    }

    drawLines(context, outlines, contextUnit = this.grid.unit) {
      const add = (d, className, name, grid) => {
        const line = L[name === "context" ? "polygon" : "polyline"](this.latLngs(d, grid), {
          renderer: this.renderers[name],
          pane: name,
          className,
          interactive: false,
          smoothFactor: 0,
          fill: className === "context",
        });
        this.extras.push(line.addTo(this.map));
      };
      const coarse = { ...this.grid, unit: contextUnit };
      context.forEach((d) => add(d, "context", "context", coarse));
      outlines.forEach((d) => add(d, "outline", "lines", this.grid));
    }

    markHere(latLngs) {
      for (const className of ["here-casing", "here"]) {
        const options = { pane: "lines", className, interactive: false, fill: false, smoothFactor: 0 };
        const line = L.polygon([latLngs], { renderer: this.renderers.lines, ...options });
        this.extras.push(line.addTo(this.map));
      }
    }

    /* Texts in the units of the grid, within [left, top, width, height]. */
    drawTexts([left, top, width, height], groups, like) {
      const svg = like.cloneNode(false);
      svg.setAttribute("class", "map-text");
      svg.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
      ["role", "aria-label"].forEach((name) => svg.removeAttribute(name));
      svg.setAttribute("aria-hidden", "true");
      svg.append(...groups);
      const bounds = [this.latLng(left, top + height), this.latLng(left + width, top)];
      this.extras.push(L.svgOverlay(svg, bounds, { pane: "labels" }).addTo(this.map));
      this.texts = svg;
    }

    clear() {
      this.leave();
      for (const { polygon } of this.areas.values()) polygon.remove();
      for (const extra of this.extras) extra.remove();
      this.areas.clear();
      this.extras = [];
      this.loaded.clear();
      this.drawn = null;
    }

    /* -- What is known of an area ------------------------------------------------ */

    about(code) {
      const inline = this.inline.get(code);
      if (!this.values && inline) return inline;
      const [name, path] = (this.names && this.names[code]) || [inline ? inline.name : code, null];
      const href = path === null ? inline && inline.href : this.config.root + path;
      const known = this.values && this.values.values[code];
      if (!known) {
        return { name, href, text: this.values ? this.values.missing : "", level: "none" };
      }
      const [rank, score, level] = known;
      const parts = [rank, score && `score ${score}`, this.values.labels[level]];
      return { name, href, text: parts.filter(Boolean).join(", "), level };
    }

    async learn(measure) {
      const { root, measures, names } = this.config;
      const [values, named] = await Promise.all([
        fetchJson(root + measures[measure]),
        fetchJson(root + names),
      ]);
      if (measure === this.measure) [this.values, this.names] = [values, named];
    }

    /* -- More of the map ----------------------------------------------------------- */

    async index() {
      const index = await fetchJson(this.config.root + this.config.layouts[this.layout]);
      return { ...index, grid: { unit: index.unit, x: 0, y: 0 } };
    }

    async sheet(entry) {
      const path = entry[4];
      const { layout } = this;
      const { areas } = await fetchJson(this.config.root + path);
      if (layout !== this.layout || this.loaded.has(path)) return;
      this.loaded.add(path);
      for (const [code, d] of Object.entries(areas)) this.put(code, d);
    }

    /* Fetches what the view shows and is not there yet. */
    async fill() {
      const { layout } = this;
      const [index] = await Promise.all([this.index(), this.learn(this.measure)]);
      if (layout !== this.layout) return;
      this.grid = index.grid;
      if (this.drawn !== layout) this.drawWhole(index);
      const crs = L.Projection.SphericalMercator;
      const bounds = this.map.getBounds().pad(0.1);
      const low = crs.project(bounds.getSouthWest()).divideBy(index.unit);
      const high = crs.project(bounds.getNorthEast()).divideBy(index.unit);
      const wanted = index.sheets.filter(
        ([left, top, right, bottom, path]) =>
          !this.loaded.has(path) &&
          left <= high.x && right >= low.x && top <= -low.y && bottom >= -high.y,
      );
      await Promise.all(wanted.map((entry) => this.sheet(entry)));
    }

    /* A map that stands alone has no areas in its page: all come from the sheets. */
    async start() {
      this.moved = true;
      await this.fill();
      if (this.here.size !== 1) return;
      const [code] = this.here;
      if (this.areas.has(code)) this.markHere(this.areas.get(code).polygon.getLatLngs().flat());
    }

    /* Lines and labels of the whole layout instead of those of the page's view. */
    drawWhole(index) {
      this.drawn = this.layout;
      const own = this.layout === this.config.layout;
      for (const extra of this.extras) {
        const kept = own && (extra.options.className || "").startsWith("here");
        const texts = own && !index.cells && extra.options.pane === "labels";
        if (!kept && !texts) extra.remove();
      }
      this.drawLines(index.context, index.outlines, index.context_unit);
      const sheets = index.sheets;
      const box = [0, 1].map((at) => Math.min(...sheets.map((s) => s[at])));
      box.push(Math.max(...sheets.map((s) => s[2])) - box[0]);
      box.push(Math.max(...sheets.map((s) => s[3])) - box[1]);
      const known = this.inline;
      const groups = [];
      const cells = index.cells || [];
      if (cells.length > 1) {
        const [a, ...rest] = cells;
        const cell = Math.min(...rest.map((b) => Math.hypot(a[0] - b[0], a[1] - b[1])));
        const named = cells.map(([x, y, , code]) => [x, y, this.about(code).name, code]);
        groups.push(this.textGroup("cell-labels", cells, cell * 0.24));
        groups.push(this.textGroup("cell-names", named, cell * 0.12));
        this.cellM = cell * index.unit;
        this.sizeTexts();
      }
      if (this.config.view === "national" && !(own && known.size && !cells.length)) {
        const pixels = this.frame.getBoundingClientRect().height / box[3];
        groups.push(this.textGroup("labels", index.labels || [], 13 / pixels));
      }
      if (groups.length) this.drawTexts(box, groups, this.svg);
    }

    textGroup(className, entries, size) {
      const group = L.SVG.create("g");
      group.setAttribute("class", className);
      group.setAttribute("font-size", size.toFixed(1));
      for (const [x, y, name, code] of entries) {
        const text = L.SVG.create("text");
        text.setAttribute("class", code ? `on-${this.about(code).level}` : "region-name");
        if (code) text.dataset.code = code;
        const lines = linesOf(name, code ? 11 : 14);
        lines.forEach((line, at) => {
          const span = L.SVG.create("tspan");
          span.setAttribute("x", x);
          span.setAttribute("y", y + (at - (lines.length - 1) / 2) * size * 1.3);
          span.textContent = line;
          text.append(span);
        });
        group.append(text);
      }
      return group;
    }

    /* Whole names on cells of 60 pixels, short ones from 24, none below. */
    sizeTexts() {
      const pixels = (this.cellM / WORLD_M) * this.map.options.crs.scale(this.map.getZoom());
      this.frame.classList.toggle("map-names", pixels >= 60);
      this.frame.classList.toggle("map-no-names", pixels < 24);
    }

    /* -- Choosing edition and layout -------------------------------------------------- */

    async setMeasure(id) {
      this.measure = id;
      await this.learn(id);
      if (this.measure !== id) return;
      for (const code of this.areas.keys()) this.paint(code);
      this.toneTexts();
      this.leave();
      this.showLegend(id);
      this.retell("edition", id);
      this.writeUrl();
      this.say(this.figure.querySelector(".map-caption").textContent);
    }

    /* The page has the legend of its own measure; the others are made from their values. */
    showLegend(id) {
      const tables = [...this.figure.querySelectorAll(".legend")];
      if (!tables.length) return;
      let shown = tables.find((table) => table.dataset.measure === id);
      if (!shown) {
        shown = this.makeLegend(tables[0], id);
        tables[tables.length - 1].after(shown);
      }
      for (const table of [...tables, shown]) table.hidden = table !== shown;
    }

    makeLegend(like, id) {
      const { title, unit, rows } = this.values.legend;
      const table = like.cloneNode(true);
      table.dataset.measure = id;
      table.caption.replaceChildren(title, unit ? `, ${unit}` : "");
      const own = this.here.size === 1 ? this.about([...this.here][0]).level : null;
      table.tBodies[0].replaceChildren(
        ...rows.map(([level, label, range, count]) => {
          const row = document.createElement("tr");
          if (`${level}` === `${own}`) row.className = "marked";
          const head = document.createElement("th");
          head.scope = "row";
          head.className = `level-${level}`;
          head.textContent = label;
          row.append(head);
          for (const text of [range, count]) {
            const cell = row.insertCell();
            cell.className = "num";
            cell.textContent = text;
          }
          return row;
        }),
      );
      return table;
    }

    /* The caption and the note that go with a choice. */
    retell(name, id) {
      const { dataset } = this.figure.querySelector(`[name=${name}][value="${id}"]`);
      for (const part of ["caption", "note"]) {
        const place = this.figure.querySelector(`.map-${part}`);
        if (place && dataset[part]) place.textContent = dataset[part];
      }
    }

    async setLayout(id) {
      this.layout = id;
      this.clear();
      this.retell("layout", id);
      this.writeUrl();
      this.strayed = false;
      this.moved = id !== this.config.layout;
      this.frame.classList.toggle("map-moved", this.moved);
      if (!this.moved) {
        this.drawInline();
        return;
      }
      const [index] = await Promise.all([this.index(), this.learn(this.measure)]);
      if (this.layout !== id) return;
      this.grid = index.grid;
      this.drawWhole(index);
      const bounds = await this.boundsHere(index);
      if (this.layout !== id) return;
      this.fit = () => this.still(() => this.map.fitBounds(bounds, { animate: false }));
      this.fit();
      await this.fill();
    }

    /* What the other layout should show first: the page's areas and what lies around them. */
    async boundsHere(index) {
      const all = L.latLngBounds([]);
      if (!this.here.size) {
        for (const [left, top, right, bottom] of index.sheets) {
          all.extend(this.latLng(left, top)).extend(this.latLng(right, bottom));
        }
        return all;
      }
      const middle = L.Projection.SphericalMercator.project(this.map.getCenter());
      const far = ([left, top, right, bottom]) =>
        Math.hypot(
          Math.max(left - middle.x / index.unit, middle.x / index.unit - right, 0),
          Math.max(top + middle.y / index.unit, -middle.y / index.unit - bottom, 0),
        );
      for (const entry of [...index.sheets].sort((a, b) => far(a) - far(b))) {
        if ([...this.here].every((code) => this.areas.has(code))) break;
        await this.sheet(entry);
      }
      const rings = [];
      for (const code of this.here) {
        const area = this.areas.get(code);
        if (!area) continue;
        all.extend(area.polygon.getBounds());
        rings.push(...area.polygon.getLatLngs().flat());
      }
      if (this.here.size > 1) return all.pad(0.08);
      this.markHere(rings);
      return all.pad(index.cells ? 2.6 : 0.6);
    }

    /* Letters on hexagons are light or dark as the class wants it. */
    toneTexts() {
      const texts = this.texts ? [...this.texts.querySelectorAll("[class^=on-]")] : [];
      for (const text of texts) {
        text.dataset.code = text.dataset.code || this.codeUnder(text);
        text.setAttribute("class", `on-${this.about(text.dataset.code).level}`);
      }
    }

    /* The area whose middle is nearest to a text of the page's own SVG. */
    codeUnder(text) {
      const at = text.querySelector("tspan") || text;
      const x = this.page.x + at.getAttribute("x") * this.page.unit;
      const y = this.page.y - at.getAttribute("y") * this.page.unit;
      const far = ([, { middle }]) => {
        const point = L.Projection.SphericalMercator.project(middle);
        return Math.hypot(point.x - x, point.y - y);
      };
      return [...this.areas].reduce((a, b) => (far(b) < far(a) ? b : a))[0];
    }

    /* ?edition=2017&layout=hexagons; an edition is the first part of a measure's id. */
    editionOf(id) {
      const short = id.split("-")[0];
      const alike = Object.keys(this.config.measures).filter((m) => m.split("-")[0] === short);
      return alike.length > 1 ? id : short;
    }

    readUrl() {
      const wanted = new URLSearchParams(location.search);
      const choose = (name, id) => {
        const radio = this.figure.querySelector(`[name=${name}][value="${id}"]`);
        if (!radio) return false;
        radio.checked = true;
        return true;
      };
      const ids = Object.keys(this.config.measures);
      const id = ids.find((m) => this.editionOf(m) === wanted.get("edition"));
      if (id && id !== this.measure && choose("edition", id)) this.attempt(this.setMeasure(id));
      const layout = wanted.get("layout");
      if (layout in this.config.layouts && layout !== this.layout && choose("layout", layout)) {
        this.attempt(this.setLayout(layout));
      }
    }

    writeUrl() {
      const url = new URL(location.href);
      const set = (name, value, usual) => {
        if (value === usual) url.searchParams.delete(name);
        else url.searchParams.set(name, value);
      };
      set("edition", this.editionOf(this.measure), this.editionOf(this.config.measure));
      set("layout", this.layout, this.config.layout);
      history.replaceState(history.state, "", url);
    }

    async attempt(work) {
      try {
        await work;
      } catch {
        this.say("More of the map could not be loaded.");
      }
    }

    /* -- Pointer and keys ---------------------------------------------------------------- */

    listen() {
      const { map, frame, stage } = this;
      this.touching = false;
      this.awake = false;
      map.on("dragstart zoomstart", () => {
        if (this.fitting) return;
        this.stray();
      });
      map.on("zoomend", () => {
        frame.classList.toggle("map-near", map.getZoom() > this.fitZoom + 1);
        if (this.cellM) this.sizeTexts();
      });
      map.on("moveend", () => {
        if (this.moved && !this.fitting) this.attempt(this.fill());
      });
      map.on("movestart zoomstart", () => this.hideTip());
      map.setMaxZoom(CLOSEST_ZOOM);
      map.setMinZoom(map.getZoom() - (this.config.view === "national" ? 0.7 : 5));
      map.scrollWheelZoom.enable();
      new ResizeObserver(() => {
        map.invalidateSize({ animate: false, pan: false });
        if (!this.strayed) this.fit();
      }).observe(frame);

      // The page scrolls past a map until the reader turns to it.
      const sleep = (e) => {
        if (stage.contains(e.target)) return;
        this.awake = false;
        if (this.touching) map.dragging.disable();
        this.leave();
      };
      stage.addEventListener("wheel", (e) => {
        if (!this.awake && !e.ctrlKey && !e.metaKey) e.stopPropagation();
      }, { capture: true, passive: true });
      stage.addEventListener("pointerdown", (e) => {
        this.touching = e.pointerType === "touch";
        if (!this.touching) this.awake = true;
      }, { capture: true });
      document.addEventListener("pointerdown", sleep);
      stage.addEventListener("mouseleave", () => { this.awake = document.activeElement === frame; });
      if (matchMedia("(pointer: coarse)").matches) map.dragging.disable();
      map.on("click", () => {
        this.awake = true;
        map.dragging.enable();
      });

      frame.addEventListener("keydown", (e) => this.key(e));
      frame.addEventListener("blur", () => this.byKey && this.leave());
      stage.querySelector(".map-tools").addEventListener("click", (e) => {
        const what = e.target.closest("button")?.dataset.zoom;
        if (what === "in") map.zoomIn();
        else if (what === "out") map.zoomOut();
        else if (what) this.reset();
      });
      this.figure.addEventListener("change", ({ target }) => {
        if (target.name === "edition") this.attempt(this.setMeasure(target.value));
        if (target.name === "layout") this.attempt(this.setLayout(target.value));
      });

      // Rows of lists and tables that name an area light it up on the map.
      const row = (e) => !stage.contains(e.target) && e.target.closest("[data-code]");
      const lit = (e) => {
        const found = row(e);
        if (found && this.areas.has(found.dataset.code)) this.choose(found.dataset.code);
      };
      document.addEventListener("mouseover", lit);
      document.addEventListener("focusin", lit);
      document.addEventListener("mouseout", (e) => row(e) && this.leave());
    }

    /* The reader has left the view that the page begins with. */
    stray() {
      this.strayed = this.moved = true;
      this.frame.classList.add("map-moved");
    }

    reset() {
      this.strayed = false;
      this.moved = this.layout !== this.config.layout;
      this.frame.classList.toggle("map-moved", this.moved);
      this.fit();
    }

    point(code, at) {
      if (this.touching) return;
      this.byKey = false;
      if (code !== this.chosen) this.choose(code);
      this.showTip(code, at);
    }

    press(code, e) {
      const event = e.originalEvent;
      if (this.touching && this.opened !== code) {
        L.DomEvent.stop(e);
        this.choose(code);
        this.showTip(code, e.containerPoint, true);
        this.opened = code;
        return;
      }
      this.go(code, event.ctrlKey || event.metaKey || event.shiftKey);
    }

    go(code, apart) {
      document.dispatchEvent(new CustomEvent("atlas:choose", { detail: { code } }));
      const { href } = this.about(code);
      if (!href) return;
      // In a frame of another site the page says that its links lead out of it.
      if (apart) window.open(href, "_blank");
      else window.open(href, document.querySelector("base")?.target || "_self");
    }

    /* Outlines an area and tells the page. */
    choose(code, byKey = false) {
      this.unmark();
      this.chosen = code;
      this.byKey = byKey;
      const latLngs = this.areas.get(code).polygon.getLatLngs();
      this.marks = [`hover-casing${byKey ? " focus" : ""}`, "hover"].map((className) =>
        L.polygon(latLngs, {
          renderer: this.renderers.mark,
          pane: "mark",
          className,
          interactive: false,
          fill: false,
          smoothFactor: 0,
        }).addTo(this.map));
      document.dispatchEvent(new CustomEvent("atlas:hover", { detail: { code } }));
    }

    unmark() {
      (this.marks || []).forEach((mark) => mark.remove());
      this.marks = [];
    }

    leave() {
      if (!this.chosen) return;
      this.chosen = this.opened = null;
      this.unmark();
      this.hideTip();
      document.dispatchEvent(new CustomEvent("atlas:hover", { detail: { code: null } }));
    }

    hideTip() {
      this.tip.hidden = true;
    }

    showTip(code, at, open = false) {
      const { name, text, level, href } = this.about(code);
      const line = document.createElement("span");
      const swatch = document.createElement("i");
      swatch.className = `swatch level-${level}`;
      line.append(swatch, text);
      const title = document.createElement("strong");
      title.textContent = name;
      this.tip.replaceChildren(title, line);
      if (open && !this.here.has(code)) {
        const link = document.createElement("a");
        link.href = href;
        link.textContent = "Open its page";
        this.tip.append(link);
      }
      this.tip.classList.toggle("open", open);
      this.tip.hidden = false;
      const { clientWidth: width, clientHeight: height } = this.stage;
      const { offsetWidth: w, offsetHeight: h } = this.tip;
      const left = Math.max(0, Math.min(at.x + 16, width - w));
      const below = at.y + 20 + h <= height;
      this.tip.style.left = `${left}px`;
      this.tip.style.top = `${Math.max(0, below ? at.y + 20 : at.y - h - 14)}px`;
    }

    say(text) {
      this.said.textContent = text;
    }

    key(e) {
      const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (e.altKey || e.ctrlKey || e.metaKey || e.target !== this.frame) return;
      if (e.key in steps) this.walk(...steps[e.key]);
      else if (e.key === "Enter" && this.chosen) this.go(this.chosen, e.shiftKey);
      else if (e.key === "Escape" && this.chosen) this.leave();
      else if (e.key === "+" || e.key === "=") this.map.zoomIn();
      else if (e.key === "-") this.map.zoomOut();
      else if (e.key === "0") this.reset();
      else return;
      e.preventDefault();
    }

    /* To the nearest area in a direction; the first step is to the page's own area. */
    walk(dx, dy) {
      const { map } = this;
      let next = null;
      if (this.chosen && this.areas.has(this.chosen)) {
        const from = map.latLngToLayerPoint(this.areas.get(this.chosen).middle);
        const offsets = [...this.areas]
          .filter(([code]) => code !== this.chosen)
          .map(([code, { middle }]) => {
            const to = map.latLngToLayerPoint(middle).subtract(from);
            // Up leans right and down leans left, so that a way there is also the way back.
            const [along, across] = [to.x * dx + to.y * dy, to.x * dy - to.y * dx];
            return [code, along, Math.abs(across), Math.hypot(along, across), across];
          });
        for (const cone of [1, 2.5]) {
          const near = offsets
            .filter(([, along, across]) => along > 0 && across <= cone * along)
            .map(([code, , across, distance, side]) => [
              distance + across + (side > 0 ? 0.01 * distance : 0),
              code,
            ]);
          if (!near.length) continue;
          next = near.reduce((a, b) => (b[0] < a[0] ? b : a))[1];
          break;
        }
      } else {
        const middle = map.getCenter();
        const codes = [...this.areas.keys()];
        const far = (code) => this.areas.get(code).middle.distanceTo(middle);
        next = [...this.here].find((code) => this.areas.has(code)) ||
          codes.reduce((a, b) => (far(b) < far(a) ? b : a));
      }
      if (next) this.focusOn(next);
    }

    focusOn(code) {
      const { map } = this;
      const { middle } = this.areas.get(code);
      const size = map.getSize();
      const margin = Math.min(size.x, size.y) / 8;
      const before = map.latLngToContainerPoint(middle);
      const outside =
        before.x < margin || before.y < margin ||
        before.x > size.x - margin || before.y > size.y - margin;
      if (outside && this.config.view !== "national") {
        this.stray();
        map.panInside(middle, { padding: [margin * 2, margin * 2], animate: false });
      }
      this.choose(code, true);
      this.showTip(code, map.latLngToContainerPoint(middle));
      const { name, text } = this.about(code);
      this.say(`${name}${text ? `, ${text}` : ""}`);
    }
  }

  /* The ranked list beside a map follows it. */
  document.addEventListener("atlas:hover", ({ detail: { code } }) => {
    const list = document.querySelector(".ranking");
    if (!list) return;
    list.querySelector(".chosen")?.classList.remove("chosen");
    const row = code && list.querySelector(`[data-code="${code}"]`);
    if (!row) return;
    row.classList.add("chosen");
    if (list.matches(":hover, :focus-within")) return;
    list.scrollTop = row.offsetTop - list.clientHeight / 2;
  });

  window.atlas.areas = (map, config) => new AreaMap(map, config);
})();
