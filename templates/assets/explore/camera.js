/** The explorer's map: how it is made, and what it shows, all of it or some place near by. */

import { speak } from "../lib/speak.js";
import { isDrawn } from "./known.js";
import { host, part, still } from "./page.js";
import { mapStyle } from "./style.js";

/** @typedef {import("./explorer.js").Explorer} Explorer */

const WHOLE_ROOM = 0.03;
const MOST_ZOOM_BEYOND = 3;

/**
 * Room around what is fitted: `share` of the stage, and what lies over its edges.
 * @param {number} share
 */
const padding = (share) => {
  const { clientWidth, clientHeight } = part("map");
  const room = Math.round(Math.min(clientWidth, clientHeight) * share);
  const card = part("card");
  const covers = !card.hidden && card.clientWidth > clientWidth / 2 && clientHeight > clientWidth;
  const credit = /** @type {HTMLElement} */ (host.querySelector(".explore-credit"));
  return {
    top: Math.min(room + (covers ? card.offsetHeight : 0), clientHeight / 2),
    left: room, right: room, bottom: room + credit.offsetHeight,
  };
};

/**
 * What shows all areas, and the room around them.
 * @param {Explorer} explorer
 * @returns {[number[][], { padding: object }]}
 */
const wholeMap = ({ layout }) => {
  const [west, south, east, north] = layout.bounds;
  return [[[west, south], [east, north]], { padding: padding(WHOLE_ROOM) }];
};

/**
 * How MapLibre's map is made.
 * @param {Explorer} explorer
 * @param {object | null} view place and zoom, if the address names them
 */
export const mapOptions = (explorer, view) => {
  const { data, layouts, state } = explorer;
  const zooms = layouts.map((name) => data.layouts[name].zooms);
  const [bounds, fitBoundsOptions] = wholeMap(explorer);
  const areas = host.dataset.areas;
  return {
    container: part("map"),
    style: mapStyle(data.layouts, state.layout),
    ...(view || { bounds, fitBoundsOptions }),
    minZoom: Math.min(...zooms.map(([low]) => low)),
    maxZoom: Math.max(...zooms.map(([, high]) => high)) + MOST_ZOOM_BEYOND,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    renderWorldCopies: false,
    fadeDuration: 0,
    locale: {
      "Map.Title": speak("Map of all %(areas)s: arrow keys move it, Enter chooses what is under the cross", { areas }),
    },
  };
};

/**
 * @param {Explorer} explorer
 * @param {boolean} animate
 */
export const showWhole = (explorer, animate) => {
  const [bounds, room] = wholeMap(explorer);
  explorer.map.fitBounds(bounds, { ...room, animate });
};

/**
 * As near as fits, and near enough for areas to show.
 * @param {Explorer} explorer
 * @param {import("./known.js").Box} box
 * @param {number} room around it, a share of the stage
 */
export const flyTo = ({ layout, map }, box, room) => {
  if (!isDrawn(box)) return;
  const [west, south, east, north] = box;
  const fitted = map.cameraForBounds([[west, south], [east, north]], {
    padding: padding(room), maxZoom: layout.zooms[1],
  });
  if (!fitted) return;
  const zoom = Math.max(fitted.zoom, layout.areas_from);
  map.easeTo({ ...fitted, zoom, animate: !still.matches });
};

/**
 * What the buttons on the map do.
 * @param {Explorer} explorer
 * @param {string} way
 */
export const zoomBy = (explorer, way) => {
  explorer.touched = true;
  const options = { animate: !still.matches };
  if (way === "in") explorer.map.zoomIn(options);
  else if (way === "out") explorer.map.zoomOut(options);
  else showWhole(explorer, !still.matches);
};
