/** What the page's own drawing says: areas with their titles, lines, and its place in the plane. */

/**
 * @typedef {object} InlineArea
 * @property {string} name
 * @property {string} text what the title says after the name
 * @property {string} level class, or "none"
 * @property {string} href
 * @property {string} d
 */

/**
 * @param {SVGSVGElement} svg
 */
export const readDrawing = (svg) => {
  const size = svg.viewBox.baseVal;
  const { unit, x, y } = svg.dataset;
  /** @type {Map<string, InlineArea>} */
  const areas = new Map();
  for (const link of svg.querySelectorAll(".areas a")) {
    const about = readArea(/** @type {SVGAElement} */ (link));
    areas.set(about.code, about);
  }
  const paths = (/** @type {string} */ selector) => [...svg.querySelectorAll(selector)];
  const data = (/** @type {Element} */ path) => path.getAttribute("d") || "";
  return {
    grid: { unit: Number(unit), x: Number(x), y: Number(y) },
    width: size.width,
    height: size.height,
    areas,
    others: paths(".others path").map((path) => ({
      d: data(path),
      className: path.getAttribute("class") || "",
    })),
    beyond: paths(".beyond path").map(data),
    context: paths(".context path").map(data),
    outlines: paths(".outlines path").map(data),
    here: paths(".here path").map(data)[0] || "",
  };
};

/**
 * @param {SVGAElement} link
 * @returns {InlineArea & { code: string }}
 */
export const readArea = (link) => {
  const path = /** @type {SVGPathElement} */ (link.querySelector("path"));
  const title = link.querySelector("title")?.textContent || "";
  const cut = title.indexOf(": ");
  return {
    code: link.dataset.code || "",
    name: cut < 0 ? title : title.slice(0, cut),
    text: cut < 0 ? "" : title.slice(cut + 2),
    level: (/level-(\w+)/.exec(path.getAttribute("class") || "") || [])[1],
    href: link.href.baseVal,
    d: path.getAttribute("d") || "",
  };
};

/**
 * The drawings that stay in the page follow the chosen measure: the inset, and names that lie
 * within their areas.
 * @param {HTMLElement} figure
 * @param {import("./facts.js").Facts} facts
 */
export const repaint = (figure, facts) => {
  for (const link of figure.querySelectorAll(".map-inset a[data-code]")) {
    const { name, text, level } = facts.about(/** @type {SVGAElement} */ (link).dataset.code || "");
    const path = link.querySelector("path");
    path?.setAttribute("class", `area level-${level}`);
    path?.setAttribute("fill", "url(#hatch-inset)"); // unless its class has a colour
    const title = link.querySelector("title");
    if (title) title.textContent = text ? `${name}: ${text}` : name;
  }
  for (const text of figure.querySelectorAll('.map-labels [class^="on-"]')) {
    const { level } = facts.about(/** @type {SVGTextElement} */ (text).dataset.code || "");
    const others = (text.getAttribute("class") || "").replace(/^on-\S+/, "");
    text.setAttribute("class", `on-${level}${others}`);
  }
};
