/* Everything about one difference, in a dialog; arrows go to the next one. */

/* The pattern that finds this field in any item of a list. A bracket is written [[] in patterns. */
const patternOf = (path) => path.replace(/\[/g, "[[]").replace(/\[\[\]\d+\]/g, "[[]*]");

function showDifference(table) {
  const content = h("div");
  // The dialog itself takes the focus, so that arrows go from difference to difference at once.
  const dialog = h("dialog", { class: "detail", "aria-labelledby": "detail-title", tabindex: "-1", autofocus: true }, content,
    h("footer", {},
      h("button", { type: "button", onclick: () => go(-1) }, "\u2191 Previous"),
      h("button", { type: "button", onclick: () => go(1) }, "\u2193 Next"),
      h("button", { type: "button", class: "last", onclick: () => dialog.close() }, "Close")));
  const go = (step) => {
    table.move(step);
    draw();
  };
  const draw = () => refill(content, detailOf(table, () => dialog.close()));
  dialog.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select, pre")) return;
    if (event.key === "ArrowDown" || event.key === "ArrowRight") go(1);
    else if (event.key === "ArrowUp" || event.key === "ArrowLeft") go(-1);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    table.grid.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  draw();
  dialog.showModal();
  dialog.focus();
}

function detailOf(table, close) {
  const row = ROWS[table.shown[table.active]];
  const of = (name) => valueOf(row, name);
  const number = causeNumber.get(of("cause"));
  const value = (name) => of(name) === null ? h("em", {}, "nothing there")
    : h("pre", { tabindex: "0", "aria-label": name }, say(of(name), { lines: true }));
  const exact = (name, unit) => of(name) === null ? null : h("span", {}, String(of(name)), unit ? ` ${plain(unit)}` : "");
  return [
    h("header", {},
      h("p", { class: "muted" }, `Difference ${count(table.active + 1)} of ${count(table.shown.length)}`),
      h("h2", { id: "detail-title", class: "path" }, say(of("path") || "the whole document"))),
    h("div", { class: "sides" },
      h("div", {}, h("h3", { class: "side-0" }, "Expected"), value("expected")),
      h("div", {}, h("h3", { class: "side-1" }, "Actual"), value("actual"))),
    facts([
      ["Kind", say(of("kind"))],
      ["Difference", exact("magnitude", of("unit"))],
      ["Allowed", exact("allowed", of("unit"))],
      ["Would pass", exact("would_pass", of("unit"))],
      ["Case", of("case") && say(of("case"))],
      ["Artifact", of("artifact") && say(of("artifact"))],
      ["Comparison", say(comparisonOf(row))],
      ["Stage", of("stage") && say(of("stage"))],
      ["Cause", number && h("a", { href: `#cause-${number}`, onclick: close }, `${number}. `, say(page.causes[number - 1].title),
        of("role") === "follows" ? " (follows from it)" : "")],
      ["Note", of("note") && say(of("note"))],
    ]),
    reviewing.fieldButtons(of),
  ];
}
