/** The code that shows a map in a frame of another site: what it shows is chosen here. */

import { element } from "../lib/elements.js";
import { speak } from "../lib/speak.js";

const WIDTHS = [["", speak("as wide as there is room")], ["400", speak("%(n)s pixels", { n: 400 })], ["600", speak("%(n)s pixels", { n: 600 })], ["800", speak("%(n)s pixels", { n: 800 })]];
const THEMES = [["", speak("as the reader’s device")], ["light", speak("light")], ["dark", speak("dark")]];
const LEAST_HEIGHT_PX = 520;

/**
 * @param {string} id
 * @param {string} label
 * @param {string[][]} options value and text
 */
const choiceOf = (id, label, options) => {
  const select = /** @type {HTMLSelectElement} */ (element("select", { id }));
  select.append(...options.map(([value, text]) => new Option(text, value)));
  const field = element("p", {}, element("label", { for: id }, label), select);
  field.hidden = options.length < 2;
  return { select, field };
};

/**
 * The choices that the page itself offers, the first of them without a value.
 * @param {HTMLElement} figure
 * @param {string} name
 */
const offered = (figure, name) => {
  const radios = /** @type {HTMLInputElement[]} */ ([...figure.querySelectorAll(`[name=${name}]`)]);
  return radios.map((radio, at) => [at ? radio.value : "", radio.parentElement?.textContent?.trim() || ""]);
};

/**
 * @param {string} src
 * @param {string} title
 * @param {string} width
 */
const frameCode = (src, title, width) => {
  // The frame is only written out: nothing loads before it stands in a page.
  const frame = document.createElement("template").content.ownerDocument.createElement("iframe");
  const style = `border:0;width:100%;${width ? "max-width:" + width + "px;" : ""}aspect-ratio:10/11;min-height:${LEAST_HEIGHT_PX}px`;
  for (const [name, value] of Object.entries({ src, title, loading: "lazy", style })) {
    if (name !== "style") frame.setAttribute(name, value);
  }
  return frame.outerHTML.replace("></iframe>", ` style="${style}"></iframe>`);
};

/** @param {HTMLElement} figure */
export const offerEmbedding = (figure) => {
  const links = /** @type {HTMLAnchorElement[]} */ ([...figure.querySelectorAll("a[data-embed]")]);
  const holder = links[0]?.closest("details");
  if (!holder) return;
  const choices = {
    show: choiceOf("embed-show", speak("Which map"), links.map((link) => [link.href, link.dataset.embed || ""])),
    edition: choiceOf("embed-edition", speak("Edition"), offered(figure, "edition")),
    layout: choiceOf("embed-layout", speak("Drawn as"), offered(figure, "layout")),
    width: choiceOf("embed-width", speak("Width"), WIDTHS),
    theme: choiceOf("embed-theme", speak("Colours"), THEMES),
  };
  const code = /** @type {HTMLTextAreaElement} */ (
    element("textarea", { id: "embed-code", rows: 4, readonly: "", spellcheck: "false" }));
  const write = () => {
    const address = new URL(choices.show.select.value || links[0].href);
    for (const name of /** @type {const} */ (["edition", "layout", "theme"])) {
      const { value } = choices[name].select;
      if (value) address.searchParams.set(name, name === "edition" ? value.split("-")[0] : value);
    }
    const title = figure.querySelector(".map-caption")?.textContent || document.title;
    code.value = frameCode(address.href, title, choices.width.select.value);
    links[0].href = address.href;
  };
  const copy = element("button", { type: "button" }, speak("Copy"));
  copy.setAttribute("aria-live", "polite");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.value);
    copy.textContent = speak("Copied");
    setTimeout(() => { copy.textContent = speak("Copy"); }, 2000);
  });
  code.addEventListener("focus", () => code.select());
  const fields = element("div", { class: "embed-choices" }, ...Object.values(choices).map((c) => c.field));
  fields.addEventListener("change", write);
  const label = element("label", { for: code.id }, speak("HTML for another site’s page"));
  holder.querySelector("summary")?.after(
    fields, label, code, ...(navigator.clipboard ? [element("p", {}, copy)] : []));
  write();
};
