"use strict";
/*
 * Tables that can be sorted by their columns and filtered by words, group and class.
 * What is chosen stands in the URL: ?q=…&region=…&class=4&sort=rank-2016.
 */
(() => {
  const plain = (text) =>
    text.normalize("NFD").replace(/[\u0300-\u036f'’.]/g, "").toLowerCase();
  const keep = (name, value) => {
    const url = new URL(location.href);
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
    history.replaceState(history.state, "", url);
  };

  const sortable = (table, linked) => {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    // Columns may be added and taken away.
    const heads = () => [...table.tHead.rows[0].cells];
    const nameOf = (head) =>
      head.dataset.name || plain(head.textContent).trim().replace(/\W+/g, "-");
    const caption = table.caption;
    const usual = caption?.textContent;
    const letters = document.querySelector(".letters");

    /* Caption and letters speak of the order by name; another order says so. */
    const mark = (at, direction) => {
      const byName = at === 0 && direction === "ascending";
      if (letters && linked) letters.hidden = !byName;
      if (!caption || !linked) return;
      const head = heads()[at].textContent.replace(/\s+/g, " ").trim();
      const way = direction === "descending" ? "highest first" : "lowest first";
      caption.textContent = byName ? usual : `${usual.replace(/,[^,]*$/, "")}, by ${head}, ${way}`;
    };

    const valueOf = (row, at) => {
      const cell = row.cells[at];
      if (cell.dataset.sort === undefined) return plain(cell.textContent.trim());
      return cell.dataset.sort === "" ? null : Number(cell.dataset.sort);
    };
    const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en"));

    /* Missing values stay last in both directions. */
    const sort = (at, direction) => {
      const sign = direction === "descending" ? -1 : 1;
      const keyed = rows.map((row, was) => [valueOf(row, at), was, row]);
      keyed.sort(([a, i], [b, j]) => {
        if (a === null || b === null) return (a === null) - (b === null) || i - j;
        return sign * compare(a, b) || i - j;
      });
      body.append(...keyed.map(([, , row]) => row));
      heads().forEach((head, other) => {
        if (other === at) head.setAttribute("aria-sort", direction);
        else head.removeAttribute("aria-sort");
      });
      mark(at, direction);
    };

    const equip = (head) => {
      const name = nameOf(head);
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = head.dataset.first || "ascending";
        const now = head.getAttribute("aria-sort");
        const other = first === "ascending" ? "descending" : "ascending";
        const direction = now === first ? other : first;
        sort(heads().indexOf(head), direction);
        if (linked) keep("sort", (direction === "descending" ? "-" : "") + name);
      });
    };
    const sortAsAsked = () => {
      const wanted = linked && new URL(location.href).searchParams.get("sort");
      if (!wanted) return;
      const at = heads().findIndex((head) => nameOf(head) === wanted.replace(/^-/, ""));
      if (at >= 0) sort(at, wanted.startsWith("-") ? "descending" : "ascending");
    };
    heads().forEach(equip);
    sortAsAsked();
    /* Another script added columns, or took one away. */
    table.addEventListener("atlas:columns", ({ detail }) => {
      detail.added.forEach(equip);
      if (detail.added.length) sortAsAsked();
      else if (!heads().some((head) => head.hasAttribute("aria-sort"))) {
        sort(0, "ascending");
        if (linked) keep("sort", "");
      }
    });
    return rows;
  };

  const filterable = (form, table, rows) => {
    const said = form.querySelector("[data-said]");
    const heads = [...table.tHead.rows[0].cells];
    const text = form.querySelector("[type=search]");
    const columnOf = { group: heads.findIndex((head) => head.dataset.role === "group") };
    columnOf.class = heads.findIndex((head) => head.dataset.role === "class");
    const selects = [...form.querySelectorAll("select")];
    const wordsOf = new Map(rows.map((row) =>
      [row, plain(`${row.cells[0].textContent} ${row.dataset.code}`)]));
    const cellOf = (select, row) => row.cells[columnOf[select.dataset.filter]];
    // A class goes by its number, a group by its name.
    const valueOf = (select, row) => {
      const { dataset, textContent } = cellOf(select, row);
      return dataset.sort === undefined ? textContent.trim() : dataset.sort || "none";
    };

    for (const select of selects) {
      if (columnOf[select.dataset.filter] < 0) continue;
      const labels = new Map(rows.map((row) =>
        [valueOf(select, row), cellOf(select, row).textContent.trim()]));
      labels.delete("");
      const order = [...labels].sort(([a, x], [b, y]) => b - a || x.localeCompare(y));
      select.append(...order.map(([value, label]) => new Option(label, value)));
    }

    const apply = () => {
      const words = plain(text.value).split(/\s+/).filter(Boolean);
      let left = 0;
      for (const row of rows) {
        const fits = words.every((word) => wordsOf.get(row).includes(word)) &&
          selects.every((select) => !select.value || valueOf(select, row) === select.value);
        row.hidden = !fits;
        left += fits;
      }
      const counts = { left, count: rows.length, areas: said.dataset.unit };
      said.textContent = left ? window.atlas.speak("%(left)s of %(count)s %(areas)s", counts)
        : window.atlas.speak("No match among %(count)s %(areas)s", counts);
      table.classList.toggle("none-left", !left);
      [text, ...selects].forEach((field) => keep(field.name, field.value));
    };

    for (const field of [text, ...selects]) {
      field.value = new URL(location.href).searchParams.get(field.name) || "";
      if (field.selectedIndex === -1) field.value = "";
    }
    form.addEventListener("input", apply);
    form.addEventListener("submit", (e) => e.preventDefault());
    form.addEventListener("reset", () => setTimeout(apply));
    form.hidden = false;
    apply();
  };

  const form = document.querySelector("[data-filters]");
  document.querySelectorAll("table[data-sortable]").forEach((table) => {
    const rows = sortable(table, Boolean(form));
    if (form) filterable(form, table, rows);
  });
})();
