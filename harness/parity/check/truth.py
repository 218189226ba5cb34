"""Ground truth held against saved captures or outputs: what was expected, what was found, counted by component."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from parity import reading, tables
from parity.pipeline import capture
from parity.pipeline.artifacts import failing
from parity.pipeline.case import Case
from parity.pipeline.parts import Expectation, Pipeline
from parity.verdict import UsageError

FORMAT = "parity-expect/1"
Kind = Literal["live", "replay", "failure", "form"]


@dataclass(frozen=True)
class Row:
    """One expectation of one case; ``kind`` says whether its media were analysed, replayed from a recording, or broken."""

    case: str
    kind: Kind
    expectation: Expectation


@dataclass(frozen=True)
class Judgement:
    """All expectations, and the paths of what a form leaves unanswered (empty for cases)."""

    rows: tuple[Row, ...]
    unanswered: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether something was expected and all of it was found."""
        return bool(self.rows) and all(row.expectation.passed for row in self.rows)


def judge_cases(pipeline: Pipeline, cases: Iterable[Case], captures: Path) -> Judgement:
    """The ground truth of ``cases`` held against the reference configuration's runs in ``captures``."""
    return Judgement(tuple(row for case in cases for row in _judge_case(pipeline, case, captures)))


def judge_form(pipeline: Pipeline, form: Path, outputs: Path) -> Judgement:
    """A filled form held against a folder of outputs."""
    if not hasattr(pipeline, "answers"):
        raise UsageError(f"pipeline {pipeline.name} reads no forms; leave out --form")
    if not outputs.is_dir():
        raise UsageError(f"--against {outputs}: no such folder; expected the outputs of one video")
    try:
        document = reading.json_file(form)
    except (OSError, reading.Unfit) as error:
        raise UsageError(f"--form {form}: expected a JSON file: {error}") from error
    answers = pipeline.answers(document, outputs)
    return Judgement(tuple(Row(form.stem, "form", each) for each in answers.expectations), answers.unanswered)


def _judge_case(pipeline: Pipeline, case: Case, captures: Path) -> Iterator[Row]:
    kind: Kind = "failure" if failing(pipeline, case) else "replay" if pipeline.replayed(case) else "live"
    run = capture.load(captures / case.name / pipeline.reference)
    if run.failure is not None:
        yield Row(case.name, kind, Expectation("run", "runs to its end", run.failure.splitlines()[0], passed=False))
        return

    def document(name: str) -> Any:
        if not run.has(name):
            raise UsageError(f"{run.folder}: has no {name}; make it anew with `parity run --case {case.name}`")
        return run.document(name)

    for expectation in pipeline.expectations(case, document):
        yield Row(case.name, kind, expectation)


def by_component(rows: Sequence[Row]) -> dict[str, dict[str, dict[str, int]]]:
    """Kind → component → how many expectations were met, of how many; a component nobody scripted is not there."""
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows:
        place = counts.setdefault(row.kind, {}).setdefault(row.expectation.component, {"met": 0, "of": 0})
        place["met"] += row.expectation.passed
        place["of"] += 1
    return counts


def to_json(judgement: Judgement) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "format": FORMAT,
        "passed": judgement.passed,
        "components": by_component(judgement.rows),
        "unanswered": list(judgement.unanswered),
        "expectations": [{"case": row.case, "kind": row.kind, **asdict(row.expectation)} for row in judgement.rows],
    }


def to_text(judgement: Judgement) -> str:
    """Two tables for people: every expectation, and the counts by component."""
    lines = [*_every(judgement.rows), "", *_counts(judgement.rows)]
    if judgement.unanswered:
        lines += ["", f"unanswered: {len(judgement.unanswered)} ({', '.join(judgement.unanswered)})"]
    return "\n".join(lines)


def _every(rows: Sequence[Row]) -> list[str]:
    table = [("case", "component", "expected", "got", "pass")]
    for row in rows:
        each = row.expectation
        table.append((row.case, each.component, each.expected, _short(each.got), "yes" if each.passed else "NO"))
    return tables.text(table)


def _counts(rows: Sequence[Row]) -> list[str]:
    counts = by_component(rows)
    kinds = [kind for kind in ("live", "replay", "failure", "form") if kind in counts]
    names = list(dict.fromkeys(row.expectation.component for row in rows))
    table = [("component", *kinds)]
    for name in names:
        cells = [counts[kind].get(name) for kind in kinds]
        table.append((name, *("–" if cell is None else f"{cell['met']}/{cell['of']}" for cell in cells)))
    totals = []
    for kind in kinds:
        met, of = (sum(cell[key] for cell in counts[kind].values()) for key in ("met", "of"))
        totals.append(f"{met}/{of} ({100 * met / of:.1f} %)")
    table.append(("all", *totals))
    return tables.text(table)


def _short(text: str, letters: int = 60) -> str:
    """One line, cut where it grows too long for a table; JSON has the whole."""
    line = " ".join(text.split())
    return line if len(line) <= letters else line[: letters - 1] + "…"
