/**
 * A map alone, in a frame of another site: a drawing of links, until the reader turns to it;
 * only then the scripts that move it are fetched.
 */

import { element } from "../lib/elements.js";

/** @param {string} src */
const load = (src) =>
  new Promise((done, failed) => {
    const script = element("script", { src });
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });

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

const WAKING = ["pointerover", "focusin", "touchstart"];
for (const name of WAKING) document.addEventListener(name, enliven, { passive: true });
