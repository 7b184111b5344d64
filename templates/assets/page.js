"use strict";
/* Small things: copying the link, the device's own sharing, the address on paper. */
(() => {
  /* The build puts the words of another language in their places. */
  const speak = (text) => text;
  const address = document.querySelector("link[rel=canonical]")?.href ||
    location.href.replace(/[?#].*$/, "");
  /* What a page's state is part of ("state"), is sent on with it. */
  const addressOf = (how) => (how === "state" ? location.href : address);
  const offer = (button, act) => {
    button.parentElement.hidden = false;
    button.addEventListener("click", act);
  };

  /* A strip's dots stand in a file that all pages share, where a browser shows no titles. */
  const REACH_PX = 8;
  const dotsOf = async (shared) => {
    const answer = await fetch(shared.href.baseVal.split("#")[0]);
    const sheet = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
    return Array.from(sheet.querySelectorAll("g > svg > title"), (title) => ({
      name: title.textContent,
      x: parseFloat(title.parentNode.getAttribute("x")) / 100,
      y: Number(title.parentNode.getAttribute("y")) + shared.y.baseVal.value,
    }));
  };
  const nearest = (dots, x, y, width) => {
    const away = (dot) => Math.hypot(dot.x * width - x, dot.y - y);
    const found = dots.reduce((a, b) => (away(b) < away(a) ? b : a));
    return away(found) <= REACH_PX ? found : null;
  };
  for (const chart of document.querySelectorAll("svg.strip")) {
    const shared = chart.querySelector("use[href*='.svg#']");
    if (!shared) continue;
    const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
    label.setAttribute("class", "dot-pointed halo");
    label.setAttribute("y", 14);
    let dots = null;
    const show = (dot) => {
      chart.classList.toggle("telling", Boolean(dot));
      if (!dot) { label.remove(); return; }
      label.textContent = dot.name;
      label.setAttribute("x", `${dot.x * 100}%`);
      label.setAttribute("text-anchor", dot.x < 0.2 ? "start" : dot.x > 0.8 ? "end" : "middle");
      chart.append(label);
    };
    chart.addEventListener("pointerleave", () => show(null));
    chart.addEventListener("pointermove", async (event) => {
      dots ??= dotsOf(shared).catch(() => []);
      const known = await dots;
      const box = chart.getBoundingClientRect();
      const marked = event.target.closest("a");  // it says its own name
      show(known.length && !marked
        ? nearest(known, event.clientX - box.left, event.clientY - box.top, box.width) : null);
    });
  }

  const copied = (button) => {
    const field = button.dataset.copy && document.getElementById(button.dataset.copy);
    return field ? field.value : addressOf(button.dataset.copy);
  };
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const usual = button.textContent;
    button.setAttribute("aria-live", "polite");
    offer(button, async () => {
      try {
        await navigator.clipboard.writeText(copied(button));
        button.textContent = speak("Copied");
      } catch {
        button.textContent = speak("Could not copy");
      }
      setTimeout(() => { button.textContent = usual; }, 2000);
    });
  }
  for (const button of document.querySelectorAll("[data-share]")) {
    if (!navigator.share) continue;
    offer(button, () => {
      const url = addressOf(button.dataset.share);
      navigator.share({ title: document.title, url }).catch(() => {});
    });
  }
  for (const place of document.querySelectorAll(".print-url")) {
    place.textContent = place.textContent || address;
  }
})();
