/** The address keeps all that is chosen. */

/**
 * @param {any} data
 * @param {any} state changed in place; the area is as it was asked for
 * @returns {{ zoom: number, center: [number, number] } | null}
 */
export const readState = (data, state) => {
  const asked = new URLSearchParams(location.search);
  const get = (/** @type {string} */ key) => asked.get(key) || "";
  const measures = /** @type {string[][]} */ (data.measures);
  if (measures.some((m) => m[1] === get("edition"))) state.edition = get("edition");
  if (measures.some((m) => m[2] === get("indicator"))) state.indicator = get("indicator");
  state.scheme = get("scheme");
  if (Object.hasOwn(data.ramps, get("palette"))) state.palette = get("palette");
  if (Object.hasOwn(data.layouts, get("layout"))) state.layout = get("layout");
  if (/^\d+$/.test(get("class"))) state.class = Number(get("class")) - 1;
  state.area = get("area").toUpperCase();
  state.outlines = get("outlines") !== "off";
  const [z, lat, lon] = ["z", "lat", "lon"].map((key) => parseFloat(get(key)));
  // Of any other place or zoom the map can't be made.
  return Math.abs(z) <= 30 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180
    ? { zoom: z, center: [lon, lat] } : null;
};

/**
 * @param {any} state
 * @param {string} scheme
 * @param {any} map
 */
export const writeState = (state, scheme, map) => {
  const middle = map.getCenter();
  const query = new URLSearchParams({
    edition: state.edition, indicator: state.indicator, scheme,
    palette: state.palette, layout: state.layout,
  });
  if (state.class >= 0) query.set("class", String(state.class + 1));
  if (state.area) query.set("area", state.area);
  if (!state.outlines) query.set("outlines", "off");
  query.set("z", map.getZoom().toFixed(2));
  query.set("lat", middle.lat.toFixed(4));
  query.set("lon", middle.lng.toFixed(4));
  history.replaceState(history.state, "", `?${query}`);
};
