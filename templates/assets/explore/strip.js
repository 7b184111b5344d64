/** Where one area stands among all: a tick for each place that is taken, the best on the right. */

import { svgElement } from "../lib/elements.js";
import { speak } from "../lib/speak.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */

const WIDTH = 320;
const EDGE = 6;
const MOST = 1000;

/**
 * @param {Explorer} explorer
 * @param {string} code
 * @returns {SVGElement | null} nothing for an area that has no place
 */
export const drawStrip = (explorer, code) => {
  const { scheme, ramp } = explorer;
  const { place, rank } = explorer.factsOf(code);
  if (place < 0) return null;
  const x = (/** @type {number} */ at) => (EDGE + (at / MOST) * (WIDTH - 2 * EDGE)).toFixed(1);
  const ticks = ramp.map((stroke, level) => {
    /** @type {number[]} thousandths of the way to the best */
    const taken = scheme.ticks[level];
    return svgElement("path", { stroke, d: taken.map((at) => `M${x(at)} 10v14`).join("") });
  });
  const label = speak("%(rank)s: its place among all, the best on the right", { rank });
  return svgElement(
    "svg",
    { class: "explore-strip", viewBox: `0 0 ${WIDTH} 32`, role: "img", "aria-label": label },
    ...ticks,
    svgElement("path", { class: "own", "data-place": place, d: `M${x(place)} 7v20` }),
    svgElement("path", { class: "mark", d: `M${x(place)} 8l-5-8h10z` }),
  );
};
