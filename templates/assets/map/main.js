/** What folium's layer of areas calls: atlas.areas(map, config). */

import { AreaMap } from "./area-map.js";
import { offerEmbedding } from "./embed-code.js";
import { Ranking } from "./ranking.js";

/** What the page says of its own map, beside what all maps of the site share. */
const pageConfig = (/** @type {HTMLElement} */ frame) => {
  const { root, view, here, measure, values } = frame.dataset;
  return {
    root: root || "",
    view: view || "",
    here: (here || "").split(" ").filter(Boolean),
    ...(measure && { measure }),
    ...(measure && values && { measures: { [measure]: values } }),
  };
};

window.atlas = window.atlas || {};
window.atlas.areas = (/** @type {any} */ map, /** @type {any} */ shared) =>
  new AreaMap(map, { ...shared, ...pageConfig(map.getContainer()) });

for (const figure of document.querySelectorAll("figure.map")) {
  offerEmbedding(/** @type {HTMLElement} */ (figure));
}
const list = document.querySelector(".ranking:has(select)");
if (list instanceof HTMLElement) new Ranking(list);
