"use strict";
/*
 * Saves a map or a chart as a picture, as it is seen: an SVG that needs no style sheet, with
 * title, legend and source, or a PNG of it at twice the size.
 */
window.atlas = window.atlas || {};

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const INHERITED = [
    "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-linecap",
    "stroke-linejoin", "stroke-dasharray", "font-family", "font-size", "font-weight",
    "font-stretch", "font-variant-numeric", "text-anchor", "dominant-baseline", "paint-order",
  ];
  const OWN = { opacity: "1", "vector-effect": "none" }; // and what they are unless set
  const LEFT_OUT = /^(class|style|tabindex|role|href|width|height|x|y|viewBox|aria-.*|data-.*)$/;
  const PLACED = ["width", "height", "x", "y", "viewBox"];
  const ROOM = 16; // around everything, pixels
  const LEAST_WIDTH = 360;
  const PNG_SCALE = 2;

  const drawn = (name, attributes = {}, ...content) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };
  const cssValue = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /* -- Copies that stand on their own ------------------------------------------------------ */

  const files = new Map();
  const fileOf = (url) => {
    if (!files.has(url)) {
      files.set(url, fetch(url).then((answer) => answer.text()).then((text) =>
        new DOMParser().parseFromString(text, "image/svg+xml")));
    }
    return files.get(url);
  };

  /* What a <use> takes from another file, put in its place. */
  const usedPart = async (use) => {
    const url = new URL(use.getAttribute("href"), location.href);
    const part = (await fileOf(url.pathname)).getElementById(url.hash.slice(1));
    const [x, y] = ["x", "y"].map((name) => use.getAttribute(name) || 0);
    const copy = document.importNode(part, true);
    for (const node of [copy, ...copy.querySelectorAll("*")]) node.removeAttribute("class");
    copy.removeAttribute("id");
    return drawn("g", { transform: `translate(${x} ${y})` }, copy);
  };

  const styled = (copy, style, around) => {
    for (const name of INHERITED) {
      const value = style.getPropertyValue(name);
      if (value && (!around || around.getPropertyValue(name) !== value)) copy.setAttribute(name, value);
    }
    for (const [name, usual] of Object.entries(OWN)) {
      const value = style.getPropertyValue(name);
      if (value && value !== usual) copy.setAttribute(name, value);
    }
  };

  /* An element with what its style sheet says written into it; null if it isn't seen. */
  const copyOf = async (element, around, inDefs = false) => {
    const name = element.localName;
    if (["title", "desc"].includes(name)) return element.cloneNode(true);
    const style = getComputedStyle(element);
    const leaf = !element.firstElementChild;
    if (!inDefs && (style.display === "none" || (leaf && style.visibility === "hidden"))) return null;
    const outside = name === "use" && !element.getAttribute("href").startsWith("#");
    const copy = outside ? await usedPart(element) : drawn(name === "a" ? "g" : name);
    // What others refer to takes the style of where it is used; hatching has one of its own.
    const plain = inDefs && !element.closest("pattern");
    for (const { name: key, value } of outside ? [] : element.attributes) {
      const styled = !plain && (INHERITED.includes(key) || key in OWN); // by its style, below
      const wanted = PLACED.includes(key) || (name === "use" && key === "href");
      if (!styled && (wanted || !LEFT_OUT.test(key))) copy.setAttribute(key, value);
    }
    if (!plain && name !== "defs") styled(copy, style, around);
    for (const child of outside ? [] : element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) copy.append(child.data);
      if (child.nodeType !== Node.ELEMENT_NODE) continue;
      const made = await copyOf(child, plain ? null : style, inDefs || name === "defs");
      if (made) copy.append(made);
    }
    return copy;
  };

  /* Strokes that keep their width at any size must know the picture's. */
  const widen = (svg, scale) => {
    const widths = new Map();
    for (const part of svg.querySelectorAll("[vector-effect]")) {
      const users = part.closest("defs") ? svg.querySelectorAll(`use[href="#${part.id}"]`) : [part];
      for (const user of users) {
        const width = user.closest("[stroke-width]")?.getAttribute("stroke-width");
        widths.set(user, parseFloat(width || 1) * scale);
      }
    }
    for (const [part, width] of widths) part.setAttribute("stroke-width", width);
  };

  /* The drawings of a figure with their places within it. */
  const drawingsOf = (figure) => {
    const frame = figure.querySelector(".map-frame");
    if (!frame) return [figure.querySelector("svg.chart"), [figure.querySelector("svg.chart")]];
    if (!frame.classList.contains("map-live")) return [frame, [...frame.querySelectorAll("svg:not(svg svg)")]];
    const panes = [...frame.querySelectorAll(".leaflet-pane svg")]
      .filter((svg) => !svg.closest(".leaflet-mark-pane"));
    const names = frame.classList.contains("map-moved") ? [] : frame.querySelectorAll(".map-names > svg");
    const inset = figure.querySelector(".map-inset");
    const shown = inset && getComputedStyle(inset).visibility === "visible" &&
      getComputedStyle(inset).position === "absolute";
    return [frame, [
      ...figure.querySelectorAll("svg.map-defs"), ...panes, ...names,
      ...(shown ? inset.querySelectorAll("svg") : []),
    ]];
  };

  const pictureOf = async (figure) => {
    const [holder, svgs] = drawingsOf(figure);
    const box = holder.getBoundingClientRect();
    const clip = figure.querySelector(".map-frame") ? "hidden" : "visible";
    const group = drawn("svg", {
      width: box.width, height: box.height, overflow: clip, color: getComputedStyle(holder).color,
    });
    for (const svg of svgs) {
      const at = svg.getBoundingClientRect();
      const copy = await copyOf(svg, null);
      if (!copy) continue;
      const place = {
        x: at.left - box.left, y: at.top - box.top, width: at.width, height: at.height,
      };
      for (const [key, value] of Object.entries(place)) copy.setAttribute(key, +value.toFixed(2));
      copy.setAttribute("overflow", clip);
      group.append(copy);
    }
    return [group, box];
  };

  /* -- Words around the picture ---------------------------------------------------------- */

  const pen = document.createElement("canvas").getContext("2d");
  const wrapped = (text, font, width) => {
    pen.font = font;
    const lines = [""];
    for (const word of text.split(/\s+/)) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width > width && lines.at(-1)) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  };

  const titleOf = (figure) => {
    const caption = figure.querySelector(".map-caption");
    if (caption || figure.dataset.title) return figure.dataset.title || caption.textContent;
    const about = figure.querySelector("svg").getAttribute("aria-label") || "";
    const name = document.querySelector("h1").textContent;
    return about.includes(name) ? about : `${name}: ${about}`;
  };

  const sourcesOf = (figure) => {
    const own = figure.querySelector(".map-source");
    const here = document.querySelectorAll(".sources li > p:first-child");
    const figures = here.length ? here : document.querySelectorAll(".foot-sources li");
    const address = document.querySelector("link[rel=canonical]")?.href || location.href;
    // A map shows one edition: the sources of the others don't belong to its picture.
    const titles = [...document.querySelectorAll(".sources li, .foot-sources li")]
      .map((item) => item.dataset.title).filter((title) => title && titleOf(figure).includes(title));
    const lines = [...figures]
      .filter((item) => !titles.length || titles.includes(item.closest("li").dataset.title))
      .map((item) => item.textContent);
    return [...lines, own?.innerText, address.replace(/#.*$/, "")]
      .filter(Boolean)
      .flatMap((text) => text.split("\n"))
      .map((text) => text.trim());
  };

  const hatching = () => drawn(
    "pattern",
    {
      id: "save-hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)",
    },
    drawn("path", { d: "M0 0v5", stroke: cssValue("--hatch") || "gray" }),
  );

  /* Rows of the legend that is shown: colour, name, limits. */
  const legendOf = (figure) => {
    const table = figure.querySelector(".legend:not([hidden])");
    if (!table) return [];
    return [...table.querySelectorAll("tbody tr")].map((row) => {
      const [head, limits] = row.cells;
      const classed = head.matches("[class*=level-]") ? head : head.querySelector("[class*=level-]");
      const colour = getComputedStyle(classed).getPropertyValue("--level").trim();
      const text = [...head.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE)
        .map((n) => n.data.trim()).join("");
      return [colour, [text, limits.textContent].filter(Boolean).join(": ")];
    });
  };

  const pageOf = async (figure, scale = 1) => {
    const [picture, box] = await pictureOf(figure);
    const width = Math.max(LEAST_WIDTH, Math.ceil(box.width)) + 2 * ROOM;
    const style = getComputedStyle(document.body);
    const [ink, soft] = [style.color, cssValue("--soft")];
    const family = style.fontFamily;
    const svg = drawn("svg", { width, "font-family": family, fill: ink });
    const ground = drawn("rect", { width: "100%", height: "100%", fill: cssValue("--paper") });
    svg.append(drawn("defs", {}, hatching()), ground);
    let y = ROOM;
    const write = (text, size, attributes = {}) => {
      const font = `${attributes["font-weight"] || 400} ${size}px ${family}`;
      for (const line of wrapped(text, font, width - 2 * ROOM)) {
        y += size * 1.35;
        svg.append(drawn("text", { x: ROOM, y, "font-size": size, ...attributes }, line));
      }
    };
    write(titleOf(figure), 16, { "font-weight": 700 });
    y += ROOM;
    picture.setAttribute("x", (width - box.width) / 2);
    picture.setAttribute("y", y);
    svg.append(picture);
    y += box.height + ROOM / 2;
    for (const [colour, text] of legendOf(figure)) {
      y += 20;
      svg.append(
        drawn("rect", {
          x: ROOM, y: y - 11, width: 22, height: 13, fill: colour || "url(#save-hatch)", stroke: soft,
          "stroke-width": 0.5,
        }),
        drawn("text", { x: ROOM + 30, y, "font-size": 13 }, text),
      );
    }
    y += ROOM / 2;
    for (const text of sourcesOf(figure)) write(text, 11, { fill: soft });
    const height = Math.ceil(y + ROOM);
    svg.setAttribute("height", height);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    if (scale !== 1) widen(svg, scale);
    return [new XMLSerializer().serializeToString(svg), width, height];
  };

  /* -- Files ----------------------------------------------------------------------------- */

  const hand = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  const png = async (text, width, height) => {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width * PNG_SCALE, height * PNG_SCALE];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => { canvas.toBlob(done, "image/png"); });
  };

  const nameOf = (figure) => {
    const slug = location.pathname.replace(/index\.html$/, "").split("/").filter(Boolean).at(-1);
    const measure = figure.querySelector(".legend:not([hidden])")?.dataset.measure;
    const chart = figure.querySelector("svg.chart")?.classList[1];
    return [slug || "atlas", chart || "map", measure].filter(Boolean).join("-");
  };

  const save = async (figure, kind) => {
    const [text, width, height] = await pageOf(figure, kind === "PNG" ? PNG_SCALE : 1);
    const blob = kind === "PNG"
      ? await png(text, width, height)
      : new Blob([text], { type: "image/svg+xml" });
    hand(blob, `${nameOf(figure)}.${kind.toLowerCase()}`);
  };

  /* The build puts the words of another language in their places. */
  const speak = (text) => text;

  /* Gives a figure the buttons that save it. */
  window.atlas.savable = (figure) => {
    const list = document.createElement("ul");
    list.className = "actions save";
    for (const kind of ["SVG", "PNG"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = kind === "SVG" ? speak("Save as SVG") : speak("Save as PNG");
      button.addEventListener("click", async () => {
        try {
          await save(figure, kind);
        } catch {
          button.textContent = speak("Could not be saved");
        }
      });
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    figure.append(list);
  };
  const maps = [...document.querySelectorAll("figure.map")].map((map) =>
    [map, map.querySelector(".map-frame")]);
  const charts = [...document.querySelectorAll("figure.plot")].map((plot) =>
    [plot, plot.querySelector("svg.chart")]);
  for (const [figure, drawing] of [...maps, ...charts]) if (drawing) window.atlas.savable(figure);
})();
