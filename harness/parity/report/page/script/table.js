/* The table of differences. Only rows in view exist as elements, so that ten thousand cost what forty do. */

const COLUMNS = [
  { key: "cause", title: "Cause", cell: (row) => String(causeNumber.get(valueOf(row, "cause")) ?? "\u2013") },
  { key: "case", title: "Case" },
  { key: "artifact", title: "Artifact" },
  { key: "path", title: "Path" },
  { key: "kind", title: "Kind" },
  { key: "expected", title: "Expected" },
  { key: "actual", title: "Actual" },
  { key: "magnitude", title: "Difference", cell: (row) => withUnit(valueOf(row, "magnitude"), valueOf(row, "unit"),
    beyond(valueOf(row, "allowed") ?? 0)) },
  { key: "allowed", title: "Allowed", cell: (row) => withUnit(valueOf(row, "allowed"), "") },
  { key: "would_pass", title: "Would pass", cell: (row) => withUnit(valueOf(row, "would_pass"), "", enough) },
  { key: "configuration", title: "Comparison", cell: comparisonOf },
  { key: "stage", title: "Stage" },
  { key: "role", title: "Role" },
  { key: "note", title: "Note" },
];
const SPARE = 5;
const PRINTED = 200;

class DifferenceTable {
  constructor() {
    this.query = "";
    this.chosen = {};
    this.order = { column: null, descending: false };
    this.shown = ROWS.map((_, index) => index);
    this.active = 0;
    this.made = new Map();
    this.words = null;
    this.waiting = null;
    this.rowHeight = 30;
    this.room = 600;
    this.printing = false;
    for (const [event, printing] of [["beforeprint", true], ["afterprint", false]]) {
      addEventListener(event, () => {
        this.printing = printing;
        this.measure();
      });
    }
    this.element = this.build();
  }

  build() {
    this.search = h("input", {
      type: "search", id: "search", autocomplete: "off", spellcheck: "false", "aria-describedby": "search-help",
      placeholder: "words, or case:\u2026 path:\u2026 kind:\u2026", oninput: () => this.set({ query: this.search.value }),
      onkeydown: (event) => {
        if (event.key === "ArrowDown" || event.key === "Enter") {
          event.preventDefault();
          this.grid.focus();
        }
      },
    });
    this.selects = new Map(FACETS.map((facet) => [facet.name, this.facet(facet)]));
    this.found = h("p", { class: "found", role: "status", "aria-live": "polite" });
    this.clear = h("button", { type: "button", class: "quiet", onclick: () => this.reset() }, "Clear all filters");
    this.head = h("div", { role: "row", "aria-rowindex": "1", class: "row head-row" }, COLUMNS.map((c) => this.header(c)));
    this.body = h("div", { role: "rowgroup", class: "rows" });
    this.grid = h("div", {
      role: "grid", tabindex: "0", class: "grid", id: "grid", "aria-label": "Differences",
      "aria-colcount": String(COLUMNS.length), onkeydown: (event) => this.key(event), onscroll: () => this.soon(),
    }, h("div", { role: "rowgroup", class: "grid-head" }, this.head), this.body);
    const sortBy = h("select", { id: "sort-by", onchange: () => this.sort(sortBy.value || null, false) },
      h("option", { value: "" }, "as found"), COLUMNS.map((c) => h("option", { value: c.key }, c.title)));
    new ResizeObserver(() => this.measure()).observe(this.grid);
    return h("div", { class: "table" },
      h("div", { class: "bar" },
        h("div", { class: "field wide" }, h("label", { for: "search" }, "Search all columns"), this.search),
        [...this.selects].map(([name, select]) =>
          h("div", { class: "field" }, h("label", { for: select.id }, FACETS.find((f) => f.name === name).title), select)),
        h("div", { class: "field only-narrow" }, h("label", { for: "sort-by" }, "Sorted by"), sortBy)),
      h("div", { class: "bar" }, this.found, this.clear,
        h("p", { class: "help", id: "search-help" }, h("kbd", {}, "/"), " search \u00b7 ", h("kbd", {}, "\u2191\u2193"),
          " rows \u00b7 ", h("kbd", {}, "Enter"), " all of a row")),
      this.grid,
      h("p", { class: "print-only" },
        `At most ${PRINTED} rows are printed. All of them stand in differences.json beside this page.`),
      page.differences.total > ROWS.length && h("p", { class: "note" },
        `This page holds ${count(ROWS.length)} of ${count(page.differences.total)} differences; `
        + "all of them stand in differences.json beside it."));
  }

  facet(facet) {
    const counts = new Map();
    for (const row of ROWS) {
      const value = facet.of(row);
      if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const collator = new Intl.Collator("en", { numeric: true });
    const label = facet.label ?? plain;
    const options = [...counts].map(([value, number]) => [value, label(value), number])
      .sort((one, other) => collator.compare(one[1], other[1]));
    return h("select", {
      id: `facet-${facet.name}`, onchange: (event) => this.choose({ [facet.name]: event.target.value }),
    }, h("option", { value: "" }, "all"),
    options.map(([value, text, number]) => h("option", { value }, `${text.slice(0, 80)} (${count(number)})`)));
  }

  header(column) {
    const button = h("button", { type: "button", onclick: () => {
      const again = this.order.column === column.key;
      this.sort(again && this.order.descending ? null : column.key, again || (!again && NUMERIC.has(column.key)));
    } }, column.title, h("span", { class: "arrow", "aria-hidden": "true" }));
    return h("div", { role: "columnheader", class: `c-${column.key}`, "aria-sort": "none" }, button);
  }

  /* From elsewhere on the page: shows the differences of a cause, cell or stage. */
  reveal(chosen) {
    this.search.value = this.query = "";
    this.chosen = {};
    this.choose(chosen);
    jumpTo(document.getElementById("differences"));
    this.grid.focus({ preventScroll: true });
  }

  reset() {
    this.search.value = this.query = "";
    this.chosen = {};
    this.choose({});
    this.search.focus();
  }

  choose(chosen) {
    Object.assign(this.chosen, chosen);
    for (const [name, select] of this.selects) select.value = this.chosen[name] ?? "";
    this.set({});
  }

  sort(column, descending) {
    this.order = { column, descending };
    this.head.childNodes.forEach((node, index) => {
      const here = column === COLUMNS[index].key;
      node.setAttribute("aria-sort", here ? (descending ? "descending" : "ascending") : "none");
    });
    this.set({});
  }

  set({ query = this.query }) {
    this.query = query;
    this.words = marker(query);
    this.shown = sorted(matching(query, this.chosen), this.order.column, this.order.descending);
    this.active = 0;
    this.made.clear();
    if (this.grid.scrollTop) this.grid.scrollTop = 0;
    const all = this.shown.length === ROWS.length;
    this.found.textContent = all ? many(ROWS.length, "difference")
      : `${count(this.shown.length)} of ${many(ROWS.length, "difference")}`;
    this.clear.hidden = all && !query && !Object.values(this.chosen).some(Boolean);
    this.grid.setAttribute("aria-rowcount", String(this.shown.length + 1));
    this.render({ top: 0 });
  }

  /* Asked when the size changes, not with every key: an answer of the layout in the midst of writing costs a second layout. */
  measure() {
    this.room = this.grid.clientHeight;
    const height = parseFloat(getComputedStyle(this.grid).getPropertyValue("--row")) || 30;
    if (height !== this.rowHeight) this.made.clear();
    this.rowHeight = height;
    this.render();
  }

  soon() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.render();
    });
  }

  render({ top = this.grid.scrollTop } = {}) {
    const { printing } = this;
    const total = this.shown.length;
    const first = printing ? 0 : Math.max(0, Math.floor(top / this.rowHeight) - SPARE);
    const last = printing ? Math.min(total, PRINTED)
      : Math.min(total, Math.ceil((top + this.room) / this.rowHeight) + SPARE);
    this.body.style.height = printing ? "auto" : `${Math.max(1, total) * this.rowHeight}px`;
    const kept = new Map();
    for (let at = first; at < last; at += 1) kept.set(at, this.made.get(at) ?? this.row(at));
    this.made = kept;
    for (const [at, node] of kept) node.setAttribute("aria-selected", String(at === this.active));
    this.body.replaceChildren(...(total ? kept.values() : [nothingFits()]));
    if (kept.has(this.active)) this.grid.setAttribute("aria-activedescendant", `row-${this.active}`);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  row(at) {
    const row = ROWS[this.shown[at]];
    const follows = valueOf(row, "role") === "follows";
    const node = h("div", {
      role: "row", id: `row-${at}`, class: `row${follows ? " follows" : ""}`, "aria-rowindex": String(at + 2),
      onclick: () => {
        this.active = at;
        this.open();
      },
    }, COLUMNS.map((column) => {
      const text = column.cell ? column.cell(row) : valueOf(row, column.key);
      // What is long is cut here for speed; the dialog of the row shows it whole.
      const shown = text === null ? "\u2013" : say(text.length > 240 ? `${text.slice(0, 240)}\u2026` : text, { marked: this.words });
      return h("div", { role: "gridcell", class: `c-${column.key}` }, shown);
    }));
    node.style.top = `${at * this.rowHeight}px`;
    return node;
  }

  key(event) {
    if (event.target !== this.grid) return;
    const screen = Math.max(1, Math.floor(this.grid.clientHeight / this.rowHeight) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: screen, PageUp: -screen, Home: -Infinity, End: Infinity };
    if (event.key in steps) this.move(steps[event.key]);
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      this.grid.scrollLeft += event.key === "ArrowRight" ? 120 : -120;
    } else if (event.key === "Enter" || event.key === " ") this.open();
    else return;
    event.preventDefault();
  }

  move(step) {
    this.active = Math.max(0, Math.min(this.shown.length - 1, this.active + step));
    const room = this.grid.clientHeight - this.head.offsetHeight - this.rowHeight;
    const top = this.active * this.rowHeight;
    if (top < this.grid.scrollTop) this.grid.scrollTop = top;
    else if (top > this.grid.scrollTop + room) this.grid.scrollTop = top - room;
    this.render();
  }

  open() {
    if (this.shown.length) showDifference(this);
  }
}

const nothingFits = () => h("div", { role: "row", class: "row nothing" },
  h("div", { role: "gridcell" }, ROWS.length ? "Nothing fits. Clear the search or a filter." : "There are no differences."));
