"use strict";
/* The header's search: a combobox over all names and codes, fetched at its first use. */
window.atlas = window.atlas || {};

(() => {
  const MOST = 8;
  const { root, search: file } = document.documentElement.dataset;

  /* Letters and digits of a text, for comparing: no accents, no apostrophes, "and" for "&". */
  const plain = (text) =>
    text.normalize("NFD").replace(/[\u0300-\u036f'’.]/g, "").toLowerCase()
      .replace(/&/g, " and ").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

  /* Steps of one letter (put in, left out, changed, swapped) between two words, up to `most`. */
  const steps = (a, b, most) => {
    let [older, old] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
    for (let i = 1; i <= a.length; i += 1) {
      const row = [i];
      for (let j = 1; j <= b.length; j += 1) {
        const changed = old[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
        row[j] = Math.min(old[j] + 1, row[j - 1] + 1, changed);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          row[j] = Math.min(row[j], older[j - 2] + 1);
        }
      }
      if (Math.min(...row) > most) return most + 1;
      [older, old] = [old, row];
    }
    return old[b.length];
  };

  let entries = null;
  const load = () => {
    entries = entries || fetch(file).then((answer) => answer.json()).then((rows) =>
      rows.map(([text, href, note, keys]) => ({
        text, href: root + href, note, keys: plain(keys || ""), name: plain(text),
      })));
    entries.catch(() => { entries = null; });
    return entries;
  };

  /* How well an entry answers: 0 is best, Infinity not at all. */
  const distance = (entry, query) => {
    const { name, keys } = entry;
    if (name === query) return 0;
    if (name.startsWith(query)) return 1;
    if (` ${name}`.includes(` ${query}`)) return 2;
    const words = name.split(" ");
    if (query.split(" ").every((q) => words.some((word) => word.startsWith(q)))) return 3;
    if (name.includes(query)) return 4;
    if (` ${keys}`.includes(` ${query}`)) return 5;
    const most = query.length < 4 ? 0 : query.length < 7 ? 1 : 2;
    if (!most) return Infinity;
    const parts = [name, ...words, name.slice(0, query.length), name.slice(0, query.length + 1)];
    const least = Math.min(...parts.map((part) => steps(query, part, most)));
    return least <= most ? 5 + least : Infinity;
  };

  /* The entries that answer a text, best first. */
  atlas.find = async (text, most = MOST) => {
    const query = plain(text);
    if (!query) return [];
    const near = (await load())
      .map((entry) => [distance(entry, query), entry])
      .filter(([far]) => far < Infinity)
      .sort(([a, x], [b, y]) => a - b || x.name.localeCompare(y.name));
    // Typing errors are only thought of where nothing fits as typed.
    const exact = near.filter(([far]) => far <= 5);
    return (exact.length ? exact : near).slice(0, most).map(([, entry]) => entry);
  };

  /*
   * Makes an input a combobox (ARIA 1.2) with a list of suggestions and a place where their
   * number is said.  `find` answers a text with entries, best first; `choose` takes one.
   */
  atlas.combobox = (input, list, said, find, choose) => {
    let found = [];
    let active = -1;

    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };

    const mark = (at) => {
      active = at;
      [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
      if (at < 0) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    };

    const take = (entry) => {
      close();
      choose(entry);
    };

    const show = async () => {
      const asked = input.value;
      let results;
      try {
        results = await find(asked);
      } catch {
        close(); // without the list the form still leads to all names
        return;
      }
      if (asked !== input.value) return;
      found = results;
      list.replaceChildren(...found.map(({ text, note }, at) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${at}`;
        item.setAttribute("role", "option");
        const small = document.createElement("small");
        small.textContent = note;
        item.append(text, " ", small);
        return item;
      }));
      if (!plain(asked)) {
        close();
        said.textContent = "";
        return;
      }
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(found.length > 0));
      mark(-1);
      said.textContent = found.length
        ? `${found.length} ${found.length === 1 ? "suggestion" : "suggestions"}`
        : "No such name";
    };

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("focus", () => load().catch(() => {}), { once: true });
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
      } else if (e.key === "Escape" && !list.hidden) {
        e.preventDefault();
        close();
      } else if (e.key === "Enter" && !list.hidden && found.length) {
        e.preventDefault();
        take(found[Math.max(active, 0)]);
      }
    });
    list.addEventListener("pointerdown", (e) => e.preventDefault()); // keeps the focus in the field
    list.addEventListener("click", (e) => {
      const at = [...list.children].indexOf(e.target.closest("li"));
      if (at >= 0) take(found[at]);
    });
    input.form.addEventListener("focusout", (e) => {
      if (!input.form.contains(e.relatedTarget)) close();
    });
  };

  const input = document.getElementById("search-text");
  if (!input) return;
  atlas.combobox(
    input,
    document.getElementById("search-list"),
    document.getElementById("search-said"),
    (text) => atlas.find(text),
    (entry) => { location.href = entry.href; },
  );
  document.getElementById("search").addEventListener("toggle", (e) => {
    if (e.newState === "open") input.focus();
  });
})();
