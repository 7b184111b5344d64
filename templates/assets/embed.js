"use strict";
/* A map alone, in a frame of another site: all of it is fetched from the shared files. */
(async () => {
  const frame = document.querySelector("[data-config]");
  const { root } = document.documentElement.dataset;
  const { config: file, view, here } = frame.dataset;
  const stage = frame.parentElement;
  const element = (name, attributes, ...content) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };
  const button = (zoom, label, text) =>
    element("button", { type: "button", "data-zoom": zoom, "aria-label": label }, text);
  stage.append(
    element(
      "div", { class: "map-tools", hidden: "" },
      button("in", "Zoom in", "+"),
      button("out", "Zoom out", "−"),
      button("reset", "Show the whole map again", "↺"),
    ),
    element(
      "p", { class: "map-keys", id: `${frame.id}-keys`, hidden: "" },
      "Arrow keys go from one to the next, Enter opens its page, Escape leaves it, + and − zoom.",
    ),
    element("p", { class: "unseen", id: `${frame.id}-said`, role: "status" }),
  );

  const answer = await fetch(file);
  const { caption, source, hatching, ...config } = await answer.json();
  const svg = frame.querySelector("svg");
  svg.innerHTML = hatching;
  const told = element("p", { class: "map-caption", id: `${frame.id}-caption` }, caption);
  const home = element("a", { href: root }, "See the whole atlas");
  const words = element("figcaption", {}, told, element("p", { class: "map-source" }, source, ". ", home));
  frame.closest("figure").append(words);
  const map = L.map(frame, {
    center: [0, 0],
    zoom: 6,
    zoomSnap: 0,
    zoomControl: false,
    attributionControl: false,
    scrollWheelZoom: false,
    keyboard: false,
  });
  const made = atlas.areas(map, { ...config, root, view, here: here.split(" ").filter(Boolean) });
  await made.ready;
  if (!made.values) return; // what could be loaded is shown, and the rest said
  const { labels } = made.values;
  const key = element("ul", { class: "key" });
  [...labels.keys()].reverse().forEach((level) => key.append(element(
    "li", {}, element("i", { class: `swatch level-${level}`, "aria-hidden": "true" }), labels[level],
  )));
  told.after(key);
})();
