"use strict";
/*
 * Puts two to five areas side by side: compare/?a=E07000176&b=E07000175.  Which ones stands in
 * the address, as codes; the names of their pages are understood as well.
 */
(async () => {
  const KEYS = ["a", "b", "c", "d", "e"];
  const form = document.querySelector("[data-compare]");
  const input = document.getElementById("compare-text");
  const status = document.getElementById("compare-status");
  const shown = document.getElementById("compared");
  const { root } = document.documentElement.dataset;
  const usualTitle = document.title;
  let data;
  try {
    // Figures keep their address when they change, so the server is asked whether they did.
    const answer = await fetch(form.dataset.compare, { cache: "no-cache" });
    if (!answer.ok) throw new Error(answer.status);
    data = await answer.json();
  } catch {
    status.textContent = form.dataset.failed;
    return;
  }

  const areas = new Map();
  const bySlug = new Map();
  const keep = (found) => {
    for (const [code, [name, slug, group, size, cells]] of Object.entries(found)) {
      if (areas.has(code)) continue;
      const area = { code, name, group, size, cells, href: `${root}${data.path}${slug}/`, slug };
      areas.set(code, area);
      bySlug.set(slug, area);
    }
  };
  keep(data.areas);
  let chosen = [];

  /* Of many areas each is in a file with those whose codes (or pages) come next in order. */
  const fetchPart = async (kind, starts, key) => {
    const at = starts.findLastIndex((start) => start <= key);
    if (at < 0) return {};
    const answer = await fetch(`${root}${data.folder}${kind}${at}.json`, { cache: "no-cache" });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  const find = async (code, slug) => {
    const known = () => areas.get(code) || bySlug.get(slug);
    if (known() || !data.folder) return known();
    keep(await fetchPart("", data.codes, code));
    if (known()) return known();
    const own = (await fetchPart("pages-", data.slugs, slug))[slug];
    if (own) keep(await fetchPart("", data.codes, own));
    return known();
  };
  const { speak } = window.atlas;

  /* -- Building blocks ---------------------------------------------------------------- */

  const element = (name, attributes = {}, ...content) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };
  const drawn = (name, attributes = {}, ...content) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };
  const listed = (names) =>
    names.length < 2 ? names.join("") : speak("%(items)s and %(last)s", {
      items: names.slice(0, -1).join(", "), last: names.at(-1),
    });
  const levelOf = ([, , level]) => `level-${level ?? "none"}`;
  const percent = (x) => `${x / 10}%`;

  /* -- The table ------------------------------------------------------------------------ */

  const headOf = (area) => {
    const remove = element(
      "button", { type: "button", "aria-label": speak("Remove %(name)s", area) }, speak("Remove"),
    );
    remove.addEventListener("click", () => drop(area));
    const link = element("a", { href: area.href }, area.name);
    return element("th", { scope: "col", "data-code": area.code }, link, remove);
  };

  const rowOf = (title, cells) => element(
    "tr", {}, element("th", { scope: "row" }, title),
    ...cells.map(([text, name]) => element("td", name ? { class: name } : {}, text)),
  );

  const rowsOf = (measure, at) => {
    const cells = chosen.map((area) => area.cells[at]);
    const known = cells.map((cell) => cell.length > 1);
    const label = (cell) => measure.labels[cell[2]] || "";
    return [
      rowOf(`${speak("Rank")}, ${measure.edition}`, cells.map((cell, n) => [cell[0], known[n] ? "num" : "quiet"])),
      ...(measure.scores
        ? [rowOf(`${speak("Score")}, ${measure.edition}`, cells.map((cell) => [cell[1] || "", "num"]))]
        : []),
      rowOf(
        `${speak("Class")}, ${measure.edition}`,
        cells.map((cell, n) => (known[n] ? [label(cell), `class ${levelOf(cell)}`] : ["", ""])),
      ),
    ];
  };

  const fillTable = () => {
    const corner = element("td", {});
    shown.querySelector("table").style.setProperty("--areas", chosen.length);
    shown.querySelector("thead").replaceChildren(element("tr", {}, corner, ...chosen.map(headOf)));
    shown.querySelector("tbody").replaceChildren(
      ...(data.group ? [rowOf(data.group, chosen.map(({ group }) => [group]))] : []),
      rowOf(speak("Size"), chosen.map(({ size }) => [size, "num"])),
      ...data.measures.flatMap(rowsOf),
    );
  };

  /* -- The charts: a line for each area, all on one scale --------------------------------- */

  const LINE = 46;

  const lineOf = (area, cell, top) => {
    const [rank, score, , x] = cell;
    const name = drawn("tspan", { "font-weight": 700 }, area.name);
    const figures = `  ${rank}${score ? ", " + score : ""}`;
    const text = drawn("text", { x: 0, y: top + 14 }, name, figures);
    const y = top + 28;
    const line = drawn("line", {
      x1: 0, x2: "100%", y1: y, y2: y, stroke: "currentColor", "stroke-opacity": 0.2,
    });
    if (cell.length < 2) return [text, line];
    const dot = drawn("circle", {
      class: `shape ${levelOf(cell)}`, cx: percent(x), cy: y, r: 7, stroke: "currentColor",
      "stroke-width": 2,
    });
    return [text, line, dot];
  };

  /* Every area as a stroke, so that it shows how the whole country lies. */
  const allOf = (at, top) => {
    const along = data.along ? data.along[at] : [...areas.values()]
      .filter(({ cells }) => cells[at].length > 1)
      .map(({ cells }) => cells[at][3]);
    const d = along.map((x) => `M${x} 0v10`).join("");
    return drawn(
      "svg",
      { viewBox: "0 0 1000 10", preserveAspectRatio: "none", width: "100%", y: top, height: 10 },
      drawn("path", {
        d, stroke: "currentColor", "stroke-opacity": 0.3, "vector-effect": "non-scaling-stroke",
      }),
    );
  };

  const scaleOf = (measure, top) => {
    const ends = [0, ...measure.limits, 1000];
    const bands = measure.labels.map((label, level) => drawn(
      "rect",
      {
        class: `bar level-${level}`, x: percent(ends[level]), y: top, height: 8,
        width: percent(ends[level + 1] - ends[level]),
      },
      drawn("title", {}, label),
    ));
    const ticks = measure.ticks.flatMap(([x, text]) => [
      drawn("line", {
        x1: percent(x), x2: percent(x), y1: top + 8, y2: top + 12, stroke: "currentColor",
      }),
      drawn("text", {
        x: percent(x), y: top + 25, "text-anchor": x < 60 ? "start" : x > 940 ? "end" : "middle",
      }, text),
    ]);
    const last = measure.labels.length - 1;
    const names = last > 0 ? [
      drawn("text", { class: "quiet", x: 0, y: top + 42 }, measure.labels[0]),
      drawn("text", { class: "quiet", x: "100%", y: top + 42, "text-anchor": "end" },
        measure.labels[last]),
    ] : [];
    return [...bands, ...ticks, ...names];
  };

  const chartOf = (measure, at) => {
    const foot = chosen.length * LINE + 4;
    const limits = measure.limits.map((x) => drawn("line", {
      x1: percent(x), x2: percent(x), y1: 0, y2: foot + 14, stroke: "currentColor",
      "stroke-opacity": 0.25,
    }));
    const figures = chosen.map(({ name, cells }) =>
      `${name}: ${cells[at].slice(0, 2).filter(Boolean).join(", ")}`);
    const svg = drawn(
      "svg",
      {
        class: "chart side-by-side", width: "100%", height: foot + 60, role: "img",
        "aria-label": `${measure.title}. ${figures.join("; ")}.`, "font-size": 13,
        fill: "currentColor",
      },
      drawn("g", { class: "limits" }, ...limits),
      ...chosen.flatMap((area, line) => lineOf(area, area.cells[at], line * LINE)),
      allOf(at, foot),
      ...scaleOf(measure, foot + 14),
    );
    const figure = element(
      "figure", { class: "plot wide" }, element("figcaption", {}, measure.title), svg,
      ...(measure.note ? [element("p", { class: "quiet" }, measure.note)] : []),
    );
    figure.dataset.title = `${listed(chosen.map(({ name }) => name))}: ${measure.title}`;
    window.atlas.savable?.(figure);
    return figure;
  };

  /* -- State ---------------------------------------------------------------------------- */

  const count = () => {
    if (!chosen.length) return "";
    if (chosen.length === 1) return speak("Add one more to compare it with.");
    return chosen.length === KEYS.length ? speak("That is the most that fits.") : "";
  };

  const show = (said) => {
    const names = chosen.map((area) => area.name);
    status.textContent = [said, count()].filter(Boolean).join(" ");
    document.title = names.length ? `${listed(names)}: ${usualTitle}` : usualTitle;
    shown.hidden = !chosen.length;
    fillTable();
    const known = data.measures
      .map((measure, at) => [measure, at])
      .filter(([, at]) => chosen.some((area) => area.cells[at].length > 1));
    document.getElementById("compare-charts")
      .replaceChildren(...known.map(([measure, at]) => chartOf(measure, at)));
    const url = new URL(location.href);
    KEYS.forEach((key, at) => {
      if (chosen[at]) url.searchParams.set(key, chosen[at].code);
      else url.searchParams.delete(key);
    });
    history.replaceState(history.state, "", url);
  };

  const add = (area) => {
    input.value = "";
    if (chosen.includes(area)) show(speak("%(name)s is there already.", area));
    else if (chosen.length === KEYS.length) show(speak("Remove one first."));
    else {
      chosen.push(area);
      show(speak("%(name)s added.", area));
    }
    input.focus();
  };

  const drop = (area) => {
    const at = chosen.indexOf(area);
    chosen.splice(at, 1);
    show(speak("%(name)s removed.", area));
    const buttons = shown.querySelectorAll("thead button");
    (buttons[Math.min(at, buttons.length - 1)] || input).focus();
  };

  /* Areas by name, code or postcode; a search that knows postcodes answers with a page. */
  const areaOf = ({ keys, href }) =>
    find((keys || "").toUpperCase(), (href || "").split("/").at(-2) || "");
  const isArea = ({ href }) => (href || "").startsWith(root + data.path);
  const entriesFor = async (text) => {
    const answer = await window.atlas.answer(text, 60);
    const entries = (Array.isArray(answer) ? answer : answer.entries)
      .filter((entry) => entry.fill || isArea(entry)).slice(0, 8);
    return Array.isArray(answer) ? entries : { ...answer, entries };
  };
  window.atlas.combobox(
    input,
    document.getElementById("compare-list"),
    document.getElementById("compare-said"),
    entriesFor,
    (entry) => areaOf(entry).then(add).catch(() => { status.textContent = form.dataset.failed; }),
    (text) => { status.textContent = speak("Nothing here is called %(names)s.", { names: `“${text}”` }); },
  );

  const asked = new URLSearchParams(location.search);
  // "?a=X&b=Y" is our own form; "?a=X,Y" is what people write.
  const wanted = KEYS.flatMap((key) => asked.getAll(key)).flatMap((text) => text.split(","))
    .map((text) => text.trim()).filter(Boolean);
  const known = await Promise.all(wanted.map((text) =>
    find(text.toUpperCase(), text.toLowerCase()).catch(() => undefined)));
  const all = [...new Set(known.filter(Boolean))];
  chosen = all.slice(0, KEYS.length);
  const strange = wanted.filter((_, at) => !known[at]);
  const quoted = strange.map((s) => `“${s.slice(0, 40)}”`);
  show([
    quoted.length ? speak("Nothing here is called %(names)s.", { names: quoted.slice(0, 3).join(", ") }) : "",
    all.length > KEYS.length ? speak("Only the first %(count)s are shown.", { count: KEYS.length }) : "",
  ].filter(Boolean).join(" "));
})();
