/** Colours from the style sheet, mixed where a class is faded; the hatching of what isn't known. */

/** @param {string} name */
export const css = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {string} hex */
const channels = (hex) => {
  const long = hex.length === 4 ? hex.replace(/[^#]/g, "$&$&") : hex;
  return [1, 3, 5].map((at) => parseInt(long.slice(at, at + 2), 16));
};

/**
 * @param {string} hex
 * @param {string} other
 * @param {number} share of the other
 */
export const mixed = (hex, other, share) => {
  const [a, b] = [channels(hex), channels(other)];
  return `rgb(${a.map((v, i) => Math.round(v * (1 - share) + b[i] * share)).join(",")})`;
};

/** Hatching for what isn't known, as on the other maps. */
export const hatching = () => {
  const size = 12;
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = css("--paper");
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = css("--hatch");
  pen.lineWidth = 2;
  for (const at of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(at - 2, size + 2);
    pen.lineTo(at + size + 2, -2);
    pen.stroke();
  }
  return pen.getImageData(0, 0, size, size);
};
