/** Numbers as pages write them. */

const THIN = "\u202f";

/**
 * From 10,000 on with narrow spaces between thousands.
 * @param {number} count
 */
export const withThousands = (count) =>
  count < 10_000 ? String(count) : String(count).replace(/\B(?=(\d{3})+$)/g, THIN);
