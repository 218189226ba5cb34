/* Which differences are shown: words over all columns, facets, order. Works on indices, never on elements. */

const FACETS = [
  { name: "cause", title: "Cause", of: (row) => valueOf(row, "cause"), label: causeLabel },
  { name: "case", title: "Case", of: (row) => valueOf(row, "case") },
  { name: "artifact", title: "Artifact", of: (row) => valueOf(row, "artifact") },
  { name: "comparison", title: "Comparison", of: comparisonOf },
  { name: "stage", title: "Stage", of: (row) => valueOf(row, "stage") },
  { name: "kind", title: "Kind", of: (row) => valueOf(row, "kind") },
  { name: "role", title: "Role", of: (row) => valueOf(row, "role") },
];

function causeLabel(id) {
  const number = causeNumber.get(id);
  return number ? `${number}. ${plain(page.causes[number - 1].title).slice(0, 60)}` : plain(id);
}

const TEXT_COLUMNS = page.differences.columns.map((_, index) => index)
  .filter((index) => !NUMERIC.has(page.differences.columns[index]));
const NUMBER_COLUMNS = [...NUMERIC].map((name) => AT[name]).filter((index) => index !== undefined);

let lowered = null;

/* "word", "two words" (both), "case:tutorial" (in one column). */
function parsed(query) {
  return query.toLowerCase().split(/\s+/).filter(Boolean).map((part) => {
    const [, column, word] = /^([a-z_]+):(.+)$/.exec(part) ?? [];
    return column in AT ? { column: AT[column], word } : { column: null, word: part };
  });
}

/* For every text, whether it holds the word: each text is looked at once, however many rows have it. */
function holding(word) {
  lowered ??= TEXTS.map((text) => text.toLowerCase());
  const flags = new Uint8Array(lowered.length);
  for (let i = 0; i < lowered.length; i += 1) if (lowered[i].includes(word)) flags[i] = 1;
  return flags;
}

function tester({ column, word }) {
  const flags = holding(word);
  const texts = column === null ? TEXT_COLUMNS : TEXT_COLUMNS.filter((index) => index === column);
  const numbers = column === null ? NUMBER_COLUMNS : NUMBER_COLUMNS.filter((index) => index === column);
  return (row) => {
    for (const index of texts) if (row[index] !== null && flags[row[index]]) return true;
    for (const index of numbers) if (row[index] !== null && String(row[index]).includes(word)) return true;
    return false;
  };
}

/* Indices of the rows that fit. `chosen`: facet name → wanted value. */
function matching(query, chosen) {
  const tests = parsed(query).map(tester);
  for (const facet of FACETS) {
    const wanted = chosen[facet.name];
    if (wanted !== undefined && wanted !== "") tests.push((row) => facet.of(row) === wanted);
  }
  const found = [];
  for (let i = 0; i < ROWS.length; i += 1) if (tests.every((test) => test(ROWS[i]))) found.push(i);
  return found;
}

let ranks = null;

/* Texts in the order people expect (item 2 before item 10): sorted once, then compared as numbers. */
function rankOf(index) {
  if (!ranks) {
    const order = TEXTS.map((_, at) => at);
    const collator = new Intl.Collator("en", { numeric: true });
    const heads = TEXTS.map((text) => text.slice(0, 200));
    order.sort((a, b) => collator.compare(heads[a], heads[b]));
    ranks = new Uint32Array(TEXTS.length);
    order.forEach((at, rank) => (ranks[at] = rank));
  }
  return ranks[index];
}

/* Sorts the found rows by a column; what has no value stands last either way. */
function sorted(found, column, descending) {
  if (!column) return found;
  const index = AT[column];
  const key = column === "cause"
    ? (row) => causeNumber.get(valueOf(row, "cause")) ?? null
    : NUMERIC.has(column) ? (row) => row[index] : (row) => (row[index] === null ? null : rankOf(row[index]));
  const keys = new Map(found.map((i) => [i, key(ROWS[i])]));
  const sign = descending ? -1 : 1;
  return [...found].sort((a, b) => {
    const [one, other] = [keys.get(a), keys.get(b)];
    if (one === null || other === null) return (one === null) - (other === null) || a - b;
    return sign * (one - other) || a - b;
  });
}

/* A regular expression that finds the words in shown text; null when there are none. */
function marker(query) {
  const words = parsed(query).map(({ word }) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return words.length ? new RegExp(words.join("|"), "giu") : null;
}
