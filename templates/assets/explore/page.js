/** The explorer's place in the page: its parts, its words, and what the reader prefers. */

import { speak } from "../lib/speak.js";

export const host = /** @type {HTMLElement} */ (document.getElementById("explorer"));

/**
 * @param {string} name
 * @returns {any}
 */
export const part = (name) => document.getElementById(`explore-${name}`);

export const root = new URL(document.documentElement.dataset.root || ".", location.href).href;
export const still = matchMedia("(prefers-reduced-motion: reduce)");
/** Where the panel is a sheet below the map, in a window that doesn't scroll. */
export const narrow = matchMedia("(max-width: 59.99em) and (min-height: 34.01em)");
export const dark = matchMedia("(prefers-color-scheme: dark)");

/** @param {string} text */
export const say = (text) => {
  part("said").textContent = text;
};

/**
 * What can't be shown is said, and the static map and the links stay.
 * @param {string} text
 */
export const fail = (text) => {
  const problem = part("problem");
  problem.textContent = `${text} ${speak("The map here stands still; every figure is on the pages below.")}`;
  problem.hidden = false;
  host.classList.remove("ready");
  host.classList.add("failed");
  part("fallback").hidden = false;
  part("body").hidden = true;
  for (const hidden of host.querySelectorAll(".map-tools, .explore-fold")) {
    hidden.setAttribute("hidden", "");
  }
};
