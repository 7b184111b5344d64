/** Legends: the page has that of its own measure, the others are made from their values. */

import { element } from "../lib/elements.js";
import { overMap } from "./names.js";

const BESIDE_PX = 8;

/**
 * A legend that lies over the map covers no area: the map makes room beside it, or, where it has
 * none, the legend stands below.
 * @param {import("./area-map.js").AreaMap} areaMap
 */
export const makeRoom = ({ figure, frame, stage, map, canvas }) => {
  const names = /** @type {SVGElement | null} */ (frame.querySelector(".map-labels"));
  figure.classList.remove("legend-below");
  names?.style.removeProperty("translate");
  const [legend] = overMap({ frame, stage }, ".map-legends");
  if (!legend || !canvas.areas.size) return;
  const boxes = [...canvas.areas.values()].map(({ polygon }) => {
    const bounds = polygon.getBounds();
    const { x: left, y: top } = map.latLngToContainerPoint(bounds.getNorthWest());
    const { x: right, y: bottom } = map.latLngToContainerPoint(bounds.getSouthEast());
    return { left, top, right, bottom };
  });
  const covered = boxes.some((box) => box.left < legend.right && box.right > legend.left &&
    box.top < legend.bottom && box.bottom > legend.top);
  if (!covered) return;
  const others = overMap({ frame, stage }, ".map-tools, .map-inset").map((box) => box.left);
  const room = Math.min(frame.clientWidth, ...others) - BESIDE_PX;
  const shift = legend.right + BESIDE_PX - Math.min(...boxes.map((box) => box.left));
  if (Math.max(...boxes.map((box) => box.right)) + shift > room) {
    figure.classList.add("legend-below");
    return;
  }
  map.panBy([-shift, 0], { animate: false });
  names?.style.setProperty("translate", `${shift}px`); // those of the page go with the areas
};

/**
 * @param {HTMLElement} figure
 * @param {any} values
 * @param {number | string | null} own the class of the page's area
 */
export const showLegend = (figure, values, own) => {
  const tables = /** @type {HTMLTableElement[]} */ ([...figure.querySelectorAll(".legend")]);
  if (!tables.length) return;
  let shown = tables.find((table) => table.dataset.measure === values.id);
  if (!shown) {
    shown = makeLegend(tables[0], values, own);
    tables[tables.length - 1].after(shown);
  }
  for (const table of [...tables, shown]) table.hidden = table !== shown;
};

/**
 * @param {HTMLTableElement} like
 * @param {any} values
 * @param {number | string | null} own
 */
const makeLegend = (like, { id, legend: { title, unit, rows } }, own) => {
  const table = /** @type {HTMLTableElement} */ (like.cloneNode(true));
  table.dataset.measure = id;
  table.caption?.replaceChildren(title, unit ? `, ${unit}` : "");
  table.tBodies[0].replaceChildren(
    ...rows.map((/** @type {[string, string, string, number]} */ [level, label, range, count]) =>
      element(
        "tr", `${level}` === `${own}` ? { class: "marked" } : {},
        element("th", { scope: "row", class: `level-${level}` }, label),
        element("td", { class: "num" }, range),
        element("td", { class: "num" }, String(count)),
      )),
  );
  return table;
};

/**
 * The caption and the note that go with a choice.
 * @param {HTMLElement} figure
 * @param {string} name
 * @param {string} id
 */
export const showWords = (figure, name, id) => {
  const choice = figure.querySelector(`[name=${name}][value="${CSS.escape(id)}"]`);
  if (!(choice instanceof HTMLInputElement)) return;
  for (const part of ["caption", "note"]) {
    const place = figure.querySelector(`.map-${part}`);
    if (place && choice.dataset[part]) place.textContent = choice.dataset[part] || "";
  }
};
