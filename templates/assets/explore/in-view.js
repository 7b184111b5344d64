/** What the map shows, as a table: for those who can't see it, and for who wants figures. */

import { element } from "../lib/elements.js";
import { placeIn } from "../lib/rank.js";
import { speak } from "../lib/speak.js";
import { host, part, root } from "./page.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */

const MOST_ROWS = 60;

/**
 * Codes of the areas whose box meets the window, best rank first; of one class, if it is alone.
 * @param {Explorer} explorer
 */
const codesInView = ({ map, layout, codes, measure, scheme, state }) => {
  const bounds = map.getBounds();
  const [west, south, east, north] = [
    bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth(),
  ].map((n) => n * 1000);
  /** @type {number[]} */
  const boxes = layout.boxes;
  const places = measure.ranks.map(placeIn);
  return codes
    .map((_, at) => at)
    .filter((at) => state.class < 0 || parseInt(scheme.levels[at], 36) === state.class)
    .filter((at) => boxes[4 * at] < east && boxes[4 * at + 2] > west &&
      boxes[4 * at + 1] < north && boxes[4 * at + 3] > south)
    .sort((a, b) => (places[a] === places[b] ? 0 : places[a] - places[b]))
    .map((at) => codes[at]);
};

/** @param {Explorer} explorer */
export const drawInView = (explorer) => {
  const holder = part("in-view");
  if (!holder.open) return;
  const codes = codesInView(explorer);
  const rows = codes.slice(0, MOST_ROWS).map((code) => {
    const { at, name, rank, label } = explorer.factsOf(code);
    const link = element("a", { href: `${root}${explorer.data.path}${explorer.data.slugs[at]}/` }, name);
    return element("tr", { "data-code": code }, element("th", { scope: "row" }, link),
      element("td", {}, rank), element("td", {}, label));
  });
  const { areas = "" } = host.dataset;
  const { scheme, state } = explorer;
  const alone = state.class < 0 ? "" : `: ${scheme.classes[state.class][0]}`;
  const counts = { count: codes.length, areas, most: MOST_ROWS };
  const title = codes.length > MOST_ROWS ? speak("%(count)s %(areas)s in view, the first %(most)s below", counts)
    : speak("%(count)s %(areas)s in view", counts);
  const head = element("tr", {}, ...[speak("Name"), speak("Rank"), speak("Class")].map((text) => element("th", { scope: "col" }, text)));
  holder.querySelector("table")?.replaceChildren(
    element("caption", {}, `${title}, ${explorer.measure.edition}${alone}`),
    element("thead", {}, head), element("tbody", {}, ...rows));
};

/** @param {Explorer} explorer */
export const listenToView = (explorer) => {
  part("in-view").addEventListener("toggle", () => drawInView(explorer));
  explorer.map.on("moveend", () => drawInView(explorer));
};
