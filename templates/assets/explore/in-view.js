/** What the map shows, as a table: for those who can't see it, and for who wants figures. */

import { element } from "../lib/elements.js";
import { withThousands } from "../lib/numbers.js";
import { placeIn } from "../lib/rank.js";
import { speak } from "../lib/speak.js";
import { overlap } from "./known.js";
import { host, part } from "./page.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */
/** @typedef {{ id: string, name: string, href: string, text: string, label: string, order: number }} Row */

const MOST_ROWS = 60;

/**
 * The areas whose box meets the window, best rank first; of one class, if it is alone.
 * @param {Explorer} explorer
 * @returns {Row[]}
 */
const areasInView = (explorer) => {
  const { known, inView, state, view } = explorer;
  return inView.flatMap((number) => known.parts.get(number)?.codes || [])
    .map((code) => ({ code, ...explorer.factsOf(code) }))
    .filter(({ level, box }) => (state.class < 0 || level === state.class) && overlap(box, view))
    .map(({ code, name, href, rank, label }) => (
      { id: code, name, href, text: rank, label, order: placeIn(rank) }));
};

/**
 * The same of the groups that stand for their areas, best median first.
 * @param {Explorer} explorer
 * @returns {Row[]}
 */
const groupsInView = (explorer) => {
  const { data, state, view } = explorer;
  return data.groups.map((/** @type {string[]} */ [, id]) => ({ id, ...explorer.groupOf(id) }))
    .filter((/** @type {any} */ { level, box }) =>
      (state.class < 0 || level === state.class) && overlap(box, view))
    .map((/** @type {any} */ group) => ({ ...group, order: -group.place }));
};

/** @param {Explorer} explorer */
export const drawInView = (explorer) => {
  const holder = part("in-view");
  if (!holder.open) return;
  const { data, measure, scheme, showsAreas, state } = explorer;
  const found = showsAreas ? areasInView(explorer) : groupsInView(explorer);
  found.sort((a, b) => (a.order === b.order ? 0 : a.order - b.order));
  const rows = found.slice(0, MOST_ROWS).map(({ id, name, href, text, label }) =>
    element("tr", { "data-code": id }, element("th", { scope: "row" }, element("a", { href }, name)),
      element("td", {}, text), element("td", {}, label)));
  const areas = showsAreas ? host.dataset.areas || "" : data.kind[1];
  const alone = state.class < 0 ? "" : `: ${scheme.classes[state.class][0]}`;
  const counts = { count: withThousands(found.length), areas, most: MOST_ROWS };
  const title = found.length > MOST_ROWS ? speak("%(count)s %(areas)s in view, the first %(most)s below", counts)
    : speak("%(count)s %(areas)s in view", counts);
  const columns = [speak("Name"), showsAreas ? speak("Rank") : speak("Median"), speak("Class")];
  const head = element("tr", {}, ...columns.map((text) => element("th", { scope: "col" }, text)));
  holder.querySelector("table")?.replaceChildren(
    element("caption", {}, `${title}, ${measure.edition}${alone}`),
    element("thead", {}, head), element("tbody", {}, ...rows));
};

/** @param {Explorer} explorer */
export const listenToView = (explorer) => {
  part("in-view").addEventListener("toggle", () => drawInView(explorer));
};
