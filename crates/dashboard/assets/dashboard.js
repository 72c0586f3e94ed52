// Spares the reader the reloading: the pages are whole without it. On a change the page is fetched as it now is, and what
// differs is put in its place; selection, scroll and zoom stay.
"use strict";
(() => {
  const main = document.getElementById("main");
  const liveness = document.getElementById("liveness");
  let source, busy = false, again = false, changed = Date.now();

  // ---- what differs is put in its place

  function patchChart(old, fresh) {
    const was = old.querySelector(":scope > svg"), is = fresh.querySelector(":scope > svg");
    if (!was || !is) return;
    if (was.getAttribute("viewBox") !== is.getAttribute("viewBox")) {
      keepZoom(was, is);
      was.replaceWith(is);
      dress(old);
      return;
    }
    const parts = "g[data-state], [data-from]";
    const now = [...is.querySelectorAll(parts)], before = [...was.querySelectorAll(parts)];
    if (now.length !== before.length) { keepZoom(was, is); was.replaceWith(is); dress(old); return; }
    // Containers hold others: inner ones first, by what is their own.
    for (let i = before.length - 1; i >= 0; i--) {
      const a = before[i], b = now[i];
      for (const { name, value } of b.attributes) if (a.getAttribute(name) !== value) a.setAttribute(name, value);
      const own = (g) => [...g.children].filter((c) => !c.matches(parts) && !c.querySelector(parts));
      const x = own(a), y = own(b);
      if (x.length === y.length) x.forEach((c, k) => { if (c.outerHTML !== y[k].outerHTML) c.replaceWith(y[k]); });
    }
    dress(old);
  }

  function patch(fresh) {
    for (const part of fresh.querySelectorAll("[data-live][id]")) {
      const old = document.getElementById(part.id);
      if (!old || old.innerHTML === part.innerHTML) continue;
      const open = new Map([...old.querySelectorAll("details")].map((d) => [label(d), d.open]));
      const scroll = [...old.querySelectorAll("pre, .scroll")].map((e) => [e.scrollTop, e.scrollLeft]);
      old.replaceChildren(...part.childNodes);
      for (const d of old.querySelectorAll("details")) if (open.has(label(d))) d.open = open.get(label(d));
      [...old.querySelectorAll("pre, .scroll")].forEach((e, i) => scroll[i] && e.scrollTo(scroll[i][1], scroll[i][0]));
    }
    for (const chart of document.querySelectorAll("[data-chart]")) {
      const part = fresh.getElementById(chart.id);
      if (part) patchChart(chart, part);
    }
    document.title = fresh.title;
    if (fresh.body.dataset.stream) document.body.dataset.stream = fresh.body.dataset.stream;
    ago();
    filter();
  }
  const label = (d) => d.querySelector("summary")?.firstChild?.textContent ?? "";

  async function look(url = location.href) {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(url, { headers: { accept: "text/html" }, redirect: "error" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok) { patch(fresh); changed = Date.now(); say(""); }
      else say(`the dashboard answered ${answer.status}`);
    } catch { say("the dashboard does not answer"); }
    busy = false;
    if (again) { again = false; setTimeout(look, 250); }
  }
  function say(text) { if (liveness.textContent !== text) liveness.textContent = text; }

  // ---- changes: one stream a tab, and none for a tab in the background (browsers allow six a host)

  function listen() {
    const url = document.body.dataset.stream;
    if (!url || document.hidden || source) return;
    source = new EventSource(url);
    source.addEventListener("change", () => look());
    source.onopen = () => say("");
    source.onerror = () => say("the dashboard does not answer; it is tried again");
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = undefined; } else { listen(); look(); }
  });
  addEventListener("pagehide", () => { source?.close(); source = undefined; });

  // ---- times

  function ago() {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time.dateTime)) / 1000));
      time.textContent = seconds < 60 ? `${seconds}s ago` : seconds < 3600 ? `${Math.floor(seconds / 60)}m ago` : `${Math.floor(seconds / 3600)}h ago`;
    }
  }
  setInterval(ago, 1000);

  // ---- the flowchart: selection, keys, zoom

  const charts = () => [...document.querySelectorAll("[data-chart]")];
  const nodes = (chart) => [...chart.querySelectorAll("g[data-state]")];
  const selected = () => new URL(location.href).searchParams.get("state");

  function dress(chart) {
    const name = selected(), all = nodes(chart);
    // One tab stop, and the arrows go on from there.
    const stop = all.find((g) => g.dataset.state === name) ?? all.find((g) => g === document.activeElement) ?? all[0];
    for (const g of all) {
      g.setAttribute("tabindex", g === stop ? "0" : "-1");
      if (g.dataset.state === name) g.setAttribute("aria-current", "true"); else g.removeAttribute("aria-current");
    }
  }

  function select(name, extra = "") {
    const url = new URL(location.href);
    url.search = `?state=${encodeURIComponent(name)}${extra}`;
    url.hash = "";
    history.pushState(null, "", url);
    charts().forEach(dress);
    look();
  }

  function focus(g, chart) {
    for (const other of nodes(chart)) other.setAttribute("tabindex", other === g ? "0" : "-1");
    g.focus({ preventScroll: false });
  }

  // The nearest box in that direction, those at the other end of an edge first.
  function towards(chart, from, key) {
    const box = (g) => g.getBoundingClientRect(), a = box(from);
    const middle = (r) => [r.x + r.width / 2, r.y + r.height / 2], [x, y] = middle(a);
    const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
    const near = new Set();
    for (const edge of chart.querySelectorAll("[data-from]")) {
      if (edge.dataset.from === from.dataset.state) near.add(edge.dataset.to);
      if (edge.dataset.to === from.dataset.state) near.add(edge.dataset.from);
    }
    let best, least = Infinity;
    for (const g of nodes(chart)) {
      if (g === from || g.contains(from)) continue;
      const [u, v] = middle(box(g)), dx = u - x, dy = v - y, along = dx * way[0] + dy * way[1];
      if (along <= 1) continue;
      const cost = along + 2 * Math.abs(dx * way[1] + dy * way[0]) - (near.has(g.dataset.state) ? 1e4 : 0);
      if (cost < least) [best, least] = [g, cost];
    }
    return best;
  }

  function size(svg) { const [, , w, h] = (svg.getAttribute("viewBox") ?? "0 0 1 1").split(/[ ,]+/).map(Number); return [w, h]; }
  function keepZoom(was, is) { for (const n of ["width", "height"]) if (was.hasAttribute(n)) is.setAttribute(n, was.getAttribute(n)); }
  function zoom(chart, factor) {
    const svg = chart.querySelector(":scope > svg");
    if (!svg) return;
    const [w, h] = size(svg), now = svg.getBoundingClientRect().width / w;
    const scale = factor ? Math.min(4, Math.max(.1, now * factor)) : Math.min(1, (chart.clientWidth - 24) / w);
    chart.dataset.zoom = "";
    svg.setAttribute("width", w * scale); svg.setAttribute("height", h * scale);
  }

  function tools(chart) {
    const bar = document.createElement("div");
    bar.className = "zoom";
    for (const [text, name, factor] of [["+", "Zoom in", 1.25], ["−", "Zoom out", .8], ["⤢", "Whole flowchart", 0]]) {
      const button = document.createElement("button");
      button.type = "button"; button.textContent = text; button.setAttribute("aria-label", name); button.title = name;
      button.onclick = () => zoom(chart, factor);
      bar.append(button);
    }
    chart.prepend(bar);
    chart.addEventListener("click", (event) => {
      const g = event.target.closest("g[data-state]");
      if (g) select(g.dataset.state);
    });
    chart.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(chart, event.deltaY < 0 ? 1.1 : .9);
    }, { passive: false });
    dress(chart);
  }

  function failures() {
    const chart = charts()[0];
    if (!chart) return;
    const bad = nodes(chart).filter((g) => ["failed", "timed-out"].includes(g.dataset.status));
    if (!bad.length) return;
    const at = bad.findIndex((g) => g.dataset.state === selected());
    const g = bad[(at + 1) % bad.length];
    focus(g, chart);
    select(g.dataset.state);
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, textarea, select")) { if (event.key === "Escape") event.target.blur(); return; }
    const g = event.target.closest?.("g[data-state]"), chart = g?.closest("[data-chart]") ?? charts()[0];
    if (g && event.key.startsWith("Arrow")) {
      const next = towards(chart, g, event.key);
      if (next) { event.preventDefault(); focus(next, chart); }
      return;
    }
    if (g && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); select(g.dataset.state); return; }
    const jump = { g: "graph", t: "timeline", e: "events" }[event.key];
    if (jump) document.getElementById(jump)?.scrollIntoView();
    else if (event.key === "f") failures();
    else if (event.key === "/") { const q = document.getElementById("q"); if (q) { event.preventDefault(); q.focus(); } }
    else if (event.key === "?") document.getElementById("keys").showModal();
    else if (chart && event.key === "+") zoom(chart, 1.25);
    else if (chart && event.key === "-") zoom(chart, .8);
    else if (chart && event.key === "0") zoom(chart, 0);
  });

  // A link to another state of the same page needs no new page.
  main.addEventListener("click", (event) => {
    const a = event.target.closest("a[href]");
    if (!a || event.ctrlKey || event.metaKey || event.shiftKey || event.button || a.target) return;
    const url = new URL(a.href);
    if (!a.closest("[data-live]") || url.pathname !== location.pathname || !(url.searchParams.has("state") || url.searchParams.has("from"))) return;
    event.preventDefault();
    history.pushState(null, "", url);
    charts().forEach(dress);
    look();
  });
  addEventListener("popstate", () => { charts().forEach(dress); look(); });

  // ---- the search, and examples

  function filter() {
    const q = document.getElementById("q");
    if (!q) return;
    const wanted = q.value.trim().toLowerCase();
    for (const row of document.querySelectorAll(`${q.dataset.filter} tr[data-text]`)) row.hidden = !row.dataset.text.includes(wanted);
  }
  document.getElementById("q")?.addEventListener("input", filter);
  for (const button of document.querySelectorAll("[data-example]")) {
    button.hidden = false;
    button.onclick = () => { document.querySelector(button.dataset.example).value = button.closest("figure").querySelector("pre").textContent; };
  }

  charts().forEach(tools);
  ago();
  listen();
})();
