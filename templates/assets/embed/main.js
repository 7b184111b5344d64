/**
 * A map alone, in a frame of another site: a drawing of links, until the reader turns to it;
 * only then the scripts that move it are fetched.  The address may ask for another edition or
 * layout, and for light or dark colours.
 */

import { element, swatch } from "../lib/elements.js";

/** @param {string} src */
const load = (src) =>
  new Promise((done, failed) => {
    const script = element("script", { src });
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });

const WAKING = ["pointerover", "focusin", "touchstart"];

const enliven = async () => {
  for (const name of WAKING) document.removeEventListener(name, enliven);
  const { leaflet, leafletStyle, map, pageMap } = document.body.dataset;
  const style = element("link", { rel: "stylesheet", href: leafletStyle || "" });
  document.head.prepend(style);
  await Promise.all([
    new Promise((done) => style.addEventListener("load", done)),
    load(leaflet || ""),
  ]);
  await load(map || "");
  await load(pageMap || "");
};

/**
 * Light or dark whatever the reader's device wants: the rules of the style sheets are switched.
 * @param {string} theme
 */
const useTheme = (theme) => {
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSMediaRule) || !rule.conditionText.includes("prefers-color-scheme")) continue;
      rule.media.mediaText = rule.conditionText.includes(theme) ? "all" : "not all";
    }
  }
  document.documentElement.style.colorScheme = theme;
};

/** The words and the key follow the edition. */
document.addEventListener("atlas:measure", (e) => {
  const { facts } = /** @type {CustomEvent} */ (e).detail;
  const { edition, legend } = facts.values;
  const frame = /** @type {HTMLElement} */ (document.querySelector(".map-frame"));
  const line = document.querySelector("h1 .quiet");
  if (line && frame.dataset.view === "neighbourhood") {
    const [rank] = facts.about(frame.dataset.here || "").text.split(", ");
    line.textContent = `${rank}, ${edition}`;
  }
  const words = document.querySelector(".map-caption");
  if (words) words.textContent = [legend.title, legend.unit].filter(Boolean).join(", ");
  const rows = legend.rows.map((/** @type {[string, string]} */ [level, label]) =>
    element("li", {}, swatch(level), label));
  document.querySelector(".key")?.replaceChildren(...rows);
});

const asked = new URLSearchParams(location.search);
const theme = asked.get("theme") || "";
if (["light", "dark"].includes(theme)) useTheme(theme);
if (asked.has("edition") || asked.has("layout")) enliven();
else for (const name of WAKING) document.addEventListener(name, enliven, { passive: true });
