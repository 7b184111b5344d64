/** Makes elements of HTML and SVG with their attributes and content. */

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} content
 * @returns {HTMLElement}
 */
export const element = (name, attributes = {}, ...content) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...content);
  return made;
};

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} content
 * @returns {SVGElement}
 */
export const svgElement = (name, attributes = {}, ...content) => {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG_NAMESPACE, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...content);
  return made;
};

/**
 * A square in the colour of a class.
 * @param {number | string} level
 */
export const swatch = (level) =>
  element("i", { class: `swatch level-${level}`, "aria-hidden": "true" });
