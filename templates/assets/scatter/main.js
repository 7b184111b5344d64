/**
 * Any two indicators against each other: scatter/?x=gcse&y=wages&area=E07000176.  The pair that is
 * in the page at first is drawn like this one (charts/scatter.py).
 */

import { element, svgElement } from "../lib/elements.js";
import { fetchJson } from "../lib/json.js";

const HEIGHT = 320;
const [LEFT, TOP, BELOW, MARGIN] = [80, 24, 44, 24];
/** What compare.json leaves free at either end of a scale, of 1000. */
const EDGE = 20;

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-scatter]"));
const figure = /** @type {HTMLElement} */ (document.getElementById("scatter"));
const relation = /** @type {HTMLElement} */ (document.getElementById("scatter-relation"));
const said = /** @type {HTMLElement} */ (document.getElementById("scatter-said"));
const [across, up, area] = /** @type {HTMLSelectElement[]} */ ([...form.querySelectorAll("select")]);

/**
 * One indicator: its place in the file, and what the file says of its scale.
 * @typedef {{ at: number, id: string, name: string, title: string, scale: any }} Axis
 */

const axisOf = (/** @type {HTMLSelectElement} */ { selectedOptions: [option] }, /** @type {any} */ data) => {
  const id = option.dataset.measure || "";
  const at = data.measures.findIndex((/** @type {any} */ one) => one.id === id);
  const scale = data.measures[at];
  return { at, id, name: option.text, title: scale.title, scale };
};

/** A place along the scale as a share, low values at 0. */
const partOf = (/** @type {Axis} */ { scale }, /** @type {number} */ along) => {
  const part = (along - EDGE) / (1000 - 2 * EDGE);
  return scale.down ? 1 - part : part;
};
const xOf = (/** @type {number} */ part) =>
  `${((LEFT + MARGIN + (1000 - LEFT - 2 * MARGIN) * part) / 10).toFixed(2)}%`;
const yOf = (/** @type {number} */ part) => TOP + 8 + (HEIGHT - 16) * (1 - part);

const frameOf = (/** @type {Axis} */ x, /** @type {Axis} */ y) => {
  const bottom = TOP + HEIGHT;
  const line = (/** @type {Record<string, string | number>} */ ends) =>
    svgElement("line", { stroke: "currentColor", ...ends });
  const parts = [line({ x1: xOf(-0.0001 - MARGIN / 872), x2: "100%", y1: bottom, y2: bottom })];
  for (const [along, text] of x.scale.ticks) {
    const at = xOf(partOf(x, along));
    parts.push(
      line({ x1: at, x2: at, y1: bottom, y2: bottom + 4 }),
      svgElement("text", { x: at, y: bottom + 17, "text-anchor": "middle" }, text),
    );
  }
  for (const [along, text] of y.scale.ticks) {
    const at = yOf(partOf(y, along));
    parts.push(
      line({ x1: `${LEFT / 10}%`, x2: "100%", y1: at, y2: at, "stroke-opacity": 0.2 }),
      svgElement("text", { x: `${(LEFT - 8) / 10}%`, y: at + 4, "text-anchor": "end" }, text),
    );
  }
  parts.push(
    svgElement("text", { class: "quiet", x: 0, y: 12 }, y.title),
    svgElement("text", { class: "quiet", x: "100%", y: bottom + 36, "text-anchor": "end" }, x.title),
  );
  return svgElement("g", { class: "axis" }, ...parts);
};

/** What is said of an area: both scores, with their ranks. */
const about = (/** @type {any[]} */ [name, , , , cells], /** @type {Axis[]} */ axes) =>
  `${name}: ${axes.map(({ at, name: of }) => {
    const [rank, score] = cells[at];
    return score ? `${of} ${score} (${rank})` : `${of}: ${rank}`;
  }).join("; ")}`;

const chartOf = (/** @type {any} */ data, /** @type {Axis} */ x, /** @type {Axis} */ y) => {
  const dots = [];
  for (const [code, one] of Object.entries(data.areas)) {
    const [own, other] = [one[4][x.at], one[4][y.at]];
    if (!own[1] || !other[1]) continue;
    const chosen = code === area.value;
    const place = { cx: xOf(partOf(x, own[3])), cy: yOf(partOf(y, other[3])).toFixed(1) };
    const dot = svgElement(
      "circle",
      { class: `shape level-${own[2] ?? "none"}${chosen ? " chosen" : ""}`, ...place, r: chosen ? 9 : 4,
        "data-code": code },
      svgElement("title", {}, about(one, [x, y])),
    );
    // The chosen one lies over the others, and is named.
    if (!chosen) dots.unshift(dot);
    else {
      const right = partOf(x, own[3]) > 0.7;
      const name = svgElement("text", {
        class: "halo", x: place.cx, y: Number(place.cy) + 5, dx: right ? -14 : 14,
        "text-anchor": right ? "end" : "start", "font-size": 15, "font-weight": 700, stroke: "none",
      }, one[0]);
      dots.push(dot, name);
    }
  }
  return svgElement(
    "svg",
    {
      class: "chart scatter", width: "100%", height: TOP + HEIGHT + BELOW, role: "group",
      "aria-label": `${x.name}, ${y.name}`, "font-size": 12, fill: "currentColor",
    },
    frameOf(x, y), svgElement("g", { stroke: "currentColor", "stroke-width": 0.8 }, ...dots),
  );
};

const signed = (/** @type {number | null} */ value) => {
  if (value === null) return relation.dataset.none || "";
  const text = Math.abs(value).toFixed(2);
  return Number(text) ? `${value < 0 ? "\u2212" : "+"}${text}` : text;
};

const fill = (/** @type {string} */ name, /** @type {string} */ text) => {
  const place = relation.querySelector(`[data-${name}]`);
  if (place) place.textContent = text;
};

const show = async () => {
  /** @type {any} */
  let data;
  /** @type {any} */
  let known;
  try {
    [data, known] = await Promise.all(
      [form.dataset.scatter, form.dataset.relations].map((path) => fetchJson(path || "")));
  } catch {
    said.textContent = form.dataset.failed || "";
    return;
  }
  const [x, y] = [axisOf(across, data), axisOf(up, data)];
  const ids = [x, y].map(({ id }) => known.measures.indexOf(id)).sort((a, b) => a - b);
  const [, , count, rho, r] = ids[0] === ids[1]
    ? [0, 0, Object.values(data.areas).filter((one) => one[4][x.at][1]).length, 1, 1]
    : known.pairs.find((/** @type {number[]} */ [a, b]) => a === ids[0] && b === ids[1]);
  figure.querySelector("svg")?.replaceWith(chartOf(data, x, y));
  figure.dataset.title = `${x.name}, ${y.name}`;
  fill("rho", signed(rho));
  fill("r", signed(r));
  fill("count", String(count));
  fill("without", String(Object.keys(data.areas).length - count));
  said.textContent = area.value ? about(data.areas[area.value], [x, y]) : "";
};

const keep = () => {
  const url = new URL(location.href);
  for (const { name, value } of [across, up, area]) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  history.replaceState(history.state, "", url);
};

const start = async () => {
  const asked = new URL(location.href).searchParams;
  for (const select of [across, up]) {
    const wanted = asked.get(select.name);
    if ([...select.options].some(({ value }) => value === wanted)) select.value = wanted || "";
  }
  // Asked for one alone, the other is another.
  if (across.value === up.value && !asked.get("y")) {
    up.selectedIndex = up.selectedIndex ? 0 : 1;
  }
  let data;
  try {
    data = await fetchJson(form.dataset.scatter || "");
  } catch {
    said.textContent = form.dataset.failed || "";
    return;
  }
  const names = Object.entries(data.areas).map(([code, [name]]) => [code, name]);
  names.sort(([, a], [, b]) => a.localeCompare(b));
  area.append(...names.map(([code, name]) => element("option", { value: code }, name)));
  const code = asked.get("area") || "";
  if (data.areas[code]) area.value = code;
  form.addEventListener("change", () => {
    keep();
    show();
  });
  form.hidden = false;
  if (["x", "y", "area"].some((name) => asked.get(name))) await show();
};
form.addEventListener("submit", (e) => e.preventDefault());
start();
