/**
 * The ranked list beside a map: it follows what is pointed at and the chosen edition, shows what
 * a filter leaves, and is one stop for the keyboard, within which arrows go up and down.
 */

import { swatch } from "../lib/elements.js";
import { placeIn, placeWritten } from "../lib/rank.js";
import { speak } from "../lib/speak.js";

/** @typedef {import("./facts.js").Facts} Facts */

export class Ranking {
  /** @param {HTMLElement} node */
  constructor(node) {
    this.node = node;
    this.rows = /** @type {HTMLElement[]} */ ([...node.querySelectorAll("li[data-code]")]);
    this.said = /** @type {HTMLElement} */ (node.querySelector(".ranking-said"));
    this.filter = /** @type {HTMLSelectElement} */ (node.querySelector("select"));
    node.tabIndex = -1;
    // One stop needs no way past it.
    node.querySelector(".skip")?.setAttribute("hidden", "");
    this.filter.closest("p")?.removeAttribute("hidden");
    this.filter.value = "";
    this.filter.addEventListener("change", () => this.show());
    node.addEventListener("keydown", (e) => this.key(e));
    node.addEventListener("focusin", ({ target }) => this.hold(/** @type {Element} */ (target)));
    document.addEventListener("atlas:hover", (e) => this.follow(/** @type {CustomEvent} */ (e).detail.code));
    document.addEventListener("atlas:measure", (e) => this.arrange(/** @type {CustomEvent} */ (e).detail.facts));
    this.show();
  }

  /** @returns {HTMLElement[]} */
  get shown() {
    return this.rows.filter((row) => !row.hidden);
  }

  /**
   * Lights a row up and brings it into view.
   * @param {string | null} code
   */
  follow(code) {
    this.node.querySelector(".chosen")?.classList.remove("chosen");
    const row = code && this.rows.find((one) => one.dataset.code === code);
    if (!row) return;
    row.classList.add("chosen");
    if (this.node.matches(":hover, :focus-within")) return;
    this.node.scrollTop = row.offsetTop - this.node.clientHeight / 2;
  }

  /**
   * Another edition: other ranks, classes and order; who isn't ranked in it leaves the list.
   * @param {Facts} facts
   */
  arrange(facts) {
    const { values, edition } = facts.values;
    const rankOf = (/** @type {HTMLElement} */ row) => values[row.dataset.code || ""]?.[0] || "";
    const places = new Map(this.rows.map((row) => [row, placeIn(rankOf(row))]));
    const place = (/** @type {HTMLElement} */ row) => places.get(row) || Infinity;
    this.rows.sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
    for (const row of this.rows) {
      const [, , level = "none", spot = ""] = values[row.dataset.code || ""] || [];
      row.dataset.spot = spot;
      row.classList.toggle("unranked", place(row) === Infinity);
      const rank = /** @type {HTMLElement} */ (row.querySelector(".rank"));
      rank.textContent = placeWritten(rankOf(row)) || "–";
      row.querySelector(".swatch")?.replaceWith(swatch(level));
      const word = row.querySelector("a > .unseen");
      if (word) word.textContent = spot && `, ${spot}`;
    }
    this.node.querySelector("ol")?.append(...this.rows);
    const title = this.node.querySelector("[data-edition]");
    if (title) title.textContent = edition;
    this.show();
  }

  /** What the filter and the edition leave. */
  show() {
    const [kind, ...rest] = this.filter.value.split(" ");
    const wanted = rest.join(" ");
    for (const row of this.rows) {
      row.hidden = row.classList.contains("unranked") || (Boolean(kind) && row.dataset[kind] !== wanted);
    }
    const { shown } = this;
    const unranked = this.rows.filter((row) => row.classList.contains("unranked")).length;
    const counts = { shown: shown.length, count: this.rows.length, unranked };
    const left = unranked ? speak("%(shown)s of %(count)s shown; the ranks of %(unranked)s are not known.", counts)
      : speak("%(shown)s of %(count)s shown.", counts);
    this.said.textContent = shown.length === this.rows.length ? "" : left;
    for (const row of this.rows) row.querySelector("a")?.setAttribute("tabindex", "-1");
    shown[0]?.querySelector("a")?.setAttribute("tabindex", "0");
  }

  /**
   * The row that was reached is where Tab comes back to.
   * @param {Element} target
   */
  hold(target) {
    const row = target.closest("li[data-code]");
    if (!row) return;
    for (const link of this.node.querySelectorAll('li a[tabindex="0"]')) {
      link.setAttribute("tabindex", "-1");
    }
    row.querySelector("a")?.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} e */
  key(e) {
    const { shown } = this;
    const at = shown.findIndex((row) => row.contains(document.activeElement));
    if (at < 0) return;
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 };
    if (!(e.key in steps)) return;
    shown[Math.max(0, Math.min(steps[e.key], shown.length - 1))].querySelector("a")?.focus();
    e.preventDefault();
  }
}
