/** The legend of the explorer: a histogram, and the classes as buttons that show one alone. */

import { element, svgElement } from "../lib/elements.js";
import { withThousands } from "../lib/numbers.js";
import { speak } from "../lib/speak.js";
import { css, mixed } from "./colours.js";
import { host, part } from "./page.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */

const BARS_HEIGHT = 60;

/**
 * A square in one of the chosen palette's colours.
 * @param {string} colour
 */
export const square = (colour) => {
  const node = element("i", { class: "swatch", "aria-hidden": "true" });
  node.style.setProperty("--level", colour);
  return node;
};

/** @param {Explorer} explorer */
export const drawLegend = (explorer) => {
  const { measure, scheme } = explorer;
  const legend = part("legend");
  const { activeElement } = document;
  const focused = activeElement instanceof HTMLElement ? activeElement.dataset.level : undefined;
  const unit = measure.unit ? `${measure.unit[0].toUpperCase()}${measure.unit.slice(1)}. ` : "";
  legend.replaceChildren(
    element("h2", {}, measure.title),
    element("p", { class: "fit" }, unit + speak("Goodness of fit %(gadf)s (GADF; 1 is perfect).", scheme)),
    ...(explorer.showsAreas ? [] : [element("p", { class: "stands" }, standing(explorer))]),
    bars(explorer),
    element("p", { class: "explore-ends" }, ...measure.ends.map(
      (/** @type {string} */ end) => element("span", {}, end))),
    classTable(explorer),
    ...(measure.note ? [element("p", { class: "note" }, measure.note)] : []),
  );
  if (focused !== undefined) legend.querySelector(`[data-level="${focused}"]`)?.focus();
};

/** @param {Explorer} explorer */
const standing = ({ data }) => speak(
  "From afar each %(kind)s has the class of its median; %(areas)s show from near.",
  { kind: data.kind[0], areas: host.dataset.areas });

/** @param {Explorer} explorer */
const classTable = ({ measure, scheme, state, ramp, data }) => {
  const body = element("tbody");
  const rows = /** @type {[string, string, number][]} */ (scheme.classes);
  rows.forEach(([label, range, count], level) => {
    const attributes = { type: "button", "aria-pressed": String(state.class === level), "data-level": level };
    const button = element("button", attributes, square(ramp[level]), label);
    body.prepend(element("tr", {}, element("th", { scope: "row" }, button),
      element("td", { class: "num" }, range), element("td", { class: "num" }, withThousands(count))));
  });
  const missing = data.count - measure.known;
  if (missing) {
    const hatched = element("i", { class: "swatch level-none", "aria-hidden": "true" });
    body.append(element("tr", { class: "level-none" },
      element("th", { scope: "row" }, hatched, measure.missing),
      element("td"), element("td", { class: "num" }, withThousands(missing))));
  }
  const columns = [speak("Class, press to see it alone"), speak("Limits"), host.dataset.areas || ""];
  const head = element("thead", { class: "unseen" }, element("tr", {},
    ...columns.map((text) => element("th", { scope: "col" }, text))));
  return element("table", { class: "explore-classes" },
    element("caption", { class: "unseen" }, `${speak("Classes")}: ${scheme.name}`), head, body);
};

/**
 * @param {number[]} flat
 * @returns {[number, number][]}
 */
const pairs = (flat) => (flat.length ? [[flat[0], flat[1]], ...pairs(flat.slice(2))] : []);

/**
 * Histogram: how many areas have a value in each stretch, in the colours of the classes.
 * @param {Explorer} explorer
 */
const bars = (explorer) => {
  const { measure, scheme, state, ramp } = explorer;
  /** @type {[number, number][][]} class and count */
  const bins = scheme.bars.map((/** @type {number[]} */ bar) => pairs(bar));
  const totals = bins.map((bin) => bin.reduce((sum, [, n]) => sum + n, 0));
  const most = Math.max(...totals, 1);
  const colour = (/** @type {number} */ level) =>
    state.class >= 0 && state.class !== level ? mixed(ramp[level], css("--paper"), 0.75) : ramp[level];
  const shapes = bins.flatMap((bin, x) => {
    let y = BARS_HEIGHT;
    return bin.map(([level, n]) => {
      const height = (n / most) * BARS_HEIGHT;
      y -= height;
      return svgElement("rect", {
        x: x * 10 + 0.5, y: y.toFixed(2), width: 9, height: height.toFixed(2), fill: colour(level),
      });
    });
  });
  const here = state.area ? explorer.factsOf(state.area).bin : -1;
  if (here >= 0) {
    shapes.push(svgElement("path", { class: "mark", d: `M${here * 10 + 5} ${BARS_HEIGHT + 2}l5 9h-10z` }));
  }
  return svgElement("svg", {
    class: "explore-bars", viewBox: "0 0 320 72", preserveAspectRatio: "none", role: "img",
    "aria-label": speak("Histogram of %(known)s values from %(low)s to %(high)s, at most %(most)s in one bar", {
      known: withThousands(measure.known), low: measure.ends[0], high: measure.ends[1], most: withThousands(most),
    }),
  }, svgElement("path", { class: "base", d: `M0 ${BARS_HEIGHT}h320` }), ...shapes);
};
