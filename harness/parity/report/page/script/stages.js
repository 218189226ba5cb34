/* The stages of a run as a diagram: from left to right, on a narrow screen from top to bottom. */

const STAGE_STATES = {
  first: { sign: "\u25b6", says: "first to differ" },
  own: { sign: "\u2260", says: "differs" },
  follows: { sign: "\u21b3", says: "follows" },
  same: { sign: "\u2713", says: "equal" },
  unknown: { sign: "?", says: "not known" },
};
const NODE = { height: 40, gap: 8, between: 34, letter: 6.65, pad: 22 };

/* How many steps each stage is from the beginning. */
function depths(stages) {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const found = new Map();
  const depth = (name, above = []) => {
    if (found.has(name)) return found.get(name);
    const needs = (byName.get(name)?.needs ?? []).filter((need) => byName.has(need) && !above.includes(need));
    const value = needs.length ? 1 + Math.max(...needs.map((need) => depth(need, [...above, name]))) : 0;
    found.set(name, value);
    return value;
  };
  stages.forEach((stage) => depth(stage.name));
  return found;
}

/* Arrows that say something new: not those that a longer way says already. */
function arrows(stages) {
  const needs = new Map(stages.map((stage) => [stage.name, stage.needs.filter((name) => stages.some((each) => each.name === name))]));
  const reach = new Map();
  const above = (name, path = new Set()) => {
    if (reach.has(name) || path.has(name)) return reach.get(name) ?? new Set();
    const inside = new Set(path).add(name);
    const all = new Set(needs.get(name).flatMap((need) => [need, ...above(need, inside)]));
    reach.set(name, all);
    return all;
  };
  return stages.flatMap((stage) => {
    const direct = needs.get(stage.name);
    return direct.filter((need) => !direct.some((other) => other !== need && above(other).has(need)))
      .map((need) => [need, stage.name]);
  });
}

function placed(stages, width) {
  const depth = depths(stages);
  const layers = [];
  stages.forEach((stage) => (layers[depth.get(stage.name)] ??= []).push(stage));
  const wide = (stage) => Math.max(plain(stage.name).length, subtitle(stage).length + 1) * NODE.letter + NODE.pad;
  const widths = layers.map((layer) => Math.max(...layer.map(wide)));
  const across = widths.reduce((sum, each) => sum + each, 0) + (layers.length - 1) * NODE.between;
  const places = new Map();
  if (width >= 900 || width >= across) {
    const tallest = Math.max(...layers.map((layer) => layer.length));
    const height = tallest * (NODE.height + NODE.gap) - NODE.gap + 4;
    const squeeze = Math.min(1.6, (width - 4 - widths.reduce((a, b) => a + b, 0)) / ((layers.length - 1) * NODE.between || 1));
    let x = 2;
    layers.forEach((layer, i) => {
      const own = layer.length * (NODE.height + NODE.gap) - NODE.gap;
      const top = Math.max(2, Math.min(height - own - 2, (layer.length === 1 ? beside(layer[0], places) : height / 2) - own / 2));
      layer.forEach((stage, at) => places.set(stage.name, { x, y: top + at * (NODE.height + NODE.gap), w: widths[i], h: NODE.height }));
      x += widths[i] + NODE.between * squeeze;
    });
    return { places, layers, width: Math.max(width, x - NODE.between * squeeze + 2), height, down: false };
  }
  const perRow = Math.max(1, Math.floor((width - 16 + NODE.gap) / (Math.max(...widths) - 8 + NODE.gap)));
  let y = 8;
  layers.forEach((layer) => {
    const columns = Math.min(perRow, layer.length);
    const w = Math.min(220, (width - 16 - (columns - 1) * NODE.gap) / columns);
    const left = (width - columns * w - (columns - 1) * NODE.gap) / 2;
    layer.forEach((stage, at) => places.set(stage.name, {
      x: left + (at % columns) * (w + NODE.gap), y: y + Math.floor(at / columns) * (NODE.height + NODE.gap), w, h: NODE.height,
    }));
    y += Math.ceil(layer.length / columns) * (NODE.height + NODE.gap) + NODE.between - NODE.gap;
  });
  return { places, layers, width, height: y - NODE.between + 10, down: true };
}

/* The height at which a stage stands beside those it reads from. */
function beside(stage, places) {
  const above = arrows(page.stages).filter(([, to]) => to === stage.name).map(([from]) => places.get(from)).filter(Boolean);
  return above.length ? above.reduce((sum, place) => sum + place.y + place.h / 2, 0) / above.length : NODE.height / 2;
}

/* From top to bottom the stages of one depth stand in a box, and one arrow leads from box to box. */
function boxes({ layers, places, width }, broken) {
  const spans = layers.map((layer) => {
    const all = layer.map((stage) => places.get(stage.name));
    return { top: Math.min(...all.map((p) => p.y)) - 6, bottom: Math.max(...all.map((p) => p.y + p.h)) + 6, many: layer.length > 1,
      bad: layer.some((stage) => broken(stage.name)) };
  });
  return spans.map((span, i) => [
    span.many && s("rect", { class: "layer", x: 1, y: span.top, width: width - 2, height: span.bottom - span.top, rx: 8 }),
    i > 0 && s("path", { class: `link${span.bad && spans[i - 1].bad ? " broken" : ""}`,
      d: `M${width / 2},${spans[i - 1].bottom - (spans[i - 1].many ? 0 : 6)}V${span.top + (span.many ? 0 : 6)}` }),
  ]);
}

const subtitle = (stage) => {
  const state = STAGE_STATES[stage.state] ?? STAGE_STATES.unknown;
  return `${state.sign} ${state.says}${stage.differences ? ` \u00b7 ${count(stage.differences)}` : ""}`;
};

function stageDiagram(table) {
  const stages = page.stages;
  const links = arrows(stages);
  const state = new Map(stages.map((stage) => [stage.name, stage.state]));
  const broken = (name) => ["first", "own", "follows"].includes(state.get(name));
  const box = h("div", { class: "stages" });
  drawnToWidth(box, (width) => {
    const layout = placed(stages, width);
    const { places, width: total, height, down } = layout;
    const path = ([from, to]) => {
      const [a, b] = [places.get(from), places.get(to)];
      const [x1, y1, x2, y2] = [a.x + a.w, a.y + a.h / 2, b.x, b.y + b.h / 2];
      const bend = Math.min(28, (x2 - x1) / 2);
      return `M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
    };
    const node = (stage) => {
      const place = places.get(stage.name);
      const press = () => table.reveal({ stage: stage.name });
      return s("g", {
        class: `stage ${stage.state in STAGE_STATES ? stage.state : "unknown"}`,
        ...(stage.differences ? { role: "button", tabindex: 0, onclick: press,
          onkeydown: (event) => ["Enter", " "].includes(event.key) && (event.preventDefault(), press()) } : { role: "img" }),
        "aria-label": `${plain(stage.title)}: ${subtitle(stage).slice(2)}${stage.differences ? " differences. Show them" : ""}`,
      },
      s("rect", { x: place.x, y: place.y, width: place.w, height: place.h, rx: stage.state === "first" ? 0 : 6 }),
      s("text", { class: "name", x: place.x + 10, y: place.y + 17 }, fitted(plain(stage.name), place.w)),
      s("text", { class: "state", x: place.x + 10, y: place.y + 32 }, fitted(subtitle(stage), place.w)));
    };
    // Those that differ are drawn last, over the others.
    const quiet = links.filter(([from, to]) => !(broken(from) && broken(to)));
    const loud = links.filter(([from, to]) => broken(from) && broken(to));
    const size = { width: total, height, viewBox: `0 0 ${total} ${height}` };
    box.replaceChildren(s("svg", { ...size, role: "group", "aria-label": "Stages of a run" },
      down ? boxes(layout, broken) : [quiet.map((link) => s("path", { class: "link", d: path(link) })),
        loud.map((link) => s("path", { class: "link broken", d: path(link) }))],
      stages.map(node)));
  });
  return h("div", {}, scrolling("Stage diagram", box),
    h("p", { class: "legends" }, Object.entries(STAGE_STATES).filter(([name]) => stages.some((stage) => stage.state === name))
      .map(([name, each]) => h("span", { class: `legend stage-key ${name}` }, h("span", { class: "key" }, each.sign), each.says))));
}

const fitted = (text, width) => {
  const room = Math.floor((width - 14) / NODE.letter);
  return text.length > room ? `${text.slice(0, room - 1)}\u2026` : text;
};
