/** Names beside areas that are too small for them: where to look for room, and what is in the way. */

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */
/** @typedef {{ dx: number, dy: number, end: string }} Aside from a place to its name's near end */

/** Free space around a name, and around a group's that stands among those of areas. */
export const GAP_PX = 3;
export const GROUP_GAP_PX = 5;
const NEAR_PX = 8;
const FAR_PX = 26;
const SLOPE = 0.7;
const DIRECTIONS = [
  [1, 0], [-1, 0], [SLOPE, -SLOPE], [SLOPE, SLOPE], [-SLOPE, -SLOPE], [-SLOPE, SLOPE], [0, 1], [0, -1],
];
const COARSE = 4; // pixels of the screen to one of what is looked at
const MOST_COVERED = 0.05;

/**
 * Places to try for a name beside a circle, the best first.
 * @param {number} radius
 * @param {number} height
 * @returns {Aside[]}
 */
export const asides = (radius, height) =>
  [NEAR_PX, FAR_PX].flatMap((gap) => DIRECTIONS.map(([x, y]) => ({
    dx: Math.round(x * (radius + gap)),
    dy: Math.round(y * (radius + gap) + (x ? 0 : (y * height) / 2)),
    end: x > 0 ? "start" : x < 0 ? "end" : "middle",
  })));

/**
 * The box of a name around its place.
 * @param {number} width
 * @param {number} height
 * @param {Aside} aside
 * @param {number} gap
 * @returns {Box}
 */
export const boxOf = (width, height, { dx, dy, end }, gap = GAP_PX) => {
  const left = end === "start" ? dx : end === "end" ? dx - width : dx - width / 2;
  const tall = height / 2 + gap / 2;
  return { left: left - gap, top: dy - tall, right: left + width + gap, bottom: dy + tall };
};

/**
 * A box that takes in the place itself, and so the line to it.
 * @param {Box} box
 * @returns {Box}
 */
export const reaching = ({ left, top, right, bottom }) => ({
  left: Math.min(left, 0), top: Math.min(top, 0), right: Math.max(right, 0), bottom: Math.max(bottom, 0),
});

/**
 * @param {Box} a
 * @param {Box} b
 */
export const meet = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Land that names beside areas must not cover, as coarse pixels summed from the top left. */
export class Ground {
  /**
   * @param {{ x: number, y: number }} size of the map
   * @param {{ x: number, y: number }} origin where the paths' 0, 0 is
   * @param {string[]} paths
   */
  constructor(size, origin, paths) {
    this.width = Math.ceil(size.x / COARSE);
    this.height = Math.ceil(size.y / COARSE);
    this.sums = new Uint32Array((this.width + 1) * (this.height + 1));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [this.width, this.height];
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    if (!pen || !this.width || !this.height) return;
    pen.setTransform(1 / COARSE, 0, 0, 1 / COARSE, origin.x / COARSE, origin.y / COARSE);
    for (const d of paths) pen.fill(new Path2D(d), "evenodd");
    const { data } = pen.getImageData(0, 0, this.width, this.height);
    const row = this.width + 1;
    for (let y = 0; y < this.height; y += 1) {
      let sum = 0;
      for (let x = 0; x < this.width; x += 1) {
        sum += data[4 * (y * this.width + x) + 3] > 127 ? 1 : 0;
        this.sums[(y + 1) * row + x + 1] = this.sums[y * row + x + 1] + sum;
      }
    }
  }

  /** @param {Box} box */
  free({ left, top, right, bottom }) {
    const [x, u] = [left, right].map((v) => Math.max(0, Math.min(Math.round(v / COARSE), this.width)));
    const [y, v] = [top, bottom].map((w) => Math.max(0, Math.min(Math.round(w / COARSE), this.height)));
    const row = this.width + 1;
    const { sums } = this;
    const covered = sums[v * row + u] - sums[y * row + u] - sums[v * row + x] + sums[y * row + x];
    return covered <= MOST_COVERED * (u - x) * (v - y);
  }
}
