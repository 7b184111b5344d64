/** Names and codes: one list of them, or shards by how they begin. */

import { fetchJson } from "../lib/json.js";
import { plain, steps } from "./text.js";

/**
 * `kind` is empty for places.
 * @typedef {{ text: string, href: string, note: string, keys: string, name: string, kind: string }} Entry
 */

const { root, search: file } = document.documentElement.dataset;
const MOST_NAMES = 8;
const MOST_APART = 3;

/** @type {Map<string, Promise<Entry[]>>} */
const lists = new Map();

/** @param {string} path */
const entriesOf = (path) => {
  const known = lists.get(path);
  if (known) return known;
  const loading = fetchJson(path).then((/** @type {string[][]} */ rows) =>
    rows.map(([text, href, note, keys, kind = ""]) => ({
      text, href: root + href, note, keys: plain(keys || ""), name: plain(text), kind,
    })));
  loading.catch(() => lists.delete(path));
  lists.set(path, loading);
  return loading;
};

/** A shard's file: letters of other scripts and spaces by their numbers. */
const shardFile = (/** @type {string} */ prefix) =>
  `${[...prefix].map((c) => (/[a-z0-9]/.test(c) ? c : "_" + c.codePointAt(0)?.toString(16))).join("")}.json`;

/** The shard that a text begins with, the longest; "" if there is none. */
const shardFor = (/** @type {Set<string>} */ shards, /** @type {string} */ query) => {
  for (let length = query.length; length > 0; length -= 1) {
    if (shards.has(query.slice(0, length))) return query.slice(0, length);
  }
  return "";
};

/** @type {Set<string> | null} */
let known = null;

/** Fetches what every search needs. */
export const loadNames = async () => {
  const index = await fetchJson(file || "");
  if (!Array.isArray(index)) known ??= new Set(index.shards);
  return index;
};

/** All entries that may answer a text. */
const candidates = async (/** @type {string} */ query) => {
  const index = await loadNames();
  if (Array.isArray(index)) return entriesOf(file || "");
  const shards = known || new Set();
  // As typed, or else by its longest word.
  const longest = query.split(" ").reduce((a, b) => (b.length > a.length ? b : a));
  const [whole, word] = [shardFor(shards, query), shardFor(shards, longest)];
  const best = whole.length > word.length || query.startsWith(longest) ? whole : word;
  return best ? entriesOf(root + index.folder + shardFile(best)) : [];
};

/** How well an entry answers: 0 is best, Infinity not at all. */
const distance = (/** @type {Entry} */ { name, keys }, /** @type {string} */ query) => {
  if (name === query) return 0;
  if (name.startsWith(query)) return 1;
  if (` ${name}`.includes(` ${query}`)) return 2;
  const words = name.split(" ");
  if (query.split(" ").every((q) => words.some((word) => word.startsWith(q)))) return 3;
  if (query.length > 2 && name.includes(query)) return 4;
  if (` ${keys}`.includes(` ${query}`)) return 5;
  const most = query.length < 4 ? 0 : query.length < 7 ? 1 : 2;
  if (!most) return Infinity;
  const parts = [name, ...words, name.slice(0, query.length), name.slice(0, query.length + 1)];
  const least = Math.min(...parts.map((part) => steps(query, part, most)));
  return least <= most ? 5 + least : Infinity;
};

/**
 * The entries that answer a text, best first; places before what is none.
 * @param {string} text
 * @param {number} most
 * @returns {Promise<Entry[]>}
 */
export const findNames = async (text, most = MOST_NAMES) => {
  const query = plain(text);
  if (!query) return [];
  const near = (await candidates(query))
    .map((entry) => /** @type {const} */ ([distance(entry, query), entry]))
    .filter(([far]) => far < Infinity)
    .sort(([a, x], [b, y]) => a - b || x.name.localeCompare(y.name) || x.note.localeCompare(y.note));
  // Typing errors are only thought of where nothing fits as typed.
  const exact = near.filter(([far]) => far <= 5);
  const found = (exact.length ? exact : near).map(([, entry]) => entry);
  const places = found.filter(({ kind }) => !kind);
  const others = found.filter(({ kind }) => kind);
  const room = Math.max(MOST_APART, most - places.length);
  const apart = others.slice(0, Math.min(room, most));
  return [...places.slice(0, most - apart.length), ...apart];
};
