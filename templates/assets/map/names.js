/** The names on a page's map: whose come first, what they stay out of, what they may cover. */

import { Ground } from "./asides.js";
import { screenOf } from "./grid.js";
import { Labels } from "./labels.js";

const LABELS_LEVEL = 430;

/**
 * What lies over a map, in its pixels: buttons, and a legend where there is room for it.
 * @param {{ frame: HTMLElement, stage: HTMLElement }} areaMap
 * @param {string} parts
 */
export const overMap = ({ frame, stage }, parts) => {
  const { left, top, width, height } = frame.getBoundingClientRect();
  return [...(stage.parentElement || stage).querySelectorAll(parts)]
    .map((node) => node.getBoundingClientRect())
    .map((box) => ({
      left: box.left - left, top: box.top - top, right: box.right - left, bottom: box.bottom - top,
    }))
    .filter((box) => box.left < width && box.right > 0 && box.top < height && box.bottom > 0);
};

/** @param {import("./area-map.js").AreaMap} areaMap */
export const makeLabels = (areaMap) => {
  const { map } = areaMap;
  const pane = map.createPane("labels");
  pane.style.zIndex = LABELS_LEVEL;
  pane.style.pointerEvents = "none";
  const screen = screenOf(map);
  return new Labels(screen, pane, {
    first: areaMap.here,
    groups: areaMap.view === "national",
    toneOf: (code) => (areaMap.fades(code) ? "" : `on-${areaMap.facts.about(code).level}`),
    alike: () => areaMap.cells,
    apart: (code) => !areaMap.cells && !areaMap.fades(code),
    ground: () => new Ground(map.getSize(), screen.origin(), areaMap.canvas.pathsOf((code) => !areaMap.fades(code))),
    taken: () => overMap(areaMap, ".map-tools, .map-legends"),
  });
};
