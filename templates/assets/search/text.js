/** How typed texts and names are compared. */

/**
 * Letters and digits of a text: no accents, no apostrophes, "and" for "&".
 * The build cuts its shards by the same rule (exports/search_file.py).
 * @param {string} text
 */
export const plain = (text) =>
  text.normalize("NFD").replace(/[\u0300-\u036f'’.]/g, "").toLowerCase()
    .replace(/&/g, " and ").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/**
 * Steps of one letter (put in, left out, changed, swapped) between two words, up to `most`.
 * @param {string} a
 * @param {string} b
 * @param {number} most
 */
export const steps = (a, b, most) => {
  /** @type {number[]} */
  let older = [];
  let old = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = old[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(old[j] + 1, row[j - 1] + 1, changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], older[j - 2] + 1);
      }
    }
    if (Math.min(...row) > most) return most + 1;
    [older, old] = [old, row];
  }
  return old[b.length];
};
