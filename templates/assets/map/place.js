/** The area that the header's search finds for a postcode is outlined on the page's map. */

/** @typedef {import("./area-map.js").AreaMap} AreaMap */

/** @param {AreaMap} areaMap */
export const followPlace = (areaMap) => {
  const whole = (/** @type {string} */ href) => new URL(href, location.href).href;
  let marked = false;
  document.addEventListener("atlas:place", (e) => {
    const place = /** @type {CustomEvent<{ href?: string } | null>} */ (e).detail;
    const codes = place?.href ? [...areaMap.canvas.areas.keys()] : [];
    const code = codes.find((one) => {
      const { href } = areaMap.facts.about(one);
      return href && whole(href) === whole(place?.href || "");
    });
    if (code) areaMap.choose(code, true);
    else if (marked) areaMap.leave();
    marked = Boolean(code);
  });
};
