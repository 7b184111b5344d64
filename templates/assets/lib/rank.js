/** The place that a rank's words name, as written and as a number: "joint 12 345th of 34 753". */

/** Digits, with the narrow spaces that stand between thousands from 10,000 on. */
const WRITTEN = /\d[\d\u202f]*/;

/** @param {string} rank */
export const placeWritten = (rank) => rank.match(WRITTEN)?.[0] || "";

/**
 * After all that are known, where none is named.
 * @param {string} rank
 */
export const placeIn = (rank) => Number(placeWritten(rank).replace(/\u202f/g, "")) || Infinity;
