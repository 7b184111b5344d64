/** A sheet of paper shows what the window shows: classes, colours, place and names. */

import { element } from "../lib/elements.js";
import { host, part } from "./page.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */

/**
 * Before printing, the map is drawn once more and copied: WebGL keeps no picture of itself.
 * @param {Explorer} explorer
 */
export const listenToPrint = ({ map }) => {
  const sheet = element("div", { class: "explore-print" });
  part("static").after(sheet);
  addEventListener("beforeprint", () => {
    if (!host.classList.contains("ready")) return; // the page's own drawing still stands
    map.redraw();
    const drawn = /** @type {HTMLCanvasElement} */ (map.getCanvas());
    const picture = document.createElement("canvas");
    [picture.width, picture.height] = [drawn.width, drawn.height];
    picture.getContext("2d")?.drawImage(drawn, 0, 0);
    const { clientWidth, clientHeight } = map.getContainer();
    const names = part("map").querySelector(".map-text")?.cloneNode(true);
    names?.setAttribute("viewBox", `0 0 ${clientWidth} ${clientHeight}`);
    sheet.replaceChildren(picture, ...(names ? [names] : []));
    sheet.style.aspectRatio = `${clientWidth} / ${clientHeight}`;
    host.classList.add("printable");
  });
};
