/* The payload, and the differences as rows of indices into one list of texts. */

const page = JSON.parse(document.getElementById("payload").textContent);
const STATES = {
  parity: { sign: "\u00b7", says: "equal" },
  drift: { sign: "\u2260", says: "drift" },
  contract: { sign: "\u00a7", says: "contract" },
  pipeline: { sign: "\u00d7", says: "pipeline failed" },
  unstable: { sign: "\u2248", says: "unstable" },
  stale: { sign: "\u25cb", says: "stale" },
  usage: { sign: "?", says: "not run as asked" },
  crash: { sign: "!", says: "the harness failed" },
};
/* What makes the rest unreliable comes first. */
const GRAVEST = ["crash", "usage", "pipeline", "unstable", "contract", "drift", "stale", "parity"];

const TEXTS = page.differences.strings;
const ROWS = page.differences.rows;
const AT = Object.fromEntries(page.differences.columns.map((name, index) => [name, index]));
const NUMERIC = new Set(["magnitude", "allowed", "would_pass"]);

/* The value of one column of a row: a text, a number, or null. */
function valueOf(row, column) {
  const value = row[AT[column]];
  return value === null || value === undefined || NUMERIC.has(column) ? (value ?? null) : TEXTS[value];
}

const causeNumber = new Map(page.causes.map((cause, index) => [cause.id, index + 1]));
const columnKey = (check, configuration, against) => JSON.stringify([check, configuration, against]);
const comparisons = new Map(
  page.matrix.columns.map((column) => [columnKey(column.check, column.configuration, column.against), column]),
);

/* The comparison that a row was found in, as the matrix names it. */
function comparisonOf(row) {
  const parts = ["check", "configuration", "against"].map((name) => valueOf(row, name));
  const known = comparisons.get(columnKey(...parts));
  if (known) return known.title;
  return [parts[1], parts[2]].filter(Boolean).join(parts[0] === "golden" ? " ~ " : " = ");
}
