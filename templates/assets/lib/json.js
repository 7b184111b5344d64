/** Files are fetched once, however many ask; what failed may be asked for again. */

/** @type {Map<string, Promise<any>>} */
const files = new Map();

/**
 * @param {string} url
 * @param {RequestCache} cache "no-cache" for a file whose name stays when its content changes: it
 *   comes from the browser's cache only if the server says that it is still the same
 * @returns {Promise<any>}
 */
export const fetchJson = (url, cache = "default") => {
  const known = files.get(url);
  if (known) return known;
  const loading = fetch(url, { cache }).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
    return answer.json();
  });
  loading.catch(() => files.delete(url));
  files.set(url, loading);
  return loading;
};
