/* The parts of the page that only list something. */

function verdictPart() {
  const { verdict } = page;
  const totals = [0, 0, 0, 0, 0, 0];
  for (const [, , , , ...counts] of page.matrix.cells) counts.forEach((number, i) => (totals[i] += number ?? 0));
  const names = ["compared equal", "within tolerance", "flips", "ignored by rule", "uncompared", "differing"];
  const stage = page.first_stage;
  return [
    h("div", { class: "hero" },
      h("div", { class: "said" },
        h("p", { class: `label state-${verdict.label}` },
          h("span", { class: "sign", "aria-hidden": "true" }, STATES[verdict.label]?.sign ?? "?"), say(verdict.label)),
        h("p", { class: "meaning" }, say(verdict.meaning), h("span", { class: "muted" }, ` \u00b7 exit code ${verdict.exit_code}`)),
        verdict.others.length > 0 && h("p", {}, "also: ", verdict.others.map((other, i) =>
          [i ? "; " : "", h("b", {}, say(other.label)), ` (${plain(other.meaning)})`])),
        stage && h("p", { class: "first-stage" }, h("span", { class: "key state-drift", "aria-hidden": "true" }, "\u25b6"),
          "First diverging stage: ", h("b", {}, say(stage.title)), stage.number !== null && `, stage ${stage.number}`,
          ", in ", listed(stage.cases, 6), ". ", h("a", { href: "#stages" }, "Diagram"))),
      page.next.length > 0 && h("div", { class: "next", role: "region", "aria-label": "What to do next" }, h("h2", {}, "Next"),
        h("ol", {}, page.next.map((line) => h("li", {}, sentence(line)))))),
    page.media_note && h("p", { class: "note" }, say(page.media_note)),
    h("ul", { class: "counts", "aria-label": "Leaves by how they were compared" }, names.map((name, i) =>
      h("li", { class: totals[i] ? (i > 3 ? "alarm" : null) : "zero" }, h("b", {}, count(totals[i])), " ", name))),
    h("p", { class: "muted run" }, say(page.pipeline), ": ", listed(page.configurations), " \u00b7 ",
      `${many(page.matrix.cases.length, "case")} \u00b7 ${many(page.matrix.artifacts.length, "artifact")} \u00b7 `,
      `${moment(page.started)} \u00b7 ${brief(Math.round(page.seconds))}\u00a0s`),
  ];
}

const moment = (text) => plain(String(text ?? "")).replace("T", " ").replace(/(\.\d+)?\+00:00$|Z$/, " UTC");

const section = (id, title, note, ...content) => h("section", { id, "aria-labelledby": `${id}-title` },
  h("h2", { id: `${id}-title` }, title, note && h("span", { class: "muted" }, ` ${note}`)), content);

function messagesPart() {
  const { messages } = page;
  if (!messages.length) return null;
  return section("messages", "Messages", count(messages.length), h("ul", { class: "messages" }, messages.map((message) => h("li", {},
    h("span", { class: `key state-${message.verdict ?? "usage"}` }, STATES[message.verdict]?.sign ?? "!"), h("div", {},
      h("p", { class: "muted" }, say(message.place)), h("p", { class: "text" }, sentence(message.text, { lines: true })))))));
}

function provenancePart() {
  const { sides, rows } = page.provenance;
  const differing = rows.filter((row) => row.differs).length;
  const body = h("tbody");
  const line = (row) => h("tr", { class: row.differs ? "differing" : null },
    h("th", { scope: "row" }, row.differs && h("span", { class: "key state-drift" }, "\u2260"), " ", say(row.name)),
    row.values.map((value) => h("td", {}, value === null ? h("span", { class: "muted" }, "\u2013") : say(value))));
  const draw = (all) => refill(body, rows.filter((row) => all || row.differs).map(line));
  const toggleAll = h("input", { type: "checkbox", id: "provenance-all", checked: true, onchange: () => draw(toggleAll.checked) });
  draw(true);
  return section("provenance", "Provenance", differing ? `${many(differing, "row")} differ` : "equal",
    page.machines.map((line) => h("p", { class: "note" }, say(line))),
    rows.length > 0 ? [h("p", { class: "choice box" }, toggleAll, h("label", { for: "provenance-all" }, "rows that are equal, too")),
      scrolling("Provenance", h("table", { class: "lines" },
        h("thead", {}, h("tr", {}, h("td"), sides.map((side) => h("th", { scope: "col" }, say(side.title))))), body))]
      : h("p", { class: "muted" }, "Nothing is known of either side."));
}

function expectationsPart() {
  const { passed, total, failed } = page.expectations;
  if (!total) return null;
  return section("expectations", "Ground truth", `${count(passed)} of ${count(total)} expectations met`,
    failed.length > 0 && lines("Expectations that were not met", ["Case", "Configuration", "Component", "Expected", "Got"],
      failed.map((each) => texts(each, "case", "configuration", "component", "expected", "got"))));
}

/* One row: some fields of an object. */
const texts = (object, ...names) => h("tr", {}, names.map((name) => h("td", {}, say(object[name]))));

function ignoredPart() {
  const shares = Object.entries(page.ignored.share);
  if (!shares.length) return null;
  const { rules, total = rules.length } = page.ignored;
  const kinds = ["volatile", "environment", "declared", "media"];
  return section("ignored", "Ignored by rule", `${count(shares.reduce((sum, [, share]) => sum + share.ignored, 0))} leaves`,
    lines("Share of ignored leaves", ["Comparison", "Leaves", "Ignored", "Share", ...kinds], shares.map(([title, share]) => h("tr", {},
      h("th", { scope: "row" }, say(title)), h("td", {}, count(share.leaves)), h("td", {}, count(share.ignored)),
      h("td", {}, share.leaves ? `${((100 * share.ignored) / share.leaves).toFixed(2)} %` : ""),
      kinds.map((kind) => h("td", {}, count(share[kind] ?? 0))))), "numbers"),
    later(rules.length < total ? `The first ${count(rules.length)} of ${count(total)} ignored leaves`
      : `Every ignored leaf (${count(total)})`,
      () => lines("Ignored leaves", ["Case", "Artifact", "Path", "By", "Reason"],
        rules.map((rule) => texts(rule, "case", "artifact", "path", "by", "reason")))));
}

/* A part that is built when it is opened. */
function later(title, build) {
  const box = h("details", { class: "values" }, h("summary", {}, title));
  box.addEventListener("toggle", () => box.open && box.childElementCount === 1 && box.append(build()));
  return box;
}

function stalePart() {
  const { goldens, declared } = page.stale;
  if (!goldens.length && !declared.length) return null;
  const item = (...content) => h("li", {}, h("span", { class: "key state-stale" }, STATES.stale.sign), h("div", {}, content));
  return section("stale", "Stale", count(goldens.length + declared.length), h("ul", { class: "messages" },
    goldens.map((file) => item("golden that nothing needs: ", h("code", {}, say(file)))),
    declared.map((record) => item(say(record.message)))));
}
