"use strict";
/* Small things: copying the link, the device's own sharing, the address on paper. */
(() => {
  const address = document.querySelector("link[rel=canonical]")?.href ||
    location.href.replace(/[?#].*$/, "");
  const offer = (button, act) => {
    button.parentElement.hidden = false;
    button.addEventListener("click", act);
  };

  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const usual = button.textContent;
    button.setAttribute("aria-live", "polite");
    offer(button, async () => {
      try {
        await navigator.clipboard.writeText(address);
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
      navigator.share({ title: document.title, url: address }).catch(() => {});
    });
  }
  for (const place of document.querySelectorAll(".print-url")) {
    place.textContent = place.textContent || address;
  }
})();
