/**
 * Postcodes, whole and half-typed: which area they lie in.  The files and their format are made
 * by generator/postcodes/shards.py.  Nothing that is typed is sent: a look-up fetches an index
 * and a small file about all postcodes that begin alike.
 */

import { fetchJson } from "../lib/json.js";
import { speak, speakCount } from "../lib/speak.js";

/**
 * @typedef {{ outward: string, digit: string, unit: string, open: boolean }} Asked
 * @typedef {{ text: string, href?: string, note: string, fill?: string, name?: string }} Answer
 * @typedef {{ entries: Answer[], said: string, visible?: boolean, place?: Answer }} Found
 */

const { root: siteRoot, postcodes: indexFile } = document.documentElement.dataset;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const MOST_ANSWERS = 8;
const WHOLE = /^([A-Z]{1,2}\d[A-Z\d]?|GIR|NPT)(\d)([A-Z]{2})$/;
const BEGINNING = /^[A-Z]{1,2}\d|^GIR|^NPT/;

/** All possible units, the regular ones first. */
const UNIT_ORDER = (() => {
  const regular = [..."ABDEFGHJLNPQRSTUWXYZ"];
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const first = regular.flatMap((a) => regular.map((b) => a + b));
  const used = new Set(first);
  return [...first, ...letters.flatMap((a) => letters.map((b) => a + b)).filter((u) => !used.has(u))];
})();

/** Where a site knows postcodes at all. */
export const hasPostcodes = Boolean(indexFile);

/** Whether a text may be a postcode, or the beginning of one. */
export const isLikePostcode = (/** @type {string} */ typed) => {
  const compact = typed.toUpperCase().replace(/[\s.-]+/g, "");
  return hasPostcodes && compact.length <= 7 && BEGINNING.test(compact);
};

/** "1-3,5,1A" as a list. */
const listed = (/** @type {string} */ text) => text.split(",").flatMap((part) => {
  const [low, high] = part.split("-");
  return high === undefined ? [low]
    : Array.from({ length: Number(high) - Number(low) + 1 }, (_, at) => String(Number(low) + at));
});

/** Letters and number of a postcode district: "NG12" → "NG", "12". */
const halves = (/** @type {string} */ outward) => {
  const letters = (outward.match(/^[A-Z]+/) || [""])[0];
  return [letters, outward.slice(letters.length)];
};

/** The ways in which a text can be read, the likeliest first. */
const readings = (/** @type {string} */ typed) => {
  const parts = typed.toUpperCase().replace(/[.-]+/g, " ").trim().split(/\s+/);
  const compact = parts.join("");
  /** @type {Asked[]} */
  const found = [];
  const add = (/** @type {string} */ outward, /** @type {string} */ rest, open = false) => {
    if (/^(\d[A-Z]{0,2})?$/.test(rest)) {
      found.push({ outward, digit: rest.slice(0, 1), unit: rest.slice(1), open });
    }
  };
  // O and I are typed for 0 and 1 where only a digit can stand.
  const corrected = compact.replace(/[OI](?=[A-Z]{2}$)/, (c) => (c === "O" ? "0" : "1"));
  const whole = compact.match(WHOLE) || corrected.match(WHOLE);
  if (whole) add(whole[1], whole[2] + whole[3]);
  if (parts.length > 1) add(parts[0], parts.slice(1).join(""));
  else {
    for (let length = Math.min(4, compact.length); length > 1; length -= 1) {
      add(compact.slice(0, length), compact.slice(length), !/\s$/.test(typed));
    }
  }
  return found;
};

/** Which of all units exist, in their order. */
const existing = (/** @type {string} */ runs) => {
  const found = [];
  let [at, there] = [0, false];
  for (const digit of runs) {
    const length = DIGITS.indexOf(digit);
    if (there) for (let i = at; i < at + length; i += 1) found.push(UNIT_ORDER[i]);
    at += length;
    there = !there;
  }
  return found;
};

/** Unit and place (a number of the piece's places) of every postcode of a sector. */
const unitsOf = (/** @type {any} */ [places, runs, where]) => {
  const units = existing(runs);
  if (where === undefined) return units.map((unit) => [unit, places]);
  const width = places.length > DIGITS.length ? 2 : 1;
  const found = [];
  for (let at = 0, done = 0; at < where.length; at += width + 1) {
    const number = [...where.slice(at, at + width)]
      .reduce((sum, digit) => sum * DIGITS.length + DIGITS.indexOf(digit), 0);
    const length = DIGITS.indexOf(where[at + width]);
    for (let i = 0; i < length; i += 1, done += 1) found.push([units[done], places[number]]);
  }
  return found;
};

const writtenAs = (/** @type {Asked} */ { outward, digit, unit }) =>
  digit ? `${outward} ${digit}${unit}` : outward;

const outside = (/** @type {string} */ what, /** @type {string} */ country, /** @type {boolean} */ whole) => {
  if (!country) {
    return whole
      ? speak("The directory lists %(what)s without a place. Most such postcodes are no longer in use.", { what })
      : speak("The directory gives no place for postcodes that begin %(what)s.", { what });
  }
  return whole ? speak("%(what)s is in %(country)s, outside this atlas.", { what, country })
    : speak("Postcodes that begin %(what)s are in %(country)s, outside this atlas.", { what, country });
};

/** The areas of the postcodes that begin in one way, the most likely first. */
const likely = (/** @type {any} */ piece, /** @type {any} */ sectors, /** @type {Asked} */ asked) => {
  const { digit, unit } = asked;
  const counts = new Map();
  let away = "";
  for (const [number, content] of Object.entries(sectors)) {
    if (digit && number !== digit) continue;
    if (typeof content === "number") { away = piece.places[content][0] || away; continue; }
    for (const [own, place] of unitsOf(content)) {
      if (!own.startsWith(unit)) continue;
      counts.set(place, (counts.get(place) || 0) + 1);
      if (piece.places[place].length < 2) away = piece.places[place][0] || away;
    }
  }
  const all = [...counts.values()].reduce((a, b) => a + b, 0);
  const what = writtenAs(asked);
  const entries = [...counts].sort(([p, a], [q, b]) => b - a || p - q)
    .filter(([place]) => piece.places[place].length > 1)
    .map(([place, count]) => ({
      text: piece.places[place][0],
      href: siteRoot + piece.places[place][1],
      note: count === all && !away
        ? speakCount("the only postcode that begins %(what)s", "all %(n)s postcodes that begin %(what)s", all, { what })
        : speakCount("%(count)s of %(n)s postcode that begins %(what)s", "%(count)s of %(n)s postcodes that begin %(what)s", all, {
          what, count: count.toLocaleString(document.documentElement.lang),
        }),
    }));
  return { entries, away };
};

/** Longer districts that a half-typed one may become. */
const completions = (/** @type {string} */ letters, /** @type {string} */ number, /** @type {string[]} */ districts) =>
  districts.filter((name) => name.startsWith(number) && name !== number).map((name) => ({
    text: `${letters}${name} …`, note: speak("postcode district"), fill: `${letters}${name} `,
  }));

/** What a whole postcode's answer is. */
const answerWhole = (/** @type {any} */ piece, /** @type {any} */ sectors, /** @type {Asked} */ asked, /** @type {string} */ release) => {
  const what = writtenAs(asked);
  const content = sectors[asked.digit];
  if (typeof content === "number") {
    return { entries: [], said: outside(what, piece.places[content][0], true) };
  }
  const hit = content && unitsOf(content).find(([unit]) => unit === asked.unit);
  if (!hit) {
    const { entries } = content ? likely(piece, sectors, { ...asked, unit: "" }) : { entries: [] };
    const said = release ? speak("%(what)s is not in the directory of %(release)s.", { what, release })
      : speak("%(what)s is not in the directory.", { what });
    return { entries, said, visible: true };
  }
  const [name, href] = piece.places[hit[1]];
  if (!href) return { entries: [], said: outside(what, name, true) };
  const entry = { text: speak("%(what)s is in %(name)s", { what, name }), href: siteRoot + href, note: speak("Open its page"), name };
  return { entries: [entry], said: entry.text, place: entry };
};

/**
 * What is known of a postcode, or of the beginning of one.
 * @param {string} typed
 * @returns {Promise<Found | null>} null if it can't be read as one
 */
export const findPostcode = async (typed) => {
  const asked = readings(typed);
  if (!asked.length) return null;
  const index = await fetchJson(indexFile || "");
  const piecesOf = (/** @type {string} */ letters) => {
    const entry = index.areas[letters];
    return Array.isArray(entry) ? entry.map(listed) : entry;
  };
  for (const one of asked) {
    const [letters, number] = halves(one.outward);
    const leftOut = index.left_out[letters];
    if (leftOut) return { entries: [], said: speak("%(what)s is in %(country)s, whose postcodes are not in this search.", { what: writtenAs(one), country: leftOut }) };
    const pieces = piecesOf(letters);
    if (typeof pieces === "string") {
      return { entries: [], said: outside(writtenAs(one), pieces, one.unit.length === 2) };
    }
    const at = (pieces || []).findIndex((/** @type {string[]} */ names) => names.includes(number));
    if (at < 0) continue;
    const piece = await fetchJson(`${siteRoot}${index.folder}${letters.toLowerCase()}-${at}.json`);
    const sectors = piece.districts[number];
    const isWhole = one.unit.length === 2;
    if (typeof sectors === "number") {
      return { entries: [], said: outside(writtenAs(one), piece.places[sectors][0], isWhole) };
    }
    if (isWhole) return answerWhole(piece, sectors, one, index.release);
    const { entries, away } = likely(piece, sectors, one);
    const more = one.open && !one.digit ? completions(letters, number, pieces.flat()) : [];
    if (!entries.length && !more.length) {
      return { entries, said: away ? outside(writtenAs(one), away, false) : speak("No postcode begins %(what)s.", { what: writtenAs(one) }) };
    }
    const areas = speakCount(
      "%(n)s place has postcodes that begin %(what)s.", "%(n)s places have postcodes that begin %(what)s.", entries.length, { what: writtenAs(one) });
    const others = away ? ` ${speak("Others are in %(country)s, outside this atlas.", { country: away })}` : "";
    const shown = [...entries, ...more].slice(0, MOST_ANSWERS);
    return { entries: shown, said: areas + others, visible: Boolean(away) };
  }
  const [letters, number] = halves(asked[0].outward);
  const pieces = piecesOf(letters);
  const more = Array.isArray(pieces) && asked[0].open && !asked[0].digit
    ? completions(letters, number, pieces.flat()).slice(0, MOST_ANSWERS) : [];
  return more.length ? { entries: more, said: speakCount("%(n)s postcode district", "%(n)s postcode districts", more.length) }
    : { entries: [], said: speak("No postcode begins %(what)s.", { what: asked[0].outward }) };
};

/**
 * Postcode districts that begin with the letters of a postcode area: "NG" → "NG1 …".
 * @param {string} typed
 * @returns {Promise<Answer[]>}
 */
export const districtsOf = async (typed) => {
  const letters = typed.trim().toUpperCase();
  if (!hasPostcodes || !/^[A-Z]{1,2}$/.test(letters)) return [];
  const entry = (await fetchJson(indexFile || "")).areas[letters];
  return Array.isArray(entry) ? completions(letters, "", entry.flatMap(listed)) : [];
};

/** The lines that the directory's licence asks for, and where it is explained. */
export const postcodeLicence = async () => {
  const { licence, help } = await fetchJson(indexFile || "");
  return { lines: licence, help: siteRoot + help };
};
