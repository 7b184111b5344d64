/** Starts the explorer where the browser can draw it. */

import { fetchJson } from "../lib/json.js";
import { Explorer } from "./explorer.js";
import { fail, host } from "./page.js";

const hasWebgl = () => {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
};

if (!window.maplibregl) {
  fail("The script that draws this map didn’t arrive.");
} else if (!hasWebgl()) {
  fail("This browser has no WebGL, or it is switched off.");
} else {
  fetchJson(host.dataset.file || "")
    .then((data) => new Explorer(data).start())
    .catch(() => fail("The map could not be started."));
}
