/* What broke: a card per cause, the heaviest first. */

const OPEN_CARDS = 4;

function causeCards(table) {
  return page.causes.map((cause, index) => causeCard(cause, index + 1, table, index < OPEN_CARDS));
}

function causeCard(cause, number, table, open) {
  const id = newId("cause-body");
  const body = h("div", { id, class: "cause-body", hidden: !open });
  let drawn = false;
  const fillBody = () => {
    if (drawn) return;
    drawn = true;
    const frames = framesOf(cause.frames);
    body.classList.toggle("with-frame", frames !== null);
    fill(body, {}, [causeFacts(cause), curvesOf(cause.curves), frames]);
  };
  if (open) fillBody();
  addEventListener("beforeprint", fillBody);
  const toggleButton = h("button", { type: "button", class: "more", "aria-expanded": String(open), "aria-controls": id });
  toggleButton.textContent = open ? "Hide" : "Show";
  toggleButton.addEventListener("click", () => {
    fillBody();
    body.hidden = !body.hidden;
    toggleButton.setAttribute("aria-expanded", String(!body.hidden));
    toggleButton.textContent = body.hidden ? "Show" : "Hide";
  });
  toggleButton.setAttribute("aria-describedby", `cause-${number}`);
  return h("article", { class: "cause", "data-cause": cause.id, "aria-labelledby": `cause-${number}` },
    h("header", {},
      h("span", { class: "number", "aria-hidden": "true" }, String(number)),
      h("div", { class: "title" },
        h("h3", { id: `cause-${number}` }, h("span", { class: "hide" }, `Cause ${number}: `), say(cause.title)),
        h("p", { class: "muted" },
          h("span", { class: "tag" }, say(cause.kind)), " ", cause.stage && [h("span", {}, "in ", say(cause.stage)), " \u00b7 "],
          many(cause.differences, "difference"), " \u00b7 ",
          many(cause.cases.length, "case"), " \u00d7 ", many(cause.artifacts.length, "artifact"),
          cause.accepted_before.length > 0 && [" \u00b7 ", h("span", { class: "tag before" }, "accepted before")])),
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: () => table.reveal({ cause: cause.id }) },
          `Show ${many(rowsOf(cause), "difference")}`), toggleButton)),
    reviewing.causeBar(cause, number), body);
}

function rowsOf(cause) {
  return ROWS.reduce((sum, row) => sum + (valueOf(row, "cause") === cause.id ? 1 : 0), 0);
}

function causeFacts(cause) {
  const { largest, would_pass: passes } = cause;
  const passing = Object.entries(passes ?? {}).map(([unit, number]) => withUnit(number, unit, enough)).join(", ");
  const meant = cause.comparisons.some(({ check }) => check === "golden");
  return facts([
    ["Where", [listed(cause.cases), h("br"), cause.comparisons.map((each, i) => [i ? " \u00b7 " : "", say(each.configuration ?? ""),
      each.check === "golden" ? " ~ " : " = ", say(each.against ?? ""), h("span", { class: "muted" }, ` ${count(each.differences)}`)])]],
    ["Artifacts", listed(cause.artifacts)],
    ["Largest", largest && [h("b", { class: "big" }, withUnit(largest.magnitude, largest.unit, beyond(largest.allowed ?? 0))),
      largest.allowed !== null && ` where ${withUnit(largest.allowed, largest.unit)} is allowed`, h("br"),
      h("span", { class: "muted" }, say(largest.case), " \u00b7 ", say(largest.artifact), " \u00b7 ", h("code", {}, say(largest.path)))]],
    ["Would pass", passing ? `with a tolerance of ${passing}` : "no tolerance would let it pass"],
    ["Parts", cause.parts.length > 1 && h("ul", {}, cause.parts.map((part) => h("li", {}, say(part.title))))],
    ["For example", cause.examples[0] && h("div", { class: "example" }, h("p", { class: "muted" }, say(cause.examples[0].case), " \u00b7 ",
      say(cause.examples[0].artifact)), h("p", {}, say(cause.examples[0].text, { lines: false })))],
    ["Proof", cause.proof.length > 0
      && h("ul", { class: cause.proven ? "proven" : "unproven" }, cause.proof.map((line) => h("li", {}, say(line))))],
    ["So also", followers(cause)],
    ["Look", cause.next && command(cause.next)],
    ["If meant", meant && !reviewing.on && command(cause.accept)],
    ["Before", cause.accepted_before.length > 0 && h("ul", {}, cause.accepted_before.map((each) =>
      h("li", {}, `accepted on ${plain(each.date).slice(0, 10)} by `, say(each.author), ": ", say(each.reason),
        h("span", { class: "muted" }, " ", say(each.record)))))],
    ["Id", h("code", {}, say(cause.id))],
  ]);
}

/* Later stages, each once, with how many of its differences no run has proven to follow. */
function followers(cause) {
  const stages = new Map();
  for (const { stage, differences, proven } of cause.follows) {
    const known = stages.get(stage) ?? { all: 0, unproven: 0 };
    stages.set(stage, { all: known.all + differences, unproven: known.unproven + (proven ? 0 : differences) });
  }
  const note = ({ all, unproven }) => (unproven ? `, ${unproven === all ? "" : `${count(unproven)} of them `}not proven` : "");
  return [...stages].map(([stage, each], i) =>
    [i ? ", " : "", say(stage), h("span", { class: "muted" }, ` (${count(each.all)}${note(each)})`)]);
}

/* Names with commas between; a long list ends in a number. */
function listed(names, most = 12) {
  const shown = names.slice(0, most).map((name, i) => [i ? ", " : "", say(name)]);
  return names.length > most ? [shown, h("span", { class: "muted" }, ` and ${count(names.length - most)} more`)] : shown;
}
