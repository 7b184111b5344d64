/** Legends: the page has that of its own measure, the others are made from their values. */

import { element } from "../lib/elements.js";

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
