/**
 * Refreshes what is marked `data-live` every two seconds while the page is looked at, without losing the reader's
 * place: rows keep where they stand on the screen, focus stays, and nothing changes under a selection. Everything on
 * the page can be read without it.
 */
export const script = `
"use strict";
(() => {
  const bar = document.getElementById("live");
  const button = bar.querySelector("button");
  const [told, alarm] = bar.querySelectorAll("span");
  let on = sessionStorage.getItem("live") !== "off";
  let timer;

  const show = () => {
    button.textContent = on ? "Pause refreshing" : "Refresh by itself";
    if (!on) told.textContent = "paused";
  };
  const regions = (root) => [...root.querySelectorAll("[data-live]")];
  const firstRow = () =>
    [...document.querySelectorAll("[data-live] [data-key]")].find((row) => row.getBoundingClientRect().bottom > 60);
  const rowOf = (region, key) => region.querySelector('[data-key="' + CSS.escape(key) + '"]');

  const replace = (region, fresh) => {
    if (region.innerHTML === fresh.innerHTML) return;
    const focused = region.contains(document.activeElement) ? document.activeElement : undefined;
    const row = window.scrollY > 0 ? firstRow() : undefined;
    const top = row?.getBoundingClientRect().top;
    region.replaceChildren(...fresh.childNodes);
    if (row !== undefined) {
      const owner = document.getElementById(row.closest("[data-live]")?.id ?? region.id);
      const now = owner && rowOf(owner, row.dataset.key);
      if (now) window.scrollBy({ top: now.getBoundingClientRect().top - top, behavior: "instant" });
    }
    const href = focused?.getAttribute("href");
    if (href) {
      const same = [...region.querySelectorAll("a")].find((link) => link.getAttribute("href") === href);
      same?.focus({ preventScroll: true });
    }
  };

  const refresh = async () => {
    if (!on || document.hidden || !(getSelection()?.isCollapsed ?? true)) return;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!on || !(getSelection()?.isCollapsed ?? true)) return;
      for (const region of regions(document)) {
        const other = fresh.getElementById(region.id);
        if (other) replace(region, other);
      }
      told.textContent = "refreshed " + new Date().toISOString().slice(11, 19);
      alarm.textContent = "";
    } catch {
      told.textContent = "";
      alarm.textContent = "the sandbox does not answer";
    }
  };
  const next = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh().then(next), 2000);
  };

  button.addEventListener("click", () => {
    on = !on;
    sessionStorage.setItem("live", on ? "on" : "off");
    show();
    if (on) void refresh();
  });
  bar.hidden = false;
  show();
  next();
})();
`;
