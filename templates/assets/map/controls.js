/** Buttons, the line about keys, and the voice of a map: from the page, or made for a map alone. */

import { element } from "../lib/elements.js";
import { speak } from "../lib/speak.js";

/**
 * @param {string} zoom
 * @param {string} label
 * @param {string} text
 */
const button = (zoom, label, text) =>
  element("button", { type: "button", "data-zoom": zoom, "aria-label": label }, text);

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
        button("reset", speak("Show the whole map again"), "↺"),
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

/**
 * The hatching in the units of the screen; the drawing's own is in those of its view box.
 * @param {SVGSVGElement} svg
 * @param {HTMLElement} stage
 * @param {string} id
 */
export const addHatching = (svg, stage, id) => {
  const pattern = svg.querySelector("pattern")?.cloneNode(true);
  if (!(pattern instanceof Element)) return;
  pattern.id = id;
  const holder = /** @type {SVGSVGElement} */ (svg.cloneNode(false));
  for (const name of ["viewBox", "role", "aria-label"]) holder.removeAttribute(name);
  holder.setAttribute("class", "map-defs");
  holder.setAttribute("aria-hidden", "true");
  holder.append(pattern);
  stage.append(holder);
};
