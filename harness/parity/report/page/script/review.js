/* Accept and reject, when the page is served by `parity review`; without that, nothing of it is there. */

const OFF = { on: false, causeBar: () => null, fieldButtons: () => null, part: () => null, start: () => {} };
const WORDS = { open: "not decided", partly: "partly decided", accepted: "accepted", rejected: "rejected", blocked: "cannot be accepted" };

class Reviewing {
  constructor(given) {
    this.on = true;
    this.given = given;
    this.bars = new Map();
    this.said = h("p", { role: "status", class: "review-said" });
    this.list = h("div");
    this.stale = false;
    addEventListener("focus", () => this.refresh());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.refresh());
  }

  start() {
    this.refresh();
  }

  selection(part) {
    return { causes: [], cases: [], artifacts: [], fields: [], everything: false, ...part };
  }

  async ask(path, options = {}) {
    const headers = { "X-Parity-Token": this.given.token, ...(options.body ? { "Content-Type": "application/json" } : {}) };
    const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options, headers });
    const text = await answer.text();
    let body = null;
    try {
      body = JSON.parse(text);
    } catch {
      throw new Error(`the server answered ${answer.status} without JSON: ${text.slice(0, 200)}`);
    }
    if (!answer.ok) throw new Error(body.error ?? `the server answered ${answer.status}`);
    return body;
  }

  async refresh() {
    try {
      this.show(await this.ask("/state"));
    } catch (error) {
      this.say(`What is decided is not known: ${error.message}. Is \`parity review\` still running?`, true);
    }
  }

  /* Never throws: the error is shown where the decision was made. */
  async decide(action, selection, reason) {
    const body = JSON.stringify({ action, selection, reason, run_id: this.given.run_id });
    try {
      const answer = await this.ask("/decide", { method: "POST", body });
      this.show(answer.state);
      this.say(answer.message, false);
      return null;
    } catch (error) {
      await this.refresh();
      return error.message;
    }
  }

  say(text, wrong) {
    // A new element each time, so that it is seen anew.
    refill(this.said, h("span", { class: wrong ? "toast wrong" : "toast" }, say(text)));
  }

  show(state) {
    this.stale = Boolean(state.run_id && this.given.run_id && state.run_id !== this.given.run_id);
    if (this.stale) this.say("A newer run has replaced what this page shows. Reload the page to decide about it.", true);
    for (const [id, bar] of this.bars) this.showCause(bar, state.causes[id]);
    this.list.replaceChildren(this.table(state), this.records(state));
  }

  showCause(bar, state) {
    const name = state?.state ?? "none";
    const words = state ? WORDS[name] ?? name : "changes no golden: nothing to decide";
    bar.state.className = `tag decision ${name}`;
    bar.state.replaceChildren(say(words));
    bar.why.replaceChildren(state?.blocked ? say(state.blocked) : state?.goldens?.length ? many(state.goldens.length, "golden") : "");
    bar.accept.disabled = this.stale || !["open", "partly"].includes(name);
    bar.reject.disabled = this.stale || !["open", "partly", "blocked"].includes(name);
    bar.more.hidden = !state;
  }

  buttons(title, selection, { editable = false } = {}) {
    const make = (action, text) => h("button", {
      type: "button", class: action, "data-action": action, "aria-label": `${text} ${plain(title)}`,
      onclick: () => askReason(this, action, title, this.selection(selection), editable),
    }, text);
    return { accept: make("accept", "Accept"), reject: make("reject", "Reject") };
  }

  causeBar(cause, number) {
    const pair = this.buttons(`cause ${number}: ${cause.title}`, { causes: [cause.id] });
    const bar = { ...pair, state: h("span", {}), why: h("span", { class: "muted" }) };
    bar.more = later("Only some of its fields", () => h("ul", { class: "fields" }, fieldsOf(cause).map(([pattern, number_]) => {
      const pair = this.buttons(`field ${pattern}`, { causes: [cause.id], fields: [pattern] }, { editable: true });
      return h("li", {}, h("code", {}, say(pattern)), h("span", { class: "muted" }, ` ${count(number_)}`), pair.accept, pair.reject);
    })));
    this.bars.set(cause.id, bar);
    return h("div", { class: "review-bar" }, bar.accept, bar.reject, bar.state, bar.why, bar.more);
  }

  fieldButtons(of) {
    const pattern = patternOf(of("path"));
    const pair = this.buttons(`field ${pattern}`, { causes: of("cause") ? [of("cause")] : [], fields: [pattern] }, { editable: true });
    pair.accept.textContent = "Accept this field\u2026";
    pair.reject.textContent = "Reject this field\u2026";
    return h("p", { class: "pair" }, pair.accept, pair.reject);
  }

  part() {
    return section("goldens", "Goldens to decide", "", this.said, this.list);
  }

  table(state) {
    if (!state.changes.length) return h("p", { class: "muted" }, "No golden is waiting for a decision.");
    const everything = this.buttons("everything that is still open", { everything: true });
    everything.accept.disabled = everything.reject.disabled = this.stale;
    everything.accept.textContent = "Accept everything\u2026";
    everything.reject.textContent = "Reject everything\u2026";
    return h("div", {},
      lines("Goldens to decide", ["Case", "Artifact", "Category", "State", "Open", "Accepted", "Rejected", "Decide"],
        state.changes.map((change) => this.line(change))),
      h("p", { class: "pair" }, everything.accept, everything.reject));
  }

  line(change) {
    const pair = this.buttons(`${change.case} \u00b7 ${change.artifact}`, { cases: [change.case], artifacts: [change.artifact] });
    const done = ["accepted", "rejected"].includes(change.state);
    pair.accept.disabled = this.stale || done || Boolean(change.blocked);
    pair.reject.disabled = this.stale || done;
    const told = h("span", { class: `tag decision ${plain(change.state)}` }, WORDS[change.state] ?? plain(change.state));
    return h("tr", { "data-change": change.file && `${change.case}/${change.file}` },
      [change.case, change.artifact, change.category].map((text) => h("td", {}, say(text))),
      h("td", {}, told, change.blocked && [" ", say(change.blocked)]),
      [change.open, change.accepted, change.rejected].map((number) => h("td", { class: "number" }, count(number))),
      h("td", { class: "pair" }, pair.accept, pair.reject));
  }

  records(state) {
    if (!state.records.length) return "";
    return h("div", {}, h("h3", {}, "Last decisions"), h("ul", { class: "records" }, state.records.map((record) => h("li", {},
      h("code", {}, say(record.id)), ` ${moment(record.date)} `, say(record.author), ": ", say(record.reason),
      h("span", { class: "muted" }, " ", say(record.title ?? ""))))));
  }
}

/* The fields of a cause as patterns, with how many of its differences each takes. */
function fieldsOf(cause) {
  const counts = new Map();
  for (const row of ROWS) {
    if (valueOf(row, "cause") !== cause.id) continue;
    const pattern = patternOf(valueOf(row, "path"));
    counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1]).slice(0, 60);
}

function askReason(review, action, title, selection, editable) {
  const accepting = action === "accept";
  const [reasonId, fieldId] = [newId("reason"), newId("field")];
  const reason = h("textarea", { id: reasonId, rows: 3, required: accepting, "aria-describedby": `${reasonId}-help` });
  const field = editable
    && h("input", { id: fieldId, type: "text", class: "path", value: selection.fields[0], required: true, spellcheck: "false" });
  const wrong = h("p", { role: "alert", class: "wrong" });
  const confirm = h("button", { type: "submit", class: action, "data-action": "confirm" }, accepting ? "Accept" : "Reject");
  const dialog = h("dialog", { class: "ask", "aria-labelledby": `${reasonId}-title`, onclose: () => dialog.remove() });
  const form = h("form", { novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (accepting && !reason.value.trim()) {
      wrong.replaceChildren("Say why this change is meant. The reason stands in the ledger.");
      reason.focus();
      return;
    }
    confirm.disabled = true;
    const wanted = editable ? { ...selection, fields: [field.value] } : selection;
    const error = await review.decide(action, wanted, reason.value.trim() || null);
    confirm.disabled = false;
    if (error === null) dialog.close();
    else wrong.replaceChildren(say(error));
  } },
  h("h2", { id: `${reasonId}-title` }, accepting ? "Accept " : "Reject ", say(title)),
  h("p", { class: "muted" }, accepting ? "The goldens take this change, and nothing else." : "The goldens stay as they are."),
  editable && h("div", { class: "field wide" },
    h("label", { for: fieldId }, "Fields (a pattern over paths; * stands for anything)"), field),
  h("div", { class: "field wide" }, h("label", { for: reasonId }, "Reason"), reason,
    h("p", { class: "muted", id: `${reasonId}-help` }, accepting ? "Needed. Others read it in the ledger." : "Not needed.")),
  wrong, h("footer", {}, confirm, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel")));
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  reason.focus();
}

const reviewData = document.getElementById("review");
const reviewing = reviewData ? new Reviewing(JSON.parse(reviewData.textContent)) : OFF;
