/**
 * Mouse and finger: the page scrolls past a map until the reader turns to it.  Where areas are
 * too small for a finger, the first tap goes nearer and names the place.
 */

import { speak } from "../lib/speak.js";
import { learnDrawn } from "./parts.js";

const FINGER_PX = 24;
const DOUBLE_TAP_MS = 350; // a second tap so soon is the map's, which goes nearer

/** @param {import("./area-map.js").AreaMap} areaMap */
export const listenToPointer = (areaMap) => {
  const { map, stage, frame } = areaMap;
  const state = { awake: false };
  /** @param {PointerEvent} e */
  const sleep = (e) => {
    if (stage.contains(/** @type {Node} */ (e.target))) return;
    state.awake = false;
    if (areaMap.touching) map.dragging.disable();
    areaMap.leave();
  };
  stage.addEventListener("wheel", (e) => {
    if (!state.awake && !e.ctrlKey && !e.metaKey) e.stopPropagation();
  }, { capture: true, passive: true });
  stage.addEventListener("pointerdown", (e) => {
    areaMap.touching = e.pointerType === "touch";
    if (!areaMap.touching) state.awake = true;
  }, { capture: true });
  document.addEventListener("pointerdown", sleep);
  stage.addEventListener("mouseleave", () => {
    state.awake = document.activeElement === frame;
  });
  if (matchMedia("(pointer: coarse)").matches) map.dragging.disable();
  map.on("click", () => {
    state.awake = true;
    map.dragging.enable();
  });
  listenToRows(areaMap);
  // What the page drew without links is fetched as areas.
  if (areaMap.drawing.others.length && areaMap.view === "neighbourhood") {
    stage.addEventListener("pointerenter", () => areaMap.attempt(areaMap.start()), { once: true });
  }
};

/**
 * Rows of lists and tables that name an area light it up on the map.
 * @param {import("./area-map.js").AreaMap} areaMap
 */
const listenToRows = (areaMap) => {
  /** @param {Event} e */
  const row = (e) => {
    const { target } = e;
    if (!(target instanceof Element) || areaMap.frame.contains(target)) return null;
    return /** @type {HTMLElement | null} */ (target.closest("[data-code]"));
  };
  /** @param {Event} e */
  const light = (e) => {
    const code = row(e)?.dataset.code;
    if (code && areaMap.canvas.areas.has(code)) areaMap.choose(code);
  };
  document.addEventListener("mouseover", light);
  document.addEventListener("focusin", light);
  document.addEventListener("mouseout", (e) => row(e) && areaMap.leave());
};

/**
 * What a press on an area does.
 * @param {import("./area-map.js").AreaMap} areaMap
 * @param {string} code
 * @param {any} e Leaflet's event
 */
export const press = (areaMap, code, e) => {
  const { originalEvent: event, containerPoint: at } = e;
  if (!areaMap.touching) {
    areaMap.go(code, event.ctrlKey || event.metaKey || event.shiftKey);
    return;
  }
  L.DomEvent.stop(e);
  areaMap.map.dragging.enable();
  const soon = event.timeStamp - areaMap.tapped < DOUBLE_TAP_MS;
  areaMap.tapped = event.timeStamp;
  if (soon) return;
  if (areaMap.opened === code) {
    areaMap.go(code, false);
    return;
  }
  areaMap.choose(code);
  if (tooSmall(areaMap, code)) {
    // Which group the area is in stands with the names, which may have to be fetched.
    areaMap.attempt(learnDrawn(areaMap, areaMap.facts.measure).then(() => goNearer(areaMap, code)));
    return;
  }
  areaMap.tip.show(areaMap.facts.about(code), at, true);
  areaMap.opened = code;
};

/**
 * @param {import("./area-map.js").AreaMap} areaMap
 * @param {string} code
 */
const tooSmall = ({ canvas, map }, code) => {
  const bounds = canvas.areas.get(code)?.polygon.getBounds();
  const low = map.latLngToContainerPoint(bounds.getSouthWest());
  const high = map.latLngToContainerPoint(bounds.getNorthEast());
  return Math.min(high.x - low.x, low.y - high.y) < FINGER_PX;
};

/**
 * To the area's group if that makes the map larger, else to the area's surroundings.
 * @param {import("./area-map.js").AreaMap} areaMap
 * @param {string} code
 */
const goNearer = (areaMap, code) => {
  const { canvas, map, facts } = areaMap;
  const group = facts.groupOf(code);
  const bounds = L.latLngBounds([]);
  for (const [other, { polygon }] of canvas.areas) {
    if (group && facts.groupOf(other) === group) bounds.extend(polygon.getBounds());
  }
  const wanted = bounds.isValid() ? map.getBoundsZoom(bounds) : 0;
  const before = map.getZoom();
  areaMap.stray();
  if (wanted > before + 0.5) map.fitBounds(bounds, { padding: [8, 8], animate: false });
  else map.setView(canvas.areas.get(code)?.middle, before + 2, { animate: false });
  areaMap.choose(code);
  const { name } = facts.about(code);
  const again = speak("Tap again for its figures.");
  const text = `${name}. ${again}`;
  areaMap.tip.say(group || name, group ? text : again, { x: 0, y: 0 });
  areaMap.say(group ? `${group}: ${text}` : text);
};
