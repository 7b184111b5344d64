/** The small plate beside the pointer or the chosen area: name, figures, and a link. */

import { element, swatch } from "../lib/elements.js";
import { speak } from "../lib/speak.js";

/** @typedef {import("./facts.js").About} About */

export class Tip {
  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    this.node = element("div", { class: "map-tip" });
    this.node.hidden = true;
    stage.append(this.node);
  }

  /**
   * @param {About} about
   * @param {{ x: number, y: number }} at pixels within the stage
   * @param {boolean} linked whether it has a link to press
   */
  show({ name, text, level, href }, at, linked = false) {
    const line = element("span", {}, swatch(level), text);
    this.node.replaceChildren(element("strong", {}, name), line);
    if (linked && href) this.node.append(element("a", { href }, speak("Open its page")));
    this.node.classList.toggle("open", linked);
    this.node.hidden = false;
    this.place(at);
  }

  /**
   * A few words that stay until something else is pointed at.
   * @param {string} title
   * @param {string} text
   * @param {{ x: number, y: number }} at
   */
  say(title, text, at) {
    this.node.replaceChildren(element("strong", {}, title), element("span", {}, text));
    this.node.classList.remove("open");
    this.node.hidden = false;
    this.place(at);
  }

  /** @param {{ x: number, y: number }} at */
  place({ x, y }) {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const { offsetWidth: w, offsetHeight: h } = this.node;
    const below = y + 20 + h <= height;
    this.node.style.left = `${Math.max(0, Math.min(x + 16, width - w))}px`;
    this.node.style.top = `${Math.max(0, below ? y + 20 : y - h - 14)}px`;
  }

  hide() {
    this.node.hidden = true;
  }
}
