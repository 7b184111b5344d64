"use strict";
/* Offers the pages whose names are nearest to the last part of the address. */
(async () => {
  const box = document.querySelector("[data-nearest]");
  const decoded = (part) => part.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return " "; // "%" and digits that stand for no letter
    }
  });
  const parts = location.pathname.split("/").filter(Boolean).map(decoded);
  const last = (parts.pop() || "").replace(/\.html?$/, "").slice(0, 80);
  if (!box || !last) return;
  let found = [];
  try {
    found = await atlas.find(last, 5);
    if (!found.length) found = await atlas.find(last.split(/[-_ %]/)[0], 5);
  } catch {
    return;
  }
  box.querySelector("ul").replaceChildren(...found.map(({ text, href, note }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = href;
    link.textContent = text;
    item.append(link, `, ${note}`);
    return item;
  }));
  box.hidden = !found.length;
})();
