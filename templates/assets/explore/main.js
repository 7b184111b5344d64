/** Starts the explorer where the browser can draw it. */

import { fetchJson } from "../lib/json.js";
import { speak } from "../lib/speak.js";
import { Explorer } from "./explorer.js";
import { fail, host } from "./page.js";

const hasWebgl = () => {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") || canvas.getContext("webgl"));
};

if (!window.maplibregl) {
  fail(speak("The script that draws this map didn’t arrive."));
} else if (!hasWebgl()) {
  fail(speak("This browser has no WebGL, or it is switched off."));
} else {
  fetchJson(host.dataset.file || "")
    .then((data) => new Explorer(data).start())
    .catch(() => fail(speak("The map could not be started.")));
}
