/* Building blocks: elements, texts that cannot do harm, numbers. Nothing here knows what the page shows. */

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  // append() makes text nodes of strings: no text of the report is ever read as markup.
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const refill = (node, ...children) => {
  node.replaceChildren();
  return fill(node, {}, children);
};
const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);

/* Controls, bidirectional and zero-width marks, lone surrogates, private use. A joiner inside an emoji stays. */
const HIDDEN =
  /(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d\p{Extended_Pictographic})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
const LONGEST = 5000;

function escaped(character) {
  const code = character.codePointAt(0);
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}

/* The pieces of a text: [shown text, whether it stands for a character that cannot be seen]. */
function pieces(text, lines = false) {
  let rest = String(text);
  const cut = rest.length > LONGEST;
  const length = rest.length;
  if (cut) rest = rest.slice(0, LONGEST).replace(/[\ud800-\udbff]$/, "");
  const found = [];
  let at = 0;
  for (const match of rest.matchAll(HIDDEN)) {
    const character = match[0];
    if (lines && (character === "\n" || character === "\t")) continue;
    if (match.index > at) found.push([rest.slice(at, match.index), false]);
    found.push([escaped(character), true]);
    at = match.index + character.length;
  }
  if (at < rest.length) found.push([rest.slice(at), false]);
  if (cut) found.push([` \u2026 (${count(length)} characters)`, true]);
  return found;
}

/* As one string, for attributes and SVG. */
const plain = (text, lines = false) => pieces(text, lines).map(([shown]) => shown).join("");

/* As an element of its own, so that the direction of one text cannot reach another. */
function say(text, { lines = false, marked = null } = {}) {
  const node = h("bdi", { dir: "auto" });
  for (const [shown, hidden] of pieces(text, lines)) {
    if (hidden) node.append(h("span", { class: "esc" }, shown));
    else if (marked) node.append(...withMarks(shown, marked));
    else node.append(shown);
  }
  return node;
}

function withMarks(text, words) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(words)) {
    if (match.index > at) nodes.push(text.slice(at, match.index));
    nodes.push(h("mark", {}, match[0]));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(text.slice(at));
  return nodes;
}

const WHOLE = new Intl.NumberFormat("en");
const SHORT = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, useGrouping: false });
const count = (number) => WHOLE.format(number);
const many = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/* At most four digits that tell something; very small and very large ones as powers. */
function brief(number) {
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < 1e6) return String(number);
  if (size >= 1e6 || size < 1e-4) return number.toExponential(2).replace("e+", "e");
  return SHORT.format(number);
}

const withUnit = (number, unit, text = brief) =>
  number === null || number === undefined ? "" : text(number) + (unit ? `\u00a0${plain(unit)}` : "");

/* All digits of a number where few would say that it is no more than is allowed, or of a tolerance that it is enough. */
const beyond = (allowed) => (number) => number > allowed && brief(number) === brief(allowed) ? String(number) : brief(number);
const enough = (number) => Number(brief(number)) < number ? String(number) : brief(number);

/* 1 234 567 as 1.2M: for cells with little room. */
function tiny(number) {
  if (number < 1000) return String(number);
  if (number < 1e6) return `${Math.floor(number / 1000)}k`;
  return `${Math.floor(number / 1e6)}M`;
}

let ids = 0;
const newId = (stem) => `${stem}-${(ids += 1)}`;

/* A command to be copied. */
function command(text) {
  const shown = h("code", {}, say(text));
  const button = h("button", { type: "button", class: "copy", "aria-label": `Copy: ${plain(text)}` }, "copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(shown);
      button.textContent = "selected";
    }
    setTimeout(() => (button.textContent = "copy"), 1600);
  });
  return h("span", { class: "command" }, shown, button);
}

/* A sentence in which `backticks` hold commands. */
function sentence(text, options = {}) {
  return String(text)
    .split(/`([^`\n]+)`/)
    .map((part, at) => (at % 2 ? command(part) : part && say(part, options)));
}

/* A <dl>: pairs of name and content; pairs without content are left out. */
const facts = (pairs, kind = "facts") =>
  h("dl", { class: kind }, pairs.filter(([, content]) => content && content.length !== 0)
    .map(([name, content]) => [h("dt", {}, name), h("dd", {}, content)]));

/* A table that only lists: names of its columns, and rows of cells. */
const lines = (label, names, rows, kind = "") => scrolling(label, h("table", { class: `lines ${kind}` },
  h("thead", {}, h("tr", {}, names.map((name) => (name ? h("th", { scope: "col" }, name) : h("td"))))), h("tbody", {}, rows)));

/* A box that scrolls by itself, so that the page never scrolls sideways. */
const scrolling = (label, ...children) =>
  h("div", { class: "scrolling", role: "region", tabindex: "0", "aria-label": label }, ...children);

function jumpTo(target) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
}

/* Calls draw(width) now and whenever the width of the box changes. */
function drawnToWidth(box, draw) {
  let known = 0;
  new ResizeObserver(() => {
    const width = Math.floor(box.clientWidth);
    if (width > 0 && width !== known) draw((known = width));
  }).observe(box);
}
