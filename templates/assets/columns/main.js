/**
 * Columns of the reader's choice in the table of all areas.  Which ones stands in the address, in
 * the order in which they were chosen: ?columns=gcse,wages.
 */

import { element } from "../lib/elements.js";
import { fetchJson } from "../lib/json.js";
import { placeIn } from "../lib/rank.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-columns]"));
const table = /** @type {HTMLTableElement} */ (document.querySelector("table[data-sortable]"));
const said = /** @type {HTMLElement} */ (form.querySelector("output"));
const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[type=checkbox]")]);
const head = /** @type {HTMLTableRowElement} */ (table.tHead?.rows[0]);
const body = table.tBodies[0];

const shown = () => [...head.cells].filter((cell) => cell.dataset.name);

/** An area in one measure: its score with its rank below, or why there is neither. */
const cellOf = (/** @type {boolean} */ down, /** @type {any[] | undefined} */ cell) => {
  const [rank = "", score, level] = cell || [];
  if (level === undefined) {
    return element("td", { class: "num quiet", "data-sort": "" }, rank);
  }
  // In the order of the values: ranks know what rounded scores don't.
  const place = placeIn(rank) * (down ? 1 : -1);
  const name = `num class level-${level ?? "none"}`;
  const note = score ? [element("span", { class: "note" }, rank)] : [];
  return element("td", { class: name, "data-sort": place }, score || rank, ...note);
};

const add = (/** @type {HTMLInputElement} */ box, /** @type {any} */ data) => {
  const at = data.measures.findIndex((/** @type {any} */ { id }) => id === box.value);
  const label = box.parentElement?.textContent?.trim() || box.name;
  const { down } = data.measures[at];
  const first = down ? "ascending" : "descending";
  const title = element(
    "th", { scope: "col", class: "num", "data-name": box.name, "data-first": first }, label,
  );
  head.append(title);
  for (const row of body.rows) {
    row.append(cellOf(down, data.areas[row.dataset.code || ""]?.[4][at]));
  }
  return title;
};

const remove = (/** @type {string} */ name) => {
  const at = [...head.cells].findIndex((cell) => cell.dataset.name === name);
  for (const row of [head, ...body.rows]) row.cells[at].remove();
};

const keep = () => {
  const url = new URL(location.href);
  const names = shown().map(({ dataset }) => dataset.name).join(",");
  url.searchParams.delete("columns");
  const rest = url.searchParams.toString();
  // Commas stay commas.
  url.search = [rest, names && `columns=${names}`].filter(Boolean).join("&");
  history.replaceState(history.state, "", url);
};

/** Makes the table have the columns that are chosen. */
const follow = async () => {
  const wanted = boxes.filter((box) => box.checked);
  /** @type {HTMLElement[]} */
  let added = [];
  if (wanted.length) {
    /** @type {any} */
    let data;
    try {
      data = await fetchJson(form.dataset.columns || "");
    } catch {
      said.textContent = form.dataset.failed || "";
      for (const box of wanted) box.checked = shown().some((c) => c.dataset.name === box.name);
      return;
    }
    const there = new Set(shown().map(({ dataset }) => dataset.name));
    added = wanted.filter((box) => box.checked && !there.has(box.name))
      .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
      .map((box) => add(box, data));
  }
  said.textContent = "";
  for (const { dataset } of shown()) {
    if (!boxes.some((box) => box.checked && box.name === dataset.name)) remove(dataset.name || "");
  }
  const scroller = table.parentElement;
  if (scroller && shown().length) {
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "region");
    scroller.setAttribute("aria-label", form.dataset.label || "");
  }
  keep();
  table.dispatchEvent(new CustomEvent("atlas:columns", { detail: { added } }));
};

const order = (new URL(location.href).searchParams.get("columns") || "").split(",");
for (const box of boxes) box.checked = order.includes(box.name);
form.addEventListener("change", follow);
form.addEventListener("submit", (e) => e.preventDefault());
form.hidden = false;
if (boxes.some((box) => box.checked)) {
  form.querySelector("details")?.setAttribute("open", "");
  follow();
}
