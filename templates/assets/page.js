"use strict";
/* Small things: copying the link, the device's own sharing, the address on paper. */
(() => {
  const address = document.querySelector("link[rel=canonical]")?.href ||
    location.href.replace(/[?#].*$/, "");
  /* What a page's state is part of ("state"), is sent on with it. */
  const addressOf = (how) => (how === "state" ? location.href : address);
  const offer = (button, act) => {
    button.parentElement.hidden = false;
    button.addEventListener("click", act);
  };

  // Without a base URL the code to embed a map has its address from the site's root.
  const { root } = document.documentElement.dataset;
  for (const field of document.querySelectorAll("textarea[data-embed]")) {
    const whole = new URL(root + field.dataset.embed, location.href).href;
    field.value = field.value.replace(`src="${field.dataset.embed}"`, `src="${whole}"`);
    field.addEventListener("focus", () => field.select());
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
        button.textContent = "Copied";
      } catch {
        button.textContent = "Could not copy";
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
