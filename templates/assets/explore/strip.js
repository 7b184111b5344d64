/** Where one area stands among all: a tick for each, the best on the right. */

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
  const { measure, scheme, ramp } = explorer;
  /** @type {number[]} thousandths of the way to the best, -1 where not known */
  const places = measure.places;
  const own = places[explorer.indexOf(code)];
  if (own < 0) return null;
  const x = (/** @type {number} */ place) => (EDGE + (place / MOST) * (WIDTH - 2 * EDGE)).toFixed(1);
  const ticks = ramp.map((stroke, level) => {
    const members = places.filter((place, at) => place >= 0 && parseInt(scheme.levels[at], 36) === level);
    return svgElement("path", { stroke, d: members.map((place) => `M${x(place)} 10v14`).join("") });
  });
  const rank = measure.ranks[explorer.indexOf(code)];
  const label = speak("%(rank)s: its place among all, the best on the right", { rank });
  return svgElement(
    "svg",
    { class: "explore-strip", viewBox: `0 0 ${WIDTH} 32`, role: "img", "aria-label": label },
    ...ticks,
    svgElement("path", { class: "own", "data-place": own, d: `M${x(own)} 7v20` }),
    svgElement("path", { class: "mark", d: `M${x(own)} 8l-5-8h10z` }),
  );
};
