/** An input with a list of suggestions, by keyboard, pointer and screen reader (ARIA 1.2). */

import { speak, speakCount } from "../lib/speak.js";
import { loadNames } from "./names.js";
import { plain } from "./text.js";

/**
 * @typedef {{ text: string, note: string, href?: string, fill?: string, [more: string]: any }} Option
 * @typedef {{ entries: Option[], said: string, visible?: boolean }} Results
 */

/**
 * Makes an input a combobox with a list of suggestions and a place where their number is said.
 * `find` answers a text with entries, best first, alone or with what is to be said; `choose`
 * takes one.  Entries with `fill` put that text into the field instead.
 * @param {HTMLInputElement} input
 * @param {HTMLElement} list
 * @param {HTMLElement} said
 * @param {(text: string) => Promise<Option[] | Results>} find
 * @param {(entry: Option) => void} choose
 * @param {(text: string) => void} miss hears what was sent off and has no answer
 */
export const combobox = (input, list, said, find, choose, miss = () => {}) => {
  /** @type {Option[]} */
  let found = [];
  let active = -1;
  /** @type {Promise<void> | null} */
  let asking = null;
  const form = /** @type {HTMLFormElement} */ (input.form);

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    form.classList.remove("answered");
  };

  const mark = (/** @type {number} */ at) => {
    active = at;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };

  const take = (/** @type {Option} */ entry) => {
    if (entry.fill) {
      input.value = entry.fill;
      input.focus();
      show();
      return;
    }
    close();
    choose(entry);
  };

  const optionOf = (/** @type {Option} */ { text, note }, /** @type {number} */ at) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${at}`;
    item.setAttribute("role", "option");
    const small = document.createElement("small");
    small.textContent = note;
    item.append(text, " ", small);
    return item;
  };

  const ask = async () => {
    const asked = input.value;
    let results;
    try {
      results = await find(asked);
    } catch {
      if (asked !== input.value) return;
      found = [];
      close();
      said.textContent = speak("The names could not be loaded");
      said.classList.remove("unseen");
      return;
    }
    if (asked !== input.value) return;
    found = Array.isArray(results) ? results : results.entries;
    list.replaceChildren(...found.map(optionOf));
    // What isn't a place stands apart from the places.
    const apart = found.findIndex(({ kind }) => kind);
    if (apart > 0) list.children[apart].classList.add("apart");
    if (!plain(asked)) {
      close();
      said.textContent = "";
      return;
    }
    list.hidden = !found.length;
    form.classList.add("answered");
    input.setAttribute("aria-expanded", String(found.length > 0));
    mark(-1);
    const counted = speakCount("%(n)s suggestion", "%(n)s suggestions", found.length);
    said.textContent = (Array.isArray(results) ? "" : results.said) ||
      (found.length ? counted : speak("No such name"));
    // What the list doesn't show is shown.
    const visible = !found.length || (!Array.isArray(results) && results.visible);
    said.classList.toggle("unseen", !visible);
  };
  const show = () => {
    asking = ask();
    return asking;
  };

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.addEventListener("focus", () => loadNames().catch(() => {}), { once: true });
  input.addEventListener("input", show);
  input.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    const last = found.length - 1;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.hidden) {
        show();
        return;
      }
      const down = e.key === "ArrowDown";
      mark(down ? (active === last ? 0 : active + 1) : active <= 0 ? last : active - 1);
    } else if ((e.key === "Home" || e.key === "End") && active >= 0) {
      e.preventDefault();
      mark(e.key === "Home" ? 0 : last);
    } else if (e.key === "Escape" && form.classList.contains("answered")) {
      e.preventDefault();
      close();
    } else if (e.key === "Enter" && input.value.trim()) {
      e.preventDefault();
      submit();
    }
  });
  /** Takes what is marked, or else the first answer, when it is there. */
  const submit = async () => {
    if (!asking || !form.classList.contains("answered")) show();
    await asking;
    if (found.length) take(found[Math.max(active, 0)]);
    else if (input.value.trim()) miss(input.value.trim());
  };
  form.addEventListener("submit", (e) => {
    e.preventDefault(); // nothing that is typed goes into an address
    submit();
  });
  list.addEventListener("pointerdown", (e) => e.preventDefault()); // keeps the focus in the field
  list.addEventListener("click", (e) => {
    const item = /** @type {Element} */ (e.target).closest("li");
    const at = item ? [...list.children].indexOf(item) : -1;
    if (at >= 0) take(found[at]);
  });
  form.addEventListener("focusout", (e) => {
    if (!form.contains(/** @type {Node | null} */ (e.relatedTarget))) close();
  });
};
