"""A drill for people: the tables of a terminal, and the page of the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from parity.tables import markdown, text
from parity.tools.drill import results
from parity.tools.drill.results import Drill

#: Misses and alarms that a terminal shows; the report has all.
_SHOWN = 20


def to_text(drill: Drill, *, file: str) -> str:
    """What a terminal shows."""
    lines: list[str] = []
    if drill.faults:
        found, named = sum(f.found for f in drill.faults), sum(f.named for f in drill.faults)
        lines += [f"faults: {len(drill.faults)} put in, {found} found, {named} named", ""]
        rows = [(f.id, f.title, f.means, results.state(f)) for f in drill.faults]
        lines += [*text([("fault", "title", "found by", ""), *rows]), ""]
        for fault in drill.faults:
            if not fault.named:
                lines += [f"{fault.id}: {fault.does}", *(f"  nothing meets {place}" for place in fault.missed)]
                lines += [f"  unrelated: {line}" for line in fault.unrelated]
    for title, mutations, key in (
        ("structural mutations", drill.structural, lambda each: each.kind),
        ("value mutations", drill.values, lambda each: each.size),
    ):
        if mutations:
            counted = results.counts(mutations, key) | results.counts(mutations, lambda each: "all")
            kinds = [(name, *map(str, row.values())) for name, row in counted.items()]
            lines += [*text([(title, "injected", "detected", "named"), *kinds]), ""]
    for m in drill.missed[:_SHOWN]:
        lines.append(f"MISSED {m.kind} {m.size}: {m.case} {m.artifact} {m.path}: {m.text}; {m.why}")
    if (more := len(drill.missed) - _SHOWN) > 0:
        lines.append(f"… and {more} more")
    lines += [f"NOT NAMED {m.kind}: {m.case} {m.artifact} {m.path}: {m.text}" for m in drill.unnamed[:_SHOWN]]
    if drill.controls:
        made = [(kind, str(row["controls"]), str(row["false_alarms"])) for kind, row in results.alarms(drill).items()]
        lines += [*text([("controls", "made", "false alarms"), *made]), ""]
        lines += [f"FALSE ALARM {each.kind}, {each.what}: {each.lines[0]}" for each in drill.alarms[:_SHOWN]]
    lines += [f"{'holds ' if held else 'BROKEN'}  {promise}" for promise, held in drill.promises().items()]
    return "\n".join([*lines, f"everything: {file}"])


_HEAD = """\
# What the harness finds

Made by `make drill` from a run on the machine below. Known faults are put into the local configuration, and captures of
all cases are changed in one place each; then the project's own checks must find it (a verdict other than parity) and
name it (a difference at the very place, and none elsewhere for a fault). Sizes of value changes are physical
([the table](../harness/parity/tools/drill/sizes.py)) and know nothing of the tolerances; a value counts as found only if the
comparison with the golden alone finds it too.
"""


def to_markdown(report: Mapping[str, Any]) -> str:
    """The page of the documentation, from a report."""
    provenance = report["provenance"]
    lines = [_HEAD, "## When and on what", "", *_table(("what", "value"), _facts(report, provenance))]
    lines += ["", "## Promises", "", *_table(("promise", ""), _promises(report))]
    if report["faults"]:
        lines += ["", "## Faults", "", *_fault_tables(report)]
    lines += ["", "## Mutations", ""]
    for title, key in (("kind", "by_kind"), ("size of a value", "by_size"), ("tolerance class", "by_class")):
        rows = [(name, *row.values()) for name, row in report["mutations"][key].items()]
        lines += [*_table((title, "injected", "detected", "named"), rows), ""]
    lines += _loose(report)
    lines += ["", "## Controls", "", "Runs and changes without a fault; nothing may be reported.", ""]
    rows = [(kind, row["controls"], row["false_alarms"]) for kind, row in report["controls"]["by_kind"].items()]
    lines += _table(("control", "made", "false alarms"), rows)
    return "\n".join([*lines, *_fields(report["mutations"]["by_field"])]).replace("\n\n\n", "\n\n") + "\n"


def _fields(by_field: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Per artifact, and every field in which something was missed."""
    fields: dict[str, list[Mapping[str, int]]] = {}
    for name, row in by_field.items():
        fields.setdefault(name.partition(" ")[0], []).append(row)
    rows = [
        (f"`{name}`", len(found), *(sum(row[key] for row in found) for key in ("injected", "detected", "named")))
        for name, found in fields.items()
    ]
    head = "Every field that occurs is hit by a change of its form and, where it has a value, by one of that."
    lines = ["", "## Per field", "", f"{head} `reports/drill.json` has every field's row; here they are summed up.", ""]
    lines += [*_table(("artifact", "fields", "injected", "detected", "named"), rows), ""]
    short = [(f"`{name}`", *row.values()) for name, row in by_field.items() if row["named"] < row["injected"]]
    if not short:
        return [*lines, "In no field was a change missed or not named."]
    return [
        *lines,
        "Fields in which one was missed or not named:",
        "",
        *_table(("field", "injected", "detected", "named"), short),
    ]


def _facts(report: Mapping[str, Any], provenance: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    simple = ("date", "processor", "cpus", "python", "system", "machine", "schemas", "tolerances", "ledger")
    facts = [(name, provenance[name]) for name in simple]
    facts += [("seed", report["seed"]), ("cases", ", ".join(report["cases"]))]
    facts += [(name, version) for name, version in provenance["packages"].items()]
    return facts + [(name, f"`{sha256[:16]}…`") for name, sha256 in provenance["weights"].items()]


def _promises(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(promise, "holds" if held else "**broken**") for promise, held in report["promises"].items()]


def _fault_tables(report: Mapping[str, Any]) -> list[str]:
    rows = []
    for fault in report["faults"]:
        found = "found and named" if fault["named"] else "**found, not named**" if fault["found"] else "**missed**"
        shown = f"`{_cell(fault['lines'][0])[:160]}`" if fault["lines"] else "–"
        rows.append((fault["id"], fault["title"], fault["does"], fault["means"], found, shown))
    head = ("fault", "topic", "what was put in", "found by", "", "first finding")
    lines = [*_table(head, rows), "", "Not put in:", ""]
    return lines + _table(("fault", "topic", "why"), [tuple(each.values()) for each in report["not_injectable"]])


def _loose(report: Mapping[str, Any]) -> list[str]:
    lines = ["", "### Too loose", ""]
    if not report["too_loose"]:
        return [*lines, "No tolerance swallows a physical size."]
    rows = [(f"`{_cell(r['field'])}`", r["size"], r["class"], _cell(r["example"])) for r in report["too_loose"]]
    return [*lines, *_table(("field", "swallows", "class", "example"), rows)]


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    return markdown([head, *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'").replace("\n", " ")
