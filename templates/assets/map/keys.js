/** The keyboard: arrows walk from area to area, Enter opens, Escape leaves, + and − zoom. */

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** First look straight ahead, then more to the sides. */
const CONES = [1, 2.5];

/** @param {import("./area-map.js").AreaMap} areaMap */
export const listenToKeys = (areaMap) => {
  const { frame, map } = areaMap;
  /** @type {Record<string, () => void>} */
  const actions = {
    "+": () => map.zoomIn(),
    "=": () => map.zoomIn(),
    "-": () => map.zoomOut(),
    "0": () => areaMap.reset(),
  };
  frame.addEventListener("keydown", (e) => {
    if (e.altKey || e.ctrlKey || e.metaKey || e.target !== frame) return;
    if (e.key in STEPS) walk(areaMap, ...STEPS[e.key]);
    else if (e.key === "Enter" && areaMap.chosen) areaMap.go(areaMap.chosen, e.shiftKey);
    else if (e.key === "Escape" && areaMap.chosen) areaMap.leave();
    else if (e.key in actions) actions[e.key]();
    else return;
    e.preventDefault();
  });
  // A button that would do nothing is no stop.
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (
    areaMap.stage.querySelectorAll(".map-tools button"));
  const useful = () => {
    for (const button of buttons) {
      if (button.dataset.zoom === "reset") button.disabled = !areaMap.strayed;
      if (button.dataset.zoom === "out") button.disabled = map.getZoom() <= map.getMinZoom();
      if (button.dataset.zoom === "in") button.disabled = map.getZoom() >= map.getMaxZoom();
    }
  };
  map.on("moveend", useful);
  useful();
  frame.addEventListener("blur", () => areaMap.byKey && areaMap.leave());
};

/**
 * To the nearest area in a direction; the first step is to the page's own area.
 * @param {import("./area-map.js").AreaMap} areaMap
 * @param {number} dx
 * @param {number} dy
 */
const walk = (areaMap, dx, dy) => {
  const { areas } = areaMap.canvas;
  const from = areaMap.chosen && areas.get(areaMap.chosen);
  const next = from ? nextFrom(areaMap, from.middle, dx, dy) : firstOf(areaMap);
  if (next) focusOn(areaMap, next);
};

/** @param {import("./area-map.js").AreaMap} areaMap */
const firstOf = ({ canvas, here, map }) => {
  const { areas } = canvas;
  const own = [...here].find((code) => areas.has(code));
  if (own) return own;
  const middle = map.getCenter();
  const far = (/** @type {string} */ code) => areas.get(code)?.middle.distanceTo(middle);
  return [...areas.keys()].reduce((a, b) => (far(b) < far(a) ? b : a));
};

/**
 * @param {import("./area-map.js").AreaMap} areaMap
 * @param {any} middle
 * @param {number} dx
 * @param {number} dy
 * @returns {string | null}
 */
const nextFrom = ({ canvas, chosen, map }, middle, dx, dy) => {
  const from = map.latLngToLayerPoint(middle);
  const offsets = [...canvas.areas]
    .filter(([code]) => code !== chosen)
    .map(([code, { middle: other }]) => {
      const to = map.latLngToLayerPoint(other).subtract(from);
      // Up leans right and down leans left, so that a way there is also the way back.
      const [along, across] = [to.x * dx + to.y * dy, to.x * dy - to.y * dx];
      const distance = Math.hypot(along, across);
      const cost = distance + Math.abs(across) + (across > 0 ? 0.01 * distance : 0);
      return { code, along, across: Math.abs(across), cost };
    });
  for (const cone of CONES) {
    const near = offsets.filter(({ along, across }) => along > 0 && across <= cone * along);
    if (near.length) return near.reduce((a, b) => (b.cost < a.cost ? b : a)).code;
  }
  return null;
};

/**
 * @param {import("./area-map.js").AreaMap} areaMap
 * @param {string} code
 */
const focusOn = (areaMap, code) => {
  const { map, canvas } = areaMap;
  const middle = canvas.areas.get(code)?.middle;
  const size = map.getSize();
  const margin = Math.min(size.x, size.y) / 8;
  const before = map.latLngToContainerPoint(middle);
  const outside =
    before.x < margin || before.y < margin ||
    before.x > size.x - margin || before.y > size.y - margin;
  if (outside && areaMap.view !== "national") {
    areaMap.stray();
    map.panInside(middle, { padding: [margin * 2, margin * 2], animate: false });
  }
  areaMap.choose(code, true);
  areaMap.tip.show(areaMap.facts.about(code), map.latLngToContainerPoint(middle));
  const { name, text } = areaMap.facts.about(code);
  areaMap.say(text ? `${name}, ${text}` : name);
};
