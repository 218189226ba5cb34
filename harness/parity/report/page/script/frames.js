/* The picture at the moment where the sides part, with what each of them saw in it. */

function framesOf(indices) {
  const frames = indices.map((index) => page.frames[index]).filter(Boolean);
  if (!frames.length) return null;
  const place = h("div");
  const show = (at) => place.replaceChildren(frameFigure(frames[at]));
  const name = (frame) => `${plain(frame.case)} \u00b7 ${brief(frame.time)} s \u00b7 ${plain(frame.title)}`;
  const id = newId("frame");
  const select = h("select", { id, onchange: () => show(Number(select.value)) },
    frames.map((frame, at) => h("option", { value: at }, name(frame))));
  show(0);
  return h("div", { class: "frames" },
    frames.length > 1 && h("div", { class: "field" }, h("label", { for: id }, `Frame (${frames.length})`), select), place);
}

const boxKey = (box) =>
  JSON.stringify([box.stage, box.label, ...[box.x, box.y, box.w, box.h].map((value) => Math.round(value * 2000))]);

/* Boxes that every side has are drawn once, thin and grey: what differs is what one came to see. */
function layers(frame) {
  const keys = frame.sides.map((side) => new Set(side.boxes.map(boxKey)));
  const shared = (box) => keys.length > 1 && keys.every((each) => each.has(boxKey(box)));
  return {
    same: frame.sides[0]?.boxes.filter(shared) ?? [],
    own: frame.sides.map((side) => side.boxes.filter((box) => !shared(box))),
  };
}

function frameFigure(frame) {
  const { same, own } = layers(frame);
  const [width, height] = [400, Math.round((400 * frame.height) / frame.width) || 400];
  const drawn = (boxes, side) => s("g", { class: `boxes side-${side}` }, boxes.map((box, at) => {
    const [x, y, w, tall] = [box.x * width, box.y * height, Math.max(2, box.w * width), Math.max(2, box.h * height)];
    // The first side's labels stand on the box, the others' below it, so that neither hides the other.
    const below = side !== 0;
    const at_y = below ? Math.min(height - 5, y + tall + 19) : Math.max(18, y - 6);
    const label = plain(box.label);
    return [
      s("rect", { class: `box box-${side}`, x, y, width: w, height: tall }),
      side !== "same" && label && s("text", { x: Math.min(Math.max(2, x), width - Math.min(label.length, 28) * 10.3 - 4), y: at_y },
        label.length > 28 ? `${label.slice(0, 27)}\u2026` : label),
    ];
  }));
  const groups = [["same", same, "the same on all sides"], ...own.map((boxes, i) => [i, boxes, frame.sides[i].title])];
  const layer = new Map(groups.map(([name, boxes]) => [name, drawn(boxes, name)]));
  const picture = frame.image && /^data:image\/(jpeg|png|webp);base64,/.test(frame.image)
    ? h("img", { src: frame.image, alt: "", width: frame.width, height: frame.height })
    : h("p", { class: "no-image" }, say(frame.why_no_image ?? "There is no picture."));
  const stage = h("div", { class: "picture" }, picture,
    s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": spoken(frame, own, same) }, [...layer.values()]));
  stage.style.aspectRatio = `${frame.width} / ${frame.height}`;
  stage.style.maxWidth = `${Math.round((480 * frame.width) / frame.height)}px`;
  return h("figure", { class: "frame" },
    h("figcaption", {}, h("b", {}, say(frame.title)),
      h("span", { class: "muted" }, say(frame.case), ` \u00b7 ${brief(frame.time)}\u00a0s`)),
    stage,
    h("div", { class: "toggles" }, groups.map(([name, boxes, title]) => boxes.length > 0 && toggle(name, boxes, title, layer.get(name)))),
    seen(frame, own, same));
}

function toggle(name, boxes, title, group) {
  const id = newId("side");
  const box = h("input", { type: "checkbox", id, checked: true, onchange: () => group.classList.toggle("off", !box.checked) });
  return h("span", { class: `legend side-${name}` }, box, h("label", { for: id },
    s("svg", { width: 22, height: 12, "aria-hidden": "true" },
      s("rect", { x: 1.5, y: 1.5, width: 19, height: 9, class: `box box-${name}` })),
    say(title), h("span", { class: "muted" }, ` ${boxes.length}`)));
}

function spoken(frame, own, same) {
  const sides = frame.sides.map((side, i) =>
    `${plain(side.title)} alone: ${own[i].map((box) => plain(box.label)).join(", ") || "nothing"}`);
  return [`Boxes at ${brief(frame.time)} seconds of ${plain(frame.case)}`, ...sides, `the same: ${same.length}`].join(". ");
}

/* The same in words, side by side. */
function seen(frame, own, same) {
  const everywhere = (note) => frame.sides.length > 1 && frame.sides.every((side) => side.notes.includes(note));
  const notes = frame.sides.map((side) => side.notes.filter((note) => !everywhere(note)));
  const both = [...same.map((box) => box.label), ...(frame.sides[0]?.notes.filter(everywhere) ?? [])];
  const item = (box) => h("li", {}, say(box.label || "no label"), box.stage && h("span", { class: "muted" }, " ", say(box.stage)));
  return h("details", { class: "values", open: own.flat().length + notes.flat().length < 13 },
    h("summary", {}, "What each side saw here"),
    h("div", { class: "sides" }, frame.sides.map((side, i) => h("div", {},
      h("h4", { class: `side-${i}` }, say(side.title)),
      h("ul", {}, own[i].map(item), notes[i].map((note) => h("li", {}, say(note))),
        own[i].length + notes[i].length === 0 && h("li", { class: "muted" }, "nothing of its own"))))),
    both.length > 0 && h("p", { class: "muted" }, "The same on all sides: ", listed(both)));
}
