/* Case × artifact × comparison. A row per artifact, a column per case, in every cell the gravest state and how much differs. */

function matrixOf(table) {
  const { columns, cases, artifacts, cells } = page.matrix;
  const byPlace = new Map();
  for (const [inCase, inArtifact, inColumn, state, ...counts] of cells) {
    const key = inArtifact * cases.length + inCase;
    if (!byPlace.has(key)) byPlace.set(key, []);
    byPlace.get(key).push({ column: inColumn, state, counts });
  }
  const readout = h("p", { class: "readout", "aria-live": "off" },
    "Point at a cell, or walk with the arrow keys; Enter shows its differences.");
  const place = h("div", { class: "matrix-place" });
  let only = null;
  let clean = false;
  const draw = () => place.replaceChildren(matrixTable({ columns, cases, artifacts, byPlace, only, clean, readout, table }));
  const name = newId("only");
  const choice = (index, title) => {
    const id = newId("column");
    return h("span", { class: "choice" },
      h("input", { type: "radio", name, id, checked: index === null, onchange: () => ((only = index), draw()) }),
      h("label", { for: id }, say(title)));
  };
  const hide = h("input", { type: "checkbox", id: newId("clean"), onchange: () => ((clean = hide.checked), draw()) });
  draw();
  const used = GRAVEST.filter((state) => cells.some((cell) => cell[3] === state));
  return h("div", { class: "matrix" },
    h("div", { class: "bar" },
      h("fieldset", { class: "choices" }, h("legend", {}, "Comparison"), choice(null, "all"), columns.map((c, i) => choice(i, c.title))),
      h("span", { class: "choice box" }, hide, h("label", { for: hide.id }, "only what is not equal"))),
    readout, place,
    h("p", { class: "legends" }, used.map((state) => h("span", { class: "legend" },
      h("span", { class: `key state-${state}` }, STATES[state].sign), STATES[state].says)),
    h("span", { class: "legend muted" }, "a number: differing leaves"),
    columns.length > 1 && h("span", { class: "legend muted" },
      h("span", {}, "the strip under it: ", columns.map((c, i) => [i ? ", " : "", say(c.title)])))));
}

function worst(entries) {
  return GRAVEST.find((state) => entries.some((entry) => entry.state === state)) ?? null;
}

function matrixTable({ columns, cases, artifacts, byPlace, only, clean, readout, table }) {
  const at = (artifact, inCase) => (byPlace.get(artifact * cases.length + inCase) ?? [])
    .filter((entry) => only === null || entry.column === only);
  const bad = (entries) => !["parity", null].includes(worst(entries));
  const indices = (list) => list.map((_, index) => index);
  const shownArtifacts = indices(artifacts).filter((a) => !clean || cases.some((_, c) => bad(at(a, c))));
  const shownCases = indices(cases).filter((c) => !clean || artifacts.some((_, a) => bad(at(a, c))));
  if (!shownArtifacts.length) return h("p", { class: "muted" }, "Every cell is equal.");
  const cell = (artifact, inCase) => {
    const entries = at(artifact, inCase);
    const state = worst(entries);
    if (!state) return h("td", { role: "gridcell", tabindex: "-1", class: "none", "aria-label": "not compared" });
    const differing = Math.max(...entries.map((entry) => entry.counts[5] ?? 0));
    const tell = () => readout.replaceChildren(...told(cases[inCase], artifacts[artifact], columns, entries));
    const strip = entries.length > 1 && state !== "parity"
      && h("span", { class: "strip" }, columns.map((_, i) =>
        h("i", { class: `state-${entries.find((e) => e.column === i)?.state ?? "none"}` })));
    const node = h("td", {
      role: "gridcell", tabindex: "-1", class: `state-${state}`, onpointerenter: tell, onfocus: tell,
      "aria-label": `${plain(cases[inCase])}, ${plain(artifacts[artifact])}: ${entries.map((entry) =>
        `${plain(columns[entry.column].title)} ${STATES[entry.state].says}${entry.counts[5] ? ` ${entry.counts[5]}` : ""}`).join("; ")}`,
    }, differing ? tiny(differing) : STATES[state].sign, strip);
    const press = () => table.reveal({ case: cases[inCase], artifact: artifacts[artifact],
      comparison: only === null ? "" : columns[only].title });
    node.addEventListener("click", press);
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press();
    });
    return node;
  };
  const grid = h("table", { role: "grid", class: "matrix-grid", "aria-label": "State of every artifact of every case" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, h("td", { class: "corner" }),
      shownCases.map((c) => h("th", { role: "columnheader", scope: "col", class: artifacts.some((_, a) => bad(at(a, c))) ? "bad" : null },
        h("span", {}, say(cases[c])))))),
    h("tbody", { role: "rowgroup" }, shownArtifacts.map((a) => h("tr", { role: "row" },
      h("th", { role: "rowheader", scope: "row", class: cases.some((_, c) => bad(at(a, c))) ? "bad" : null }, say(artifacts[a])),
      shownCases.map((c) => cell(a, c))))));
  walkable(grid);
  return scrolling("Matrix of cases and artifacts", grid);
}

/* One stop for Tab; arrows walk from cell to cell. */
function walkable(grid) {
  const cells = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("td")]);
  const start = cells.flat().find((cell) => !/state-parity|none/.test(cell.className)) ?? cells[0][0];
  start.tabIndex = 0;
  grid.addEventListener("keydown", (event) => {
    const row = cells.findIndex((each) => each.includes(document.activeElement));
    if (row < 0) return;
    const column = cells[row].indexOf(document.activeElement);
    const last = cells[row].length - 1;
    const to = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      Home: [row, 0], End: [row, last] }[event.key];
    if (!to) return;
    event.preventDefault();
    const next = cells[to[0]]?.[to[1]];
    if (!next) return;
    grid.querySelector("td[tabindex='0']")?.setAttribute("tabindex", "-1");
    next.tabIndex = 0;
    next.focus();
  });
}

function told(inCase, artifact, columns, entries) {
  const names = ["exact", "within tolerance", "flips", "ignored", "uncompared", "differing"];
  return [h("b", {}, say(inCase), " \u00b7 ", say(artifact)), ...entries.map((entry) => h("span", {},
    h("span", { class: `key state-${entry.state}` }, STATES[entry.state].sign), " ", say(columns[entry.column].title), ": ",
    entry.counts.map((number, i) => [number, names[i]]).filter(([number]) => number)
      .map(([number, title]) => `${count(number)} ${title}`).join(", ") || STATES[entry.state].says))];
}
