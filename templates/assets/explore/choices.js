/** The explorer's panel: selects and what a choice does, the tick for outlines, search, zoom, folding. */

import { withThousands } from "../lib/numbers.js";
import { speak } from "../lib/speak.js";
import { zoomBy } from "./camera.js";
import { dark, host, part, say } from "./page.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */

const selects = () =>
  /** @type {HTMLSelectElement[]} */ ([...host.querySelectorAll("select[data-choice]")]);

/** @param {Explorer} explorer */
export const fillChoices = ({ state, data }) => {
  for (const choice of selects()) {
    const key = choice.dataset.choice || "";
    if (key !== "scheme") choice.value = state[key];
  }
  const tick = part("outlines");
  if (tick) tick.checked = state.outlines;
  const measures = /** @type {string[][]} */ (data.measures);
  for (const option of part("indicator").options) {
    option.disabled = !measures.some((m) => m[1] === state.edition && m[2] === option.value);
  }
};

/** @param {Explorer} explorer */
export const fillSchemes = ({ measure, scheme }) => {
  const select = part("scheme");
  const schemes = /** @type {{ id: string, name: string }[]} */ (measure.schemes);
  select.replaceChildren(...schemes.map(({ id, name }) => new Option(name, id)));
  select.value = scheme.id;
  select.disabled = schemes.length < 2;
};

/**
 * What a choice in the panel does.
 * @param {Explorer} explorer
 * @param {string} key
 * @param {any} value
 */
const change = async (explorer, key, value) => {
  const { state } = explorer;
  explorer.touched = true;
  if (key === "layout") {
    explorer.hover(null);
    explorer.markChosen(false);
  }
  state[key] = value;
  if (key === "scheme") explorer.useScheme(value);
  if (key === "edition" || key === "indicator") {
    const turn = explorer.turn + 1;
    try {
      await explorer.loadMeasure();
    } catch {
      if (turn !== explorer.turn) return;
      Object.assign(state, explorer.shown);
      fillChoices(explorer);
      say(speak("These figures could not be loaded."));
      return;
    }
    if (turn !== explorer.turn) return; // another was chosen meanwhile
    fillChoices(explorer);
  }
  if (["edition", "indicator", "scheme"].includes(key)) state.class = -1;
  explorer.apply();
  if (key === "layout" && state.area) explorer.flyToArea(state.area);
  await explorer.look(); // the map may have been moved meanwhile
  const { measure, scheme } = explorer;
  say(speak("%(title)s, %(scheme)s: %(classes)s classes, %(known)s %(areas)s known", {
    title: measure.title, scheme: scheme.name, classes: scheme.classes.length,
    known: withThousands(measure.known), areas: host.dataset.areas,
  }));
};

/** @param {Explorer} explorer */
export const listenToChoices = (explorer) => {
  for (const choice of selects()) {
    choice.addEventListener("change", () => change(explorer, choice.dataset.choice || "", choice.value));
  }
  part("outlines")?.addEventListener("change", (/** @type {any} */ e) =>
    change(explorer, "outlines", e.target.checked));
  part("legend").addEventListener("click", (/** @type {any} */ e) => {
    const button = e.target.closest("button[data-level]");
    if (button) explorer.showAlone(Number(button.dataset.level));
  });
  for (const button of host.querySelectorAll("[data-zoom]")) {
    const { zoom } = /** @type {HTMLElement} */ (button).dataset;
    button.addEventListener("click", () => zoomBy(explorer, zoom || ""));
  }
  const fold = /** @type {HTMLElement} */ (host.querySelector(".explore-fold"));
  fold.addEventListener("click", () => foldChoices(!host.classList.contains("folded")));
  dark.addEventListener("change", () => explorer.repaint());
  listenToSearch(explorer);
};

/**
 * On a phone the choices are a sheet that opens over some of the map; folded, it is the legend alone.
 * @param {boolean} folded
 */
export const foldChoices = (folded) => {
  host.classList.toggle("folded", folded);
  const fold = /** @type {HTMLElement} */ (host.querySelector(".explore-fold"));
  fold.setAttribute("aria-expanded", String(!folded));
  fold.textContent = folded ? speak("Show choices") : speak("Hide choices");
};

/** @param {Explorer} explorer */
const listenToSearch = (explorer) => {
  const text = part("text");
  const address = (/** @type {{ href: string }} */ entry) => new URL(entry.href, location.href).href;
  window.atlas.combobox(
    text, part("list"), part("found"),
    async (/** @type {string} */ typed) => {
      const answer = await window.atlas.answer(typed, 40);
      const entries = (Array.isArray(answer) ? answer : answer.entries)
        .filter((/** @type {any} */ entry) => entry.fill || explorer.known.keyOf(address(entry)))
        .slice(0, 8);
      return Array.isArray(answer) ? entries : { ...answer, entries };
    },
    (/** @type {any} */ entry) => {
      explorer.touched = true;
      text.value = entry.text;
      explorer.chooseFound(explorer.known.keyOf(address(entry)), { fly: true, focus: true });
    },
  );
};
