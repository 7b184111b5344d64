/** The page's address keeps edition and layout: ?edition=2017&layout=hexagons. */

/**
 * An edition is the first part of a measure's id, unless several measures share it.
 * @param {string} id
 * @param {string[]} ids
 */
const editionOf = (id, ids) => {
  const short = id.split("-")[0];
  return ids.filter((other) => other.split("-")[0] === short).length > 1 ? id : short;
};

/**
 * @param {string[]} measures
 * @param {string[]} layouts
 */
export const readAddress = (measures, layouts) => {
  const wanted = new URLSearchParams(location.search);
  return {
    measure: measures.find((id) => editionOf(id, measures) === wanted.get("edition")),
    layout: layouts.find((id) => id === wanted.get("layout")),
  };
};

/**
 * @param {{ measure: string, layout: string }} chosen
 * @param {{ measure: string, layout: string, measures: Record<string, string> }} usual
 */
export const writeAddress = (chosen, usual) => {
  const url = new URL(location.href);
  const set = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ plain) => {
    if (value === plain) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  };
  const ids = Object.keys(usual.measures);
  set("edition", editionOf(chosen.measure, ids), editionOf(usual.measure, ids));
  set("layout", chosen.layout, usual.layout);
  history.replaceState(history.state, "", url);
};
