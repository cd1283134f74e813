"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const articles = all("article");
  const side = document.getElementById("side");
  const menu = document.getElementById("menu");
  const find = document.getElementById("find");
  const found = document.getElementById("found");
  root.classList.add("scripted");

  // One page at a time: the address says which, and where in it.
  const home = articles[0];
  const named = () => {
    try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
  };
  const show = () => {
    const target = document.getElementById(named());
    if (target && target.id === "content") { target.focus(); return; }
    const article = target?.closest("article") ?? home;
    if (!article) return;
    articles.forEach(it => it.classList.toggle("shown", it === article));
    document.title = `${article.dataset.title} · ${document.querySelector(".name").firstChild.data.trim()}`;
    all("a", side).forEach(it => {
      const isHere = it.getAttribute("href") === `#${article.id}`;
      isHere ? it.setAttribute("aria-current", "page") : it.removeAttribute("aria-current");
      if (isHere) {
        const room = it.closest("details");
        if (room) room.open = true;
        it.scrollIntoView({ block: "nearest" });
      }
    });
    openMenu(false);
    fit(article);
    if (target && target !== article) target.scrollIntoView();
    else scrollTo(0, 0);
    draw();
  };
  // Tables that are wider than the page: on a phone their rows become cards.
  const fit = article => {
    const frames = all(".table", article);
    frames.forEach(it => it.classList.remove("cards"));
    const wide = frames.filter(it => it.scrollWidth > it.clientWidth);
    wide.forEach(it => it.classList.add("cards"));
  };
  addEventListener("resize", () => all("article.shown").forEach(fit));
  const openMenu = is => {
    side.classList.toggle("open", is);
    menu.setAttribute("aria-expanded", String(is));
  };
  menu.addEventListener("click", () => openMenu(!side.classList.contains("open")));
  addEventListener("hashchange", show);

  // Search over titles and sections.
  const FOUND_MAX = 24;
  const places = articles.flatMap(article => [
    { id: article.id, text: article.dataset.title, page: article.querySelector(".room")?.textContent ?? "" },
    ...all("h2, h3, h4", article).map(it => ({
      id: it.id, text: it.firstChild ? [...it.childNodes].filter(n => n.className !== "anchor").map(n => n.textContent).join("").trim() : "",
      page: article.dataset.title,
    })),
  ]);
  let at = 0;
  const hits = () => all("a", found);
  const mark = () => hits().forEach((it, position) => it.classList.toggle("at", position === at));
  const close = () => { found.hidden = true; };
  const search = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    found.replaceChildren();
    found.hidden = words.length === 0;
    if (found.hidden) return;
    const rank = it => (it.text.toLowerCase().startsWith(words[0]) ? 0 : 1);
    const fits = it => words.every(word => `${it.text} ${it.page}`.toLowerCase().includes(word));
    const best = places.filter(fits).map((it, position) => [rank(it), position, it]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [, , place] of best.slice(0, FOUND_MAX)) {
      const link = document.createElement("a");
      link.href = `#${place.id}`;
      link.textContent = place.text;
      const page = document.createElement("small");
      page.textContent = place.page;
      link.append(page);
      const item = document.createElement("li");
      item.append(link);
      found.append(item);
    }
    if (best.length === 0) {
      const none = document.createElement("p");
      none.textContent = "No page or section has these words in its heading.";
      found.append(none);
    }
    at = 0;
    mark();
  };
  find.addEventListener("input", search);
  find.addEventListener("focus", search);
  found.addEventListener("click", event => { if (event.target.closest("a")) { find.value = ""; close(); } });
  document.addEventListener("click", event => { if (!event.target.closest(".find")) close(); });
  find.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      at = Math.max(0, Math.min(hits().length - 1, at + step));
      mark();
      hits()[at]?.scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (event.key === "Enter" && hits()[at]) {
      hits()[at].click();
      find.blur();
    } else if (event.key === "Escape") {
      find.value = "";
      close();
      find.blur();
    }
  });
  document.addEventListener("keydown", event => {
    const isTyping = event.target.matches?.("input, textarea") || event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "/" && !isTyping) { find.focus(); event.preventDefault(); }
    if (event.key === "Escape") openMenu(false);
  });

  // Light or dark: as the system has it until somebody chooses. Some browsers keep nothing for files.
  const kept = {
    get: () => { try { return localStorage.getItem("theme"); } catch { return null; } },
    set: it => { try { localStorage.setItem("theme", it); } catch { /* then it is chosen anew next time */ } },
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  if (kept.get()) root.dataset.theme = kept.get();
  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    kept.set(root.dataset.theme);
    redraw();
  });
  dark.addEventListener("change", () => { if (!root.dataset.theme) redraw(); });

  // Diagrams: those of the shown page first, the others while nothing else is to be done.
  const packed = document.getElementById("mermaid");
  const figures = all("figure.diagram");
  const sources = new Map(figures.map(it => [it, it.querySelector("pre").textContent]));
  let waiting = new Set(figures);
  let library = null;
  let isDrawing = false;
  let count = 0;

  const unpack = async () => {
    const bytes = Uint8Array.from(atob(packed.textContent), it => it.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    return globalThis.mermaid;
  };
  const settings = () => {
    const colours = isDark()
      ? { background: "#151a21", primaryColor: "#1d2c40", primaryTextColor: "#e8eaee", primaryBorderColor: "#4d7fb8", lineColor: "#8b95a3", secondaryColor: "#222a34", tertiaryColor: "#1a2028", clusterBkg: "#12161c", clusterBorder: "#3a4350", edgeLabelBackground: "#151a21", noteBkgColor: "#2d2a18", noteTextColor: "#e8eaee", noteBorderColor: "#6b6330", textColor: "#e8eaee", titleColor: "#e8eaee" }
      : { background: "#fbfcfd", primaryColor: "#e8f1fb", primaryTextColor: "#16191f", primaryBorderColor: "#5b8fc7", lineColor: "#6b7480", secondaryColor: "#f1f3f6", tertiaryColor: "#f8f9fb", clusterBkg: "#f6f8fa", clusterBorder: "#c9d0d9", edgeLabelBackground: "#fbfcfd", noteBkgColor: "#fff8dc", noteTextColor: "#16191f", noteBorderColor: "#d9c97a", textColor: "#16191f", titleColor: "#16191f" };
    return {
      startOnLoad: false, securityLevel: "strict", suppressErrorRendering: true, deterministicIds: true,
      theme: "base", themeVariables: { darkMode: isDark(), fontSize: "15px", sequenceNumberColor: colours.background, ...colours },
      fontFamily: getComputedStyle(document.body).fontFamily, flowchart: { wrappingWidth: 230 }, gantt: { useWidth: 960 },
      sequence: { wrap: true, width: 170, actorMargin: 60, mirrorActors: false },
    };
  };
  const drawOne = async figure => {
    const source = sources.get(figure);
    try {
      const { svg } = await library.render(`diagram-${++count}`, source);
      const drawn = new DOMParser().parseFromString(svg, "text/html").querySelector("svg");
      const width = drawn.viewBox.baseVal.width;
      // As large as it was drawn where there is room; a little smaller where there is less; then it scrolls.
      Object.assign(drawn.style, { width: "100%", maxWidth: `${width}px`, minWidth: `${width * 0.55}px` });
      figure.replaceChildren(drawn);
      figure.classList.add("drawn");
    } catch (error) {
      figure.classList.add("failed");
      console.error(`a diagram of ${figure.closest("article").id} cannot be drawn: ${error.message ?? error}`);
    }
  };
  const draw = async () => {
    if (isDrawing || !packed) return;
    isDrawing = true;
    if (waiting.size && !library) library = await unpack();
    library?.initialize(settings());
    while (waiting.size) {
      const shown = [...waiting].find(it => it.closest("article.shown")) ?? [...waiting][0];
      waiting.delete(shown);
      await drawOne(shown);
      await new Promise(done => setTimeout(done));
    }
    isDrawing = false;
    root.dataset.drawn = String(all("figure.drawn").length);
    root.dataset.failed = String(all("figure.failed").length);
  };
  const redraw = () => {
    library?.initialize(settings());
    waiting = new Set(figures);
    draw();
  };
  const large = document.getElementById("large");
  const enlarge = figure => {
    const copy = figure.querySelector("svg")?.cloneNode(true);
    if (!copy) return;
    const width = copy.viewBox.baseVal.width;
    Object.assign(copy.style, { width: `${Math.max(width, Math.min(width * 2, innerWidth * 0.9))}px`, maxWidth: "none", minWidth: "0" });
    large.querySelector("div").replaceChildren(copy);
    large.showModal();
  };
  document.addEventListener("click", event => {
    const figure = event.target.closest?.("figure.drawn");
    if (figure) enlarge(figure);
    if (event.target === large) large.close();
  });
  document.addEventListener("keydown", event => {
    if (event.key === "Enter" && event.target.matches?.("figure.drawn")) enlarge(event.target);
  });

  show();
})();
