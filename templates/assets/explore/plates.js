/** What the explorer says of one area: beside the pointer, and as the chosen area's card. */

import { element } from "../lib/elements.js";
import { speak } from "../lib/speak.js";
import { square } from "./legend.js";
import { part } from "./page.js";
import { drawStrip } from "./strip.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */

/**
 * @param {Explorer} explorer
 * @param {string} first
 * @param {{ level: number, label: string }} found
 */
const lines = (explorer, first, { level, label }) => {
  const shown = [element("p", { class: "rank" }, first[0].toUpperCase() + first.slice(1))];
  if (level >= 0) shown.push(element("p", {}, square(explorer.ramp[level]), label));
  return shown;
};

/**
 * @param {Explorer} explorer
 * @param {string} code
 */
const figureLines = (explorer, code) => {
  const facts = explorer.factsOf(code);
  return lines(explorer, facts.rank + (facts.score ? `, ${facts.score}` : ""), facts);
};

/** @param {Explorer} explorer */
export const drawHover = (explorer) => {
  const { hovered, state } = explorer;
  const plate = part("hover");
  const known = hovered && (hovered.layer === "groups" || explorer.knows(hovered.id));
  plate.hidden = !known || hovered.id === state.area;
  if (!known) return;
  const { layer, id } = hovered;
  const group = explorer.groupOf(id);
  const shown = layer === "groups" ? lines(explorer, group.text, group) : figureLines(explorer, id);
  const { name } = layer === "groups" ? group : explorer.factsOf(id);
  plate.replaceChildren(element("b", {}, name), ...shown);
};

/** @param {Explorer} explorer */
export const drawCard = (explorer) => {
  const { state, measure } = explorer;
  const card = part("card");
  card.hidden = !state.area;
  if (!state.area) return;
  const { name, group, href } = explorer.factsOf(state.area);
  const link = element("a", { href }, speak("All about %(name)s", { name }));
  const close = element("button", { type: "button", class: "leave", "aria-label": speak("Close %(name)s", { name }) }, "×");
  close.addEventListener("click", () => {
    explorer.choose("");
    explorer.map.getCanvas().focus();
  });
  const strip = drawStrip(explorer, state.area);
  card.replaceChildren(
    element("h2", {}, name),
    element("p", { class: "quiet" }, [group, measure.edition].filter(Boolean).join(" · ")),
    ...figureLines(explorer, state.area), ...(strip ? [strip] : []), link, close);
};
