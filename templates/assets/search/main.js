/** The header's search: names, former councils, codes and postcodes in one field. */

import { combobox } from "./combobox.js";
import { speak } from "../lib/speak.js";
import { findNames } from "./names.js";
import { districtsOf, findPostcode, isLikePostcode, postcodeLicence } from "./postcodes.js";

const MOST_SHOWN = 8;
const licenceNote = document.getElementById("search-licence");

const showLicence = async () => {
  if (!licenceNote || licenceNote.childNodes.length) return;
  const { lines, help } = await postcodeLicence();
  const link = document.createElement("a");
  link.href = help;
  link.textContent = speak("How postcodes are placed");
  licenceNote.replaceChildren(link, `. ${lines.join(". ")}.`);
};

/**
 * What answers a text: names, or areas by postcode.
 * @param {string} typed
 * @param {number} most
 */
const answer = async (typed, most = MOST_SHOWN) => {
  const asked = isLikePostcode(typed) ? await findPostcode(typed) : null;
  licenceNote?.toggleAttribute("hidden", !asked);
  if (!asked) {
    tellPlace(null);
    const named = await findNames(typed, most);
    return named.length < most ? [...named, ...await districtsOf(typed)].slice(0, most) : named;
  }
  showLicence().catch(() => {});
  tellPlace(asked.place || null);
  if (asked.place) {
    const { name, href } = asked.place;
    const own = (await findNames(name || "", most)).find((entry) => entry.href === href);
    if (own) asked.place.note = own.note;
  }
  const names = asked.place ? [] : (await findNames(typed, 3)).filter((entry) =>
    !asked.entries.some(({ href }) => href === entry.href));
  if (!asked.entries.length && names.length) return names;
  return { ...asked, entries: [...asked.entries, ...names].slice(0, most) };
};

/** Tells the page's map which area a postcode lies in; null when it is asked no more. */
const tellPlace = (/** @type {{ text: string, href?: string } | null} */ place) => {
  document.dispatchEvent(new CustomEvent("atlas:place", { detail: place }));
};

window.atlas = window.atlas || {};
window.atlas.speak = speak;
window.atlas.find = findNames;
window.atlas.answer = answer;
window.atlas.combobox = combobox;

const field = document.getElementById("search-text");
const suggestions = document.getElementById("search-list");
const status = document.getElementById("search-said");
if (field instanceof HTMLInputElement && suggestions && status) {
  combobox(field, suggestions, status, (text) => answer(text), (entry) => {
    location.href = entry.href || "";
  });
  const panel = document.getElementById("search");
  panel?.addEventListener("toggle", () => {
    if (panel.matches(":popover-open")) field.focus();
  });
}
