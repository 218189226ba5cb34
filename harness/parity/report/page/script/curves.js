/* Two curves over each other: where they part, what each says at a moment, and the same as a table. */

const MARGIN = { top: 10, right: 14, bottom: 38, left: 56 };
const TABLE_ROWS = 2000;

/* A legend entry: the line as it is drawn (colour and dashes), and whose it is. */
const sideLegend = (title, index) => h("span", { class: `legend side-${index}` },
  s("svg", { width: 28, height: 10, "aria-hidden": "true" }, s("line", { x1: 1, y1: 5, x2: 27, y2: 5, class: `line-${index}` })),
  say(title));

/* A figure with one of several curves; a list to choose from where there are more. */
function curvesOf(indices) {
  const curves = indices.map((index) => page.curves[index]).filter(Boolean);
  if (!curves.length) return null;
  const place = h("div");
  const show = (at) => place.replaceChildren(curveFigure(curves[at]));
  const id = newId("curve");
  const select = h("select", { id, onchange: () => show(Number(select.value)) },
    curves.map((curve, at) => h("option", { value: at }, `${plain(curve.case)} \u00b7 ${plain(curve.title)}`)));
  show(0);
  return h("div", { class: "curves" },
    curves.length > 1 && h("div", { class: "field" }, h("label", { for: id }, `Curve (${curves.length})`), select), place);
}

function curveFigure(curve) {
  const plot = h("div", {
    class: "plot", tabindex: "0", role: "slider", "aria-label": `${plain(curve.title)}: moment`, "aria-valuemin": "0",
  });
  const readout = h("p", { class: "readout" });
  const xs = [...new Set(curve.sides.flatMap((side) => side.points.map(([x]) => x)))].sort((a, b) => a - b);
  const values = curve.sides.map((side) => new Map(side.points));
  const differs = new Set(curve.differs);
  const y = (value) => (value === null || value === undefined ? "nothing"
    : curve.labels ? plain(curve.labels[value] ?? value) : withUnit(value, curve.y.unit));
  const column = page.matrix.columns.find((each) => each.id === curve.column);
  plot.setAttribute("aria-valuemax", String(Math.max(0, xs.length - 1)));

  let at = Math.max(0, xs.indexOf(curve.differs[0]));
  let drawing = null;
  const tell = () => {
    const x = xs[at];
    if (x === undefined) return;
    const said = curve.sides.map((side, i) => `${plain(side.title)} ${y(values[i].get(x))}`);
    const text = `${withUnit(x, curve.x.unit)}: ${said.join(", ")}${differs.has(x) ? ", differs" : ""}`;
    plot.setAttribute("aria-valuenow", String(at));
    plot.setAttribute("aria-valuetext", text);
    refill(readout, h("b", {}, withUnit(x, curve.x.unit)),
      curve.sides.map((side, i) => h("span", { class: `side-${i}` }, say(side.title), " ", h("b", {}, y(values[i].get(x))))),
      differs.has(x) ? h("span", { class: "tag drift" }, "differs") : h("span", { class: "muted" }, "within what is allowed"));
    drawing?.point(x, values.map((each) => each.get(x)));
  };
  const move = (to) => {
    at = Math.max(0, Math.min(xs.length - 1, to));
    tell();
  };
  plot.addEventListener("keydown", (event) => {
    const nextDifference = (step) => {
      let to = at + step;
      while (to >= 0 && to < xs.length && !differs.has(xs[to])) to += step;
      return xs[to] === undefined ? at : to;
    };
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowUp: at + 1, ArrowDown: at - 1, Home: 0, End: xs.length - 1,
      PageDown: nextDifference(1), PageUp: nextDifference(-1) };
    if (!(event.key in steps)) return;
    move(steps[event.key]);
    event.preventDefault();
  });
  plot.addEventListener("pointermove", (event) => {
    const x = drawing?.moment(event.clientX - plot.getBoundingClientRect().left);
    if (x === undefined || !xs.length) return;
    let nearest = 0;
    for (let i = 1; i < xs.length; i += 1) if (Math.abs(xs[i] - x) < Math.abs(xs[nearest] - x)) nearest = i;
    move(nearest);
  });
  drawnToWidth(plot, (width) => {
    drawing = drawCurve(curve, xs, width);
    plot.replaceChildren(drawing.element);
    tell();
  });
  return h("figure", { class: "curve" },
    h("figcaption", {},
      h("b", {}, say(curve.title)),
      h("span", { class: "muted" }, say(curve.case), " \u00b7 ", say(curve.artifact), column && [" \u00b7 ", say(column.title)]),
      h("span", { class: "legends" }, curve.sides.map((side, i) => sideLegend(side.title, i)),
        h("span", { class: "legend" }, h("span", { class: "swatch-differs", "aria-hidden": "true" }), "differs"))),
    plot, readout, valuesTable(curve, xs, values, differs, y));
}

/* Ticks at 1, 2 or 5 times a power of ten. */
function ticks(low, high, wanted) {
  const rough = (high - low) / wanted || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n += 1) found.push(Number((n * step).toPrecision(12)));
  return found;
}

/* Neighbouring moments that differ, as spans that reach half way to the next moment. */
function differingSpans(xs, differs) {
  const found = [];
  xs.forEach((x, i) => {
    if (!differs.has(x)) return;
    const from = i ? (xs[i - 1] + x) / 2 : x;
    const to = i + 1 < xs.length ? (x + xs[i + 1]) / 2 : x;
    const last = found.at(-1);
    if (last && last[1] >= from) last[1] = to;
    else found.push([from, to]);
  });
  return found;
}

function drawCurve(curve, xs, width) {
  const left = curve.labels ? 82 : MARGIN.left;
  const height = width < 480 ? 190 : 230;
  const [wide, high] = [width - left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
  const all = curve.sides.flatMap((side) => side.points.map(([, value]) => value)).filter((v) => v !== null);
  const [x0, x1] = [xs[0] ?? 0, xs.at(-1) ?? 1];
  let [y0, y1] = curve.labels ? [-0.5, curve.labels.length - 0.5] : [Math.min(...all), Math.max(...all)];
  if (!curve.labels) {
    if (y0 > 0 && y0 < y1 * 0.6) y0 = 0;
    const room = (y1 - y0) * 0.06 || Math.abs(y1) * 0.1 || 1;
    [y0, y1] = [y0 === 0 ? 0 : y0 - room, y1 + room];
  }
  const px = (x) => left + (x1 === x0 ? wide / 2 : ((x - x0) / (x1 - x0)) * wide);
  const py = (value) => MARGIN.top + high - ((value - y0) / (y1 - y0)) * high;
  const line = (points) => {
    let path = "";
    let [pen, last] = [false, null];
    for (const [x, value] of points) {
      if (value === null) pen = false;
      else {
        const to = `${px(x).toFixed(1)},${py(value).toFixed(1)}`;
        // A label holds until the next one: stairs, not slopes.
        path += pen ? (curve.labels ? `H${px(x).toFixed(1)}V${py(value).toFixed(1)}` : `L${to}`) : `M${to}`;
        pen = true;
      }
      last = value;
    }
    return last === null && !path ? "M0,0" : path;
  };
  const yTicks = curve.labels ? curve.labels.map((_, i) => i) : ticks(y0, y1, 4);
  const cursor = s("g", { class: "cursor" });
  const element = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    differingSpans(xs, new Set(curve.differs)).map(([from, to]) => {
      const middle = (px(from) + px(to)) / 2;
      const span = Math.max(3, px(to) - px(from));
      return s("rect", { class: "differs", x: middle - span / 2, y: MARGIN.top, width: span, height: high });
    }),
    yTicks.map((value) => [
      s("line", { class: "gridline", x1: left, x2: width - MARGIN.right, y1: py(value), y2: py(value) }),
      s("text", { class: "tick", x: left - 8, y: py(value) + 4, "text-anchor": "end" },
        curve.labels ? plain(curve.labels[value]).slice(0, 12) : brief(value)),
    ]),
    ticks(x0, x1, Math.max(2, wide / 80)).map((x) => [
      s("line", { class: "tickmark", x1: px(x), x2: px(x), y1: MARGIN.top + high, y2: MARGIN.top + high + 4 }),
      s("text", { class: "tick", x: px(x), y: MARGIN.top + high + 17, "text-anchor": "middle" }, brief(x)),
    ]),
    s("text", { class: "axis", x: width - MARGIN.right, y: height - 5, "text-anchor": "end" }, axisTitle(curve.x)),
    s("text", { class: "axis", x: 4, y: height - 5 }, `\u2191 ${axisTitle(curve.y)}`),
    curve.sides.map((side, i) => s("path", { class: `curve-line line-${i}`, d: line(side.points) })),
    // A single moment is no line.
    curve.sides.map((side, i) => side.points.length < 2 && side.points.filter(([, v]) => v !== null)
      .map(([x, v]) => s("circle", { class: `dot dot-${i}`, cx: px(x), cy: py(v), r: 4 }))),
    cursor);
  return {
    element,
    moment: (at) => x0 + ((at - left) / wide) * (x1 - x0),
    point: (x, values) => cursor.replaceChildren(
      s("line", { x1: px(x), x2: px(x), y1: MARGIN.top, y2: MARGIN.top + high }),
      ...values.map((value, i) => [value, i]).filter(([value]) => value !== null && value !== undefined)
        .map(([value, i]) => s("circle", { class: `dot dot-${i}`, cx: px(x), cy: py(value), r: 4 }))),
  };
}

const axisTitle = (axis) => plain(axis.title) + (axis.unit && axis.unit !== axis.title ? ` (${plain(axis.unit)})` : "");

function valuesTable(curve, xs, values, differs, y) {
  const box = h("details", { class: "values", ontoggle: () => {
    if (!box.open || box.childElementCount > 1) return;
    box.append(scrolling(`${plain(curve.title)} as a table`, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, axisTitle(curve.x)),
        curve.sides.map((side) => h("th", { scope: "col" }, say(side.title))), h("th", { scope: "col" }, "Differs"))),
      h("tbody", {}, xs.slice(0, TABLE_ROWS).map((x) => h("tr", { class: differs.has(x) ? "differing" : null },
        h("th", { scope: "row" }, brief(x)), values.map((each) => h("td", {}, y(each.get(x)))),
        h("td", {}, differs.has(x) ? "differs" : "")))))),
    xs.length > TABLE_ROWS ? h("p", { class: "muted" }, `The first ${TABLE_ROWS} of ${count(xs.length)} moments.`) : "");
  } }, h("summary", {}, `Values as a table (${many(xs.length, "moment")}, ${count(differs.size)} differ)`));
  return box;
}
