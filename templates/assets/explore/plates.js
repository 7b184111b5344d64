/** What the explorer says of one area: beside the pointer, and as the chosen area's card. */

import { element } from "../lib/elements.js";
import { speak } from "../lib/speak.js";
import { square } from "./legend.js";
import { part, root } from "./page.js";
import { drawStrip } from "./strip.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */

/**
 * @param {Explorer} explorer
 * @param {string} code
 */
const figureLines = (explorer, code) => {
  const { rank, score, level, label } = explorer.factsOf(code);
  const first = rank[0].toUpperCase() + rank.slice(1) + (score ? `, ${score}` : "");
  const lines = [element("p", { class: "rank" }, first)];
  if (level >= 0) lines.push(element("p", {}, square(explorer.ramp[level]), label));
  return lines;
};

/** @param {Explorer} explorer */
export const drawHover = (explorer) => {
  const { hovered, state } = explorer;
  const plate = part("hover");
  plate.hidden = !hovered || hovered === state.area;
  if (!hovered) return;
  const name = element("b", {}, explorer.factsOf(hovered).name);
  plate.replaceChildren(name, ...figureLines(explorer, hovered));
};

/** @param {Explorer} explorer */
export const drawCard = (explorer) => {
  const { state, data, measure } = explorer;
  const card = part("card");
  card.hidden = !state.area;
  if (!state.area) return;
  const { at, name, group } = explorer.factsOf(state.area);
  const link = element("a", { href: `${root}${data.path}${data.slugs[at]}/` }, speak("All about %(name)s", { name }));
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
