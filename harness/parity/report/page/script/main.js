/* Puts the parts in the order in which somebody with a red build needs them. */

/* Light, dark, or as the system says; remembered where the browser allows it to a local file. */
function themeButton() {
  const names = ["auto", "light", "dark"];
  const stored = () => {
    try {
      return localStorage.getItem("parity-theme");
    } catch {
      return null;
    }
  };
  let at = Math.max(0, names.indexOf(stored()));
  const button = h("button", { type: "button", class: "quiet theme", onclick: () => set((at + 1) % names.length) });
  const set = (to) => {
    at = to;
    document.documentElement.dataset.theme = names[at];
    button.textContent = { auto: "\u25d0 auto", light: "\u25cb light", dark: "\u25cf dark" }[names[at]];
    button.setAttribute("aria-label", `Colours: ${names[at]}. Change`);
    try {
      localStorage.setItem("parity-theme", names[at]);
    } catch {
      // A page that may store nothing forgets the choice, and works.
    }
  };
  set(at);
  return button;
}

function start() {
  const table = new DifferenceTable();
  const causes = section("causes", "Causes", count(page.causes.length), page.causes.length ? causeCards(table)
    : h("p", { class: "muted" }, ROWS.length ? "No cause was found for what differs; see the differences." : "Nothing differs."));
  const messages = messagesPart();
  const grave = !["drift", "parity", "stale"].includes(page.verdict.label);
  const parts = [
    section("verdict", "Verdict", "", verdictPart()),
    grave ? messages : null,
    causes,
    reviewing.part(),
    page.stages.length > 0 ? section("stages", "Stages", "in the order they run", stageDiagram(table)) : null,
    section("matrix", "Matrix", "artifact \u00d7 case \u00d7 comparison", matrixOf(table)),
    section("differences", "Differences", "", table.element),
    grave ? null : messages,
    provenancePart(),
    expectationsPart(),
    ignoredPart(),
    stalePart(),
  ].filter(Boolean);
  document.getElementById("main").replaceChildren(...parts);
  document.getElementById("links").replaceChildren(...parts.slice(1).map((part) =>
    h("a", { href: `#${part.id}` }, part.querySelector("h2").firstChild.textContent)));
  document.getElementById("tools").replaceChildren(themeButton());
  table.choose({});
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, dialog")) return;
    event.preventDefault();
    jumpTo(document.getElementById("differences"));
    table.search.focus({ preventScroll: true });
  });
  reviewing.start();
  performance.mark("parity-ready");
}

start();
