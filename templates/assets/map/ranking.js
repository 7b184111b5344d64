/** The ranked list beside a map follows it: what is pointed at is lit and brought into view. */

/** @param {HTMLElement} list */
export const followMap = (list) => {
  document.addEventListener("atlas:hover", (e) => {
    const { code } = /** @type {CustomEvent} */ (e).detail;
    list.querySelector(".chosen")?.classList.remove("chosen");
    const row = code && list.querySelector(`[data-code="${CSS.escape(code)}"]`);
    if (!(row instanceof HTMLElement)) return;
    row.classList.add("chosen");
    if (list.matches(":hover, :focus-within")) return;
    list.scrollTop = row.offsetTop - list.clientHeight / 2;
  });
};
