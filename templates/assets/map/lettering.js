/** Names as they are written on maps: in lines, in forms that people know, and how wide they are. */

const MOST_LETTERS = 12;

/**
 * A name in lines, broken at spaces and hyphens.
 * @param {string} name
 * @param {number} most letters in a line
 * @returns {string[]}
 */
export const linesOf = (name, most = MOST_LETTERS) =>
  (name.match(/[^ -]+-?/g) || [name]).reduce((/** @type {string[]} */ lines, word) => {
    const last = lines[lines.length - 1];
    const joined = last && `${last}${last.endsWith("-") ? "" : " "}${word}`;
    if (joined && joined.length <= most) lines.splice(-1, 1, joined);
    else lines.push(word);
    return lines;
  }, []);

/**
 * How an area's name may stand on a map: as people say it, then as narrow as can be.
 * @param {string} name
 */
export const formsOf = (name) => {
  const known = name.replace(/, ([\p{L}]+ )*of$/u, "") || name;
  const brief = known.replaceAll(" and ", " & ");
  const longest = Math.max(...(brief.match(/[^ -]+-?/g) || [brief]).map((word) => word.length));
  return [linesOf(known), linesOf(brief, longest)];
};

/** @type {Map<string, number>} */
const widths = new Map();
const pen = document.createElement("canvas").getContext("2d");

/**
 * @param {string} text
 * @param {string} font
 */
export const widthOf = (text, font) => {
  const known = widths.get(font + text);
  if (known !== undefined) return known;
  if (pen) pen.font = font;
  const width = pen ? pen.measureText(text).width : text.length * 7;
  widths.set(font + text, width);
  return width;
};
