/**
 * The words of the interface.  They stand here in English; where an atlas speaks another language,
 * the build puts that language's texts in their places.
 */

/**
 * Which form a number takes.
 * @param {number} n
 */
const formOf = (n) => Number(n !== 1);

/**
 * @param {string} text
 * @param {Record<string, unknown>} [values] what stands at `%(name)s`
 */
export const speak = (text, values = {}) =>
  text.replace(/%\((\w+)\)s|%%/g, (_, name) => (name ? String(values[name]) : "%"));

/**
 * A text in the form that a number takes; `%(n)s` is the number.
 * @param {string} one
 * @param {string} many
 * @param {number} n
 * @param {Record<string, unknown>} [values]
 */
export const speakCount = (one, many, n, values = {}) =>
  speak([one, many][formOf(n)], { n: n.toLocaleString(document.documentElement.lang), ...values });
