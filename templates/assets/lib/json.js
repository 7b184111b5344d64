/** Files are fetched once, however many ask; what failed may be asked for again. */

/** @type {Map<string, Promise<any>>} */
const files = new Map();

/**
 * @param {string} url
 * @returns {Promise<any>}
 */
export const fetchJson = (url) => {
  const known = files.get(url);
  if (known) return known;
  const loading = fetch(url).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
    return answer.json();
  });
  loading.catch(() => files.delete(url));
  files.set(url, loading);
  return loading;
};
