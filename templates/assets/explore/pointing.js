/** What lies under the pointer, or under the cross for who has none. */

/** @typedef {import("./explorer.js").Explorer} Explorer */

/**
 * @param {Explorer} explorer
 * @param {any} point
 * @returns {import("./explorer.js").Thing | null} nothing either where nothing is known yet
 */
const under = (explorer, point) => {
  const { groupAt, map, state } = explorer;
  const layers = ["areas", "groups"].map((id) => `${id}-${state.layout}`)
    .filter((id) => map.getLayer(id));
  const [found] = map.queryRenderedFeatures(point, { layers });
  if (!found) return null;
  const { sourceLayer: layer, properties: { code: id } } = found;
  return (layer === "groups" ? groupAt.has(id) : explorer.knows(id)) ? { layer, id } : null;
};

/** @param {Explorer} explorer */
const underCross = (explorer) => {
  const { map } = explorer;
  return under(explorer, map.project(map.getCenter()));
};

/** @param {Explorer} explorer */
export const listenToPointer = (explorer) => {
  const { map, state } = explorer;
  const canvas = map.getCanvas();
  let finger = false;
  for (const kind of /** @type {const} */ (["pointerdown", "pointermove"])) {
    canvas.addEventListener(kind, (/** @type {PointerEvent} */ e) => { finger = e.pointerType === "touch"; });
  }
  /** @type {any} where a mouse rests on the map; fingers rest nowhere */
  let rest = null;
  map.on("mousemove", (/** @type {any} */ e) => {
    rest = finger ? null : e.point;
    explorer.hover(under(explorer, e.point));
  });
  map.on("mouseout", () => {
    rest = null;
    explorer.hover(null);
  });
  map.on("click", (/** @type {any} */ e) => explorer.open(under(explorer, e.point)));
  map.on("moveend", (/** @type {any} */ e) => {
    if (e.originalEvent) explorer.touched = true;
    explorer.writeUrl();
    if (canvas.matches(":focus-visible")) explorer.hover(underCross(explorer));
  });
  // Other things lie there once the map has gone elsewhere, and tiles and figures have come.
  map.on("idle", () => {
    if (rest) explorer.hover(under(explorer, rest));
    else if (canvas.matches(":focus-visible")) explorer.hover(underCross(explorer));
  });
  canvas.addEventListener("blur", () => {
    if (!rest) explorer.hover(null);
  });
  canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    if (e.key === "Enter") explorer.open(underCross(explorer));
    else if (e.key === "Escape" && state.area) explorer.choose("");
  });
};
