/** What the site's modules find in the page: libraries, and what other scripts offer. */

declare const L: any;

interface Window {
  atlas: any;
  maplibregl: any;
}
