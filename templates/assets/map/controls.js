/** Buttons, the line about keys, and the voice of a map: made here, unless a theme's page has them. */

import { element, svgElement } from "../lib/elements.js";
import { speak } from "../lib/speak.js";

/**
 * @param {string} zoom
 * @param {string} label
 * @param {string | Node} sign
 */
const button = (zoom, label, sign) =>
  element("button", { type: "button", "data-zoom": zoom, "aria-label": label }, sign);

const corners = () =>
  svgElement(
    "svg", { viewBox: "0 0 16 16", "aria-hidden": "true" },
    svgElement("path", { d: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" }),
  );

/**
 * @param {HTMLElement} frame
 * @param {HTMLElement} stage
 */
export const findControls = (frame, stage) => {
  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement | null} */ (stage.querySelector(selector));
  if (!find(".map-tools")) {
    stage.append(
      element(
        "div", { class: "map-tools" },
        button("in", speak("Zoom in"), "+"),
        button("out", speak("Zoom out"), "−"),
        button("reset", speak("Show the whole map again"), corners()),
      ),
      element(
        "p", { class: "map-keys", id: `${frame.id}-keys` },
        speak("Arrow keys go from one to the next, Enter opens its page, Escape leaves it, + and − zoom."),
      ),
      element("p", { class: "unseen", id: `${frame.id}-said`, role: "status" }),
    );
  }
  for (const part of stage.querySelectorAll(".map-tools, .map-keys")) {
    part.removeAttribute("hidden");
  }
  frame.classList.add("map-live");
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-roledescription", speak("map"));
  frame.setAttribute("aria-describedby", `${frame.id}-keys`);
  if (document.getElementById(`${frame.id}-caption`)) {
    frame.setAttribute("aria-labelledby", `${frame.id}-caption`);
  }
  return {
    tools: /** @type {HTMLElement} */ (find(".map-tools")),
    said: /** @type {HTMLElement} */ (find("[role=status]")),
  };
};

const hatching = () =>
  svgElement(
    "pattern",
    { width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svgElement("path", { class: "hatch-ground", d: "M0 0h6v6h-6z" }),
    svgElement("path", { class: "hatch-line", d: "M0 0v6" }),
  );

/**
 * The hatching in the units of the screen: the drawing's own, which only one with areas without a
 * class has, is in those of its view box.
 * @param {SVGSVGElement} svg
 * @param {HTMLElement} stage
 * @param {string} id
 */
export const addHatching = (svg, stage, id) => {
  const pattern = hatching();
  pattern.id = id;
  const holder = /** @type {SVGSVGElement} */ (svg.cloneNode(false));
  for (const name of ["viewBox", "role", "aria-label"]) holder.removeAttribute(name);
  holder.setAttribute("class", "map-defs");
  holder.setAttribute("aria-hidden", "true");
  holder.append(pattern);
  stage.append(holder);
};
