"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const setup = JSON.parse($("data-setup").textContent);
  const index = setup.index;
  const labels = new Map(setup.labels.map((one) => [one.id, one]));
  const loaded = new Map();
  const ROW = 52;
  const TABS = ["tables", "facts", "issues", "checks", "notes"];
  const state = { shown: [], at: -1, report: null, points: [], tab: "tables", item: -1, items: [] };
  const store = "gknlp-review:" + setup.key;
  let decisions = read();

  function read() {
    try { return new Map(JSON.parse(localStorage.getItem(store) || "[]")); } catch { return new Map(); }
  }
  function keep() {
    try { localStorage.setItem(store, JSON.stringify([...decisions])); } catch { /* a browser may forbid it */ }
    $("decided").textContent = decisions.size ? decisions.size + " decided" : "";
  }
  function make(tag, name, text) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== undefined && text !== null) node.textContent = text;
    return node;
  }

  // -- the list: only the rows in sight are in the page ---------------------------------------------------------------
  const FILTERS = {
    "all reports": () => true,
    "failed identities": (one) => one.failed > 0,
    "failed checks": (one) => one.failed + one.warned > 0,
    "unsure cells": (one) => one.unsure > 0,
    "weak labels": (one) => one.weak > 0,
    "repairs proposed": (one) => one.repairs > 0,
  };
  for (const name of Object.keys(FILTERS)) $("filter").append(new Option(name, name));

  function narrow() {
    const words = $("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = FILTERS[$("filter").value];
    const before = state.shown[state.at];
    state.shown = index.map((_, at) => at).filter((at) => fits(index[at]) && words.every((word) => index[at].find.includes(word)));
    state.at = state.shown.indexOf(before);
    $("count").textContent = state.shown.length + " of " + index.length;
    $("rows").style.height = state.shown.length * ROW + "px";
    $("list").scrollTop = 0;
    draw();
  }
  function draw() {
    const top = Math.max(0, Math.floor($("list").scrollTop / ROW) - 5);
    const last = Math.min(state.shown.length, top + Math.ceil($("list").clientHeight / ROW) + 10);
    const rows = [];
    for (let at = top; at < last; at++) {
      const one = index[state.shown[at]];
      const row = make("div", "row" + (at === state.at ? " on" : ""));
      row.style.top = at * ROW + "px";
      row.dataset.at = at;
      row.append(make("b", "", one.name || one.path), make("span", "mute", one.year ? " " + one.year : ""));
      const line = make("small");
      if (one.failed) line.append(make("span", "bad", one.failed + " failed "));
      if (one.warned) line.append(make("span", "warn", one.warned + " warnings "));
      if (one.unsure) line.append(make("span", "warn", one.unsure + " unsure "));
      if (one.weak) line.append(one.weak + " weak labels");
      row.append(line);
      rows.push(row);
    }
    $("rows").replaceChildren(...rows);
  }
  $("rows").addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (row) open(Number(row.dataset.at));
  });
  $("list").addEventListener("scroll", draw);
  addEventListener("resize", draw);
  let waiting = 0;
  $("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(narrow, 80); });
  $("filter").addEventListener("change", narrow);

  // -- reports: in this page, or in a file beside it --------------------------------------------------------------------
  globalThis.gknlpReport = (file, report) => { loaded.set(file, report); };
  function fetchReport(key, then) {
    if (!loaded.has(key)) {
      const inside = document.querySelector('.data-report[data-file="' + key + '"]');
      if (inside) loaded.set(key, JSON.parse(inside.textContent));
    }
    if (loaded.has(key)) return then(loaded.get(key));
    const script = document.createElement("script");
    script.src = setup.folder + "/" + key;
    script.onload = () => { script.remove(); then(loaded.get(key)); if (loaded.size > 50) loaded.delete(loaded.keys().next().value); };
    script.onerror = () => { script.remove(); $("about").textContent = "the data file " + script.src + " is missing"; };
    document.head.append(script);
  }
  function open(at) {
    if (at < 0 || at >= state.shown.length) return;
    state.at = at;
    const top = at * ROW;
    if (top < $("list").scrollTop || top + ROW > $("list").scrollTop + $("list").clientHeight) $("list").scrollTop = top - 100;
    draw();
    fetchReport(index[state.shown[at]].file, show);
  }
  function show(report) {
    state.report = report;
    state.points = Array.from(report.text); // offsets count code points
    about(report);
    paint(report);
    state.item = -1;
    tab(state.tab);
    $("source").scrollTop = 0;
  }
  function about(report) {
    const box = make("div");
    box.append(make("h2", "", report.title || report.source.path));
    const issuer = report.issuer;
    const told = [issuer && (issuer.full_name || issuer.name), issuer && issuer.division_path.join(" "), report.year, report.form, report.source.path];
    box.append(make("p", "mute", told.filter(Boolean).join("  ·  ")));
    $("about").replaceChildren(box);
  }

  // -- the text: stretches between the ends of all spans -----------------------------------------------------------------
  function spans(report) {
    const found = [];
    report.tables.forEach((table) => table.cells.forEach((cell) => {
      if (cell.start !== null) found.push({ id: "cell:" + table.id + "/" + cell.row + "/" + cell.column, kind: "cell", start: cell.start, end: cell.end });
    }));
    report.facts.forEach((fact) => found.push({ id: "fact:" + fact.id, kind: "fact", start: fact.start, end: fact.end }));
    report.issues.forEach((issue) => found.push({ id: "issue:" + issue.id, kind: issue.role, start: issue.start, end: issue.end }));
    return found.filter((one) => one.end > one.start);
  }
  function paint(report) {
    const all = spans(report);
    const cuts = [...new Set([0, state.points.length, ...all.flatMap((one) => [one.start, one.end])])].sort((a, b) => a - b);
    const starts = new Map();
    for (const one of all) starts.set(one.start, [...(starts.get(one.start) || []), one]);
    let over = [];
    const parts = [];
    for (let at = 0; at + 1 < cuts.length; at++) {
      over = over.filter((one) => one.end > cuts[at]).concat(starts.get(cuts[at]) || []);
      const piece = state.points.slice(cuts[at], cuts[at + 1]).join("");
      if (!over.length) { parts.push(document.createTextNode(piece)); continue; }
      const inner = over.reduce((a, b) => (b.end - b.start < a.end - a.start ? b : a));
      const node = make("span", "k-" + inner.kind, piece);
      node.dataset.ids = over.map((one) => one.id).join(" ");
      node.dataset.inner = inner.id;
      parts.push(node);
    }
    $("text").replaceChildren(...parts);
  }
  $("text").addEventListener("click", (event) => {
    const node = event.target.closest("span[data-inner]");
    if (node) select(node.dataset.inner, { from: "text" });
  });
  function glow(id) {
    document.querySelectorAll("#text .on").forEach((node) => node.classList.remove("on"));
    const nodes = [...document.querySelectorAll("#text span[data-ids]")].filter((node) => node.dataset.ids.split(" ").includes(id));
    nodes.forEach((node) => node.classList.add("on"));
    return nodes[0];
  }

  // -- the panel -----------------------------------------------------------------------------------------------------
  TABS.forEach((name, at) => {
    const button = make("button", "", name);
    button.setAttribute("role", "tab");
    button.title = String(at + 1);
    button.addEventListener("click", () => tab(name));
    $("tabs").append(button);
  });
  function tab(name) {
    state.tab = name;
    [...$("tabs").children].forEach((button, at) => button.setAttribute("aria-selected", String(TABS[at] === name)));
    if (!state.report) return;
    const built = { tables, facts, issues, checks, notes }[name](state.report);
    $("panel").replaceChildren(...built);
    state.items = [...$("panel").querySelectorAll("[data-id]")];
    state.item = -1;
  }
  function item(id, nodes, acts) {
    const box = make("div", "item");
    box.tabIndex = -1;
    box.dataset.id = id;
    if (acts) {
      const bar = make("span", "acts");
      for (const [name, sign] of acts) {
        const button = make("button", "", sign);
        button.title = name;
        button.addEventListener("click", (event) => { event.stopPropagation(); select(id, {}); decide(name); });
        bar.append(button);
      }
      box.append(bar);
    }
    box.append(...nodes);
    box.addEventListener("click", () => select(id, {}));
    mark(box);
    return box;
  }
  function mark(box) {
    const taken = decisions.get(state.report.id + "/" + box.dataset.id);
    if (taken) box.dataset.decision = taken.decision; else delete box.dataset.decision;
  }
  function bad(report) {
    return new Set(report.checks.filter((check) => check.status === "fail" && check.severity !== "I").flatMap((check) => check.cells));
  }
  const SIGNS = { blank: "·", dash: "–", absent: "×", unreadable: "?" };
  function tables(report) {
    const failed = bad(report);
    return report.tables.flatMap((table) => {
      const grid = make("table", "grid");
      const columns = [...new Set(table.cells.map((cell) => cell.column))];
      const head = make("tr");
      const named = (id) => {
        const head = make("th", "", setup.names[table.form + "/" + table.id + "/" + id] || id);
        head.title = id;
        return head;
      };
      head.append(make("th", "", table.id + " (" + table.form + ")"), ...columns.map(named));
      grid.append(head);
      const rows = new Map();
      table.cells.forEach((cell) => rows.set(cell.row, [...(rows.get(cell.row) || []), cell]));
      for (const [row, cells] of rows) {
        const line = make("tr");
        line.append(named(row));
        for (const name of columns) {
          const cell = cells.find((one) => one.column === name);
          const td = make("td");
          if (cell) {
            td.textContent = cell.value === null ? SIGNS[cell.state] : cell.value;
            if (cell.value === null) td.classList.add("null");
            if (cell.reading === "solved") td.append(make("small", "", "solved"));
            if (cell.repair) { const note = make("small", "", "→ " + cell.repair.value); note.title = cell.repair.rule + ": " + cell.repair.proof; td.append(note); }
            const key = table.id + "/" + cell.row + "/" + cell.column;
            if (failed.has(key)) td.classList.add("fail");
            td.dataset.id = "cell:" + key;
            td.title = cell.state + (cell.raw ? " “" + cell.raw + "”" : "");
            td.addEventListener("click", () => select("cell:" + key, {}));
          }
          line.append(td);
        }
        grid.append(line);
      }
      return [grid];
    });
  }
  const number = (fact) => (fact.value === null ? fact.qualifier : (fact.qualifier === "exact" ? "" : fact.qualifier + " ") + fact.value);
  function facts(report) {
    return report.facts.map((fact) => {
      const more = [fact.scope === "own" ? "" : fact.scope, fact.period.kind === "full_year" ? "" : fact.period.kind, ...Object.entries(fact.attributes).map(([key, value]) => key + "=" + value), fact.part_of ? "part of " + fact.part_of : ""];
      return item("fact:" + fact.id, [make("span", "tag", fact.type), make("b", "", number(fact) + " " + fact.unit), make("div", "mute", more.filter(Boolean).join("  ")), make("div", "", fact.text)], [["accept", "✓"], ["reject", "✗"]]);
    });
  }
  function named(id) {
    const label = labels.get(id);
    return label ? label.zh + " " + id : id;
  }
  function given(report, issue) {
    const taken = decisions.get(report.id + "/issue:" + issue.id);
    return taken && taken.labels ? taken.labels : issue.labels.map((label) => label.id);
  }
  function issues(report) {
    return report.issues.map((issue) => {
      const sure = new Map(issue.labels.map((label) => [label.id, label.probability]));
      const tags = given(report, issue).map((id) => {
        const value = sure.get(id);
        return make("span", "tag" + (value !== undefined && value < setup.weak ? " warn" : ""), named(id) + (value === undefined ? "" : " " + Math.round(value * 100) + "%"));
      });
      const line = make("div");
      line.append(make("span", "tag k-" + issue.role, issue.role), ...tags);
      const answers = issue.addresses.length ? [make("div", "mute", "answers " + issue.addresses.join(", "))] : [];
      return item("issue:" + issue.id, [line, make("div", "", issue.text), ...answers], [["accept", "✓"], ["reject", "✗"], ["edit", "✎"]]);
    });
  }
  function checks(report) {
    const order = { fail: 0, not_assessable: 1, pass: 2, not_applicable: 3 };
    const sorted = report.checks.map((check, at) => ({ check, at })).sort((a, b) => order[a.check.status] - order[b.check.status] || a.at - b.at);
    return sorted.map(({ check, at }) => {
      const tone = check.status === "fail" ? (check.severity === "E" ? "bad" : "warn") : check.status === "pass" ? "good" : "mute";
      const where = Object.entries(check.where).map(([key, value]) => key + " " + value).join(", ");
      const sides = check.left === null && check.right === null ? "" : "  " + check.left + " | " + check.right;
      return item("check:" + at, [make("span", "tag " + tone, check.severity + " " + check.status), make("b", "", check.rule), make("span", "mute", " " + where + sides + (check.cause ? "  cause: " + check.cause : "")), make("div", "", check.status === "pass" ? "" : check.message)]);
    });
  }
  function notes(report) {
    return report.diagnostics.map((one, at) => item("note:" + at, [make("span", "tag " + (one.severity === "error" ? "bad" : one.severity === "warning" ? "warn" : "mute"), one.severity), make("b", "", one.code), make("span", "mute", one.table ? " " + one.table : ""), make("div", "", one.message)]));
  }

  // -- from a value to its place and back ------------------------------------------------------------------------------
  const HOME = { cell: "tables", fact: "facts", issue: "issues", check: "checks", note: "notes" };
  function select(id, how) {
    const [kind, key] = id.split(/:(.*)/s);
    if (HOME[kind] !== state.tab) tab(HOME[kind]);
    state.items.forEach((node) => node.classList.remove("on"));
    state.item = state.items.findIndex((node) => node.dataset.id === id);
    const node = state.items[state.item];
    if (node) { node.classList.add("on"); node.scrollIntoView({ block: "nearest" }); }
    let target = id;
    if (kind === "check") {
      const check = state.report.checks[Number(key)];
      target = check.facts.length ? "fact:" + check.facts[0] : check.cells.length ? "cell:" + check.cells[0] : "";
    }
    const place = target && glow(target);
    if (place && how.from !== "text") place.scrollIntoView({ block: "center" });
  }
  function step(by) {
    const at = Math.min(state.items.length - 1, Math.max(0, state.item + by));
    if (state.items[at]) select(state.items[at].dataset.id, {});
  }

  // -- decisions --------------------------------------------------------------------------------------------------------
  function current() {
    const node = state.items[state.item];
    return node && /^(fact|issue|cell):/.test(node.dataset.id) ? node : null;
  }
  function decide(decision) {
    const node = current();
    if (!node) return;
    if (decision === "edit") return edit(node);
    const key = state.report.id + "/" + node.dataset.id;
    if (decision === null) decisions.delete(key); else decisions.set(key, { ...record(node.dataset.id), decision });
    keep();
    redraw(node.dataset.id);
  }
  function redraw(id) {
    if (state.tab === "issues") tab("issues");
    state.items.filter((node) => node.dataset.id === id).forEach(mark);
    select(id, { from: "text" });
  }
  function record(id) {
    const report = state.report;
    const [kind, key] = id.split(/:(.*)/s);
    const known = { report: report.id, path: report.source.path, kind, id: key };
    if (kind !== "issue") return known;
    const issue = report.issues.find((one) => one.id === key);
    const section = report.sections.find((one) => one.start <= issue.start && issue.start < one.end) || { start: 0, end: state.points.length };
    const context = state.points.slice(section.start, section.end).join("");
    return { ...known, text: issue.text, context, start: issue.start - section.start, end: issue.end - section.start, role: issue.role, labels: given(report, issue) };
  }
  function edit(node) {
    if (!node.dataset.id.startsWith("issue:")) return;
    const now = record(node.dataset.id);
    $("dialog-text").textContent = now.text;
    $("dialog-labels").replaceChildren(...setup.labels.filter((one) => one.roles.includes(now.role)).map((one) => {
      const line = make("label");
      const box = make("input");
      box.type = "checkbox";
      box.value = one.id;
      box.checked = now.labels.includes(one.id);
      line.append(box, " " + one.zh + " ", make("span", "mute", one.id));
      line.title = one.definition;
      return line;
    }));
    $("dialog").returnValue = "";
    $("dialog").showModal();
    $("dialog").onclose = () => {
      if ($("dialog").returnValue !== "ok") return;
      const chosen = [...$("dialog-labels").querySelectorAll("input:checked")].map((box) => box.value);
      if (!chosen.length) return;
      decisions.set(state.report.id + "/" + node.dataset.id, { ...now, labels: chosen, decision: "edit" });
      keep();
      redraw(node.dataset.id);
    };
  }
  function annotation(one) {
    return { id: one.report + "-" + one.id, document: one.report, pass: "review", text: one.text, context: one.context, start: one.start, end: one.end, role: one.role, labels: one.labels, annotator: "viewer", split: "train" };
  }
  function save(name, lines) {
    const link = make("a");
    link.href = URL.createObjectURL(new Blob(lines.map((line) => JSON.stringify(line) + "\n"), { type: "application/jsonl" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
  $("download").addEventListener("click", () => save("annotations.jsonl", [...decisions.values()].filter((one) => one.kind === "issue" && one.decision !== "reject").map(annotation)));
  $("review").addEventListener("click", () => save("decisions.jsonl", [...decisions.values()]));
  $("help-button").addEventListener("click", () => $("help").showModal());

  const KEYS = {
    j: () => step(1), k: () => step(-1), n: () => open(state.at + 1), p: () => open(state.at - 1),
    a: () => decide("accept"), r: () => decide("reject"), e: () => decide("edit"), u: () => decide(null),
    "/": () => $("search").focus(), "?": () => $("help").showModal(),
    ArrowDown: () => step(1), ArrowUp: () => step(-1),
  };
  TABS.forEach((name, at) => { KEYS[String(at + 1)] = () => tab(name); });
  addEventListener("keydown", (event) => {
    if (event.target.matches("input, select, textarea") || document.querySelector("dialog[open]")) {
      if (event.key === "Escape" && event.target === $("search")) event.target.blur();
      return;
    }
    const act = event.ctrlKey || event.metaKey || event.altKey ? null : KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  keep();
  narrow();
  open(0);
})();
