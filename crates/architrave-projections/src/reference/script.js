"use strict";
(() => {
  const root = document.documentElement;
  const box = document.getElementById("find");
  const menu = document.querySelector("nav.side details");
  const none = document.querySelector(".none");
  const links = new Map();
  for (const link of document.querySelectorAll("nav.side a")) links.set(link.hash.slice(1), link);

  // On a phone the menu is folded; without script it stays open.
  const narrow = matchMedia("(max-width: 54rem)");
  const fold = () => { menu.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();
  menu.addEventListener("click", (event) => { if (narrow.matches && event.target.closest("a")) menu.open = false; });

  const items = [...document.querySelectorAll("[data-find]")].map((item) => ({ item, text: item.dataset.find.toLowerCase() }));
  const groups = [...document.querySelectorAll("[data-group]")].reverse();
  const find = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    root.classList.toggle("filtering", words.length > 0);
    let count = 0;
    for (const { item, text } of items) {
      const fits = words.every((word) => text.includes(word));
      item.hidden = !fits;
      count += fits;
    }
    for (const group of groups) group.hidden = words.length > 0 && !group.querySelector("[data-find]:not([hidden])");
    for (const extra of document.querySelectorAll("[data-whole]")) extra.hidden = words.length > 0;
    none.classList.toggle("shown-none", count === 0);
  };
  box.addEventListener("input", find);
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") { box.value = ""; find(); } });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  if (box.value) find();

  if (navigator.clipboard) for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.closest("figure").querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }

  let here;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const link = entry.isIntersecting && links.get(entry.target.id);
      if (!link || link === here) continue;
      here?.classList.remove("here");
      here?.removeAttribute("aria-current");
      link.classList.add("here");
      link.setAttribute("aria-current", "true");
      here = link;
    }
  }, { rootMargin: "-15% 0px -70% 0px" });
  for (const target of document.querySelectorAll("article[id], section[id]")) seen.observe(target);
})();
