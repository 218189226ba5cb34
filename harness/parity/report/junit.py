"""The report as JUnit XML: one test case per case and artifact, with every check of it inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as etree

from parity import plain
from parity.compare.difference import describe
from parity.english import many
from parity.report import words
from parity.report.findings import findings
from parity.verdict import Verdict, decide

FILE_NAME = "junit.xml"
#: Checks of a case that are about no artifact: they stand with what describes the run.
_RUN, _PROJECT = "run", "project"
#: What the pipeline or the comparison could not do is an error, what they disagree on a failure.
_ERRORS = (Verdict.CRASH, Verdict.PIPELINE, Verdict.USAGE)
#: Letters of one failure, and differences of one check in it.
_LETTERS, _DIFFERENCES = 20_000, 20

Result = Mapping[str, Any]


def render(report: Mapping[str, Any]) -> str:
    """One document: a test suite per case, and one for what is about no case."""
    root = etree.Element("testsuites", name=_text(f"parity: {report['pipeline']}"))
    causes = _by_place(report)
    seconds = {(run["case"], run["configuration"]): run["seconds"] for run in report["runs"]}
    for case in report["cases"]:
        results = [result for result in report["results"] if result["case"] == case]
        took = sum(value for (name, _), value in seconds.items() if name == case)
        suite = _suite(root, case, report, took)
        for name, found in _by_artifact(results).items():
            _case(suite, name, found, causes.get((case, name), []), took if name == _RUN else 0.0)
    _project(_suite(root, _PROJECT, report, 0.0), report)
    _count(root)
    root.set("time", f"{report['seconds']:.3f}")
    etree.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{etree.tostring(root, encoding='unicode')}\n"


def _suite(root: etree.Element, name: str, report: Mapping[str, Any], seconds: float) -> etree.Element:
    stamp = report["started"].partition("+")[0]
    return etree.SubElement(root, "testsuite", name=_text(name), timestamp=_text(stamp), time=f"{seconds:.3f}")


def _by_artifact(results: Sequence[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda result: result["artifact"] is None):
        found.setdefault(result["artifact"] or _RUN, []).append(result)
    return found


def _by_place(report: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """(case, artifact) → titles and ids of the causes that stand there themselves."""
    found: dict[tuple[str, str], list[str]] = {}
    for cause in report["causes"]:
        told = f"cause {cause['id']}: {cause['title']} ({words.measured(cause)})"
        for case in cause["cases"]:
            for artifact in cause["artifacts"]:
                found.setdefault((case, artifact), []).append(told)
    return found


def _case(suite: etree.Element, name: str, results: Sequence[Result], causes: Sequence[str], seconds: float) -> None:
    place = f"{suite.get('name')}"
    case = etree.SubElement(suite, "testcase", classname=place, name=_text(name), time=f"{seconds:.3f}")
    verdict = decide(Verdict[each.upper()] for result in results for each in result["verdicts"])
    if verdict is not Verdict.PARITY:
        lines = [*causes, *(line for result in results for line in _wrong(result))]
        _wrongness(case, verdict, causes[0] if causes else _first(results), lines)
    etree.SubElement(case, "system-out").text = _text("\n".join(_check(result) for result in results))


def _wrongness(case: etree.Element, verdict: Verdict, message: str, lines: Sequence[str]) -> None:
    kind = "error" if verdict in _ERRORS else "failure"
    told = etree.SubElement(case, kind, type=verdict.label, message=_text(f"{verdict.label}: {plain.line(message)}"))
    told.text = _text(plain.cut("\n".join(lines), _LETTERS))


def _check(result: Result) -> str:
    """``golden  local ~ golden: parity; 3068 exact, 57 ignored``."""
    counts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in result["counts"].items() if number)
    told = ", ".join(result["verdicts"]) + (f"; {counts}" if counts else "")
    place = words.place({**result, "case": None, "artifact": None, "file": None})
    return f"{result['check']}{f' {place}' if place else ''}: {told}"


def _wrong(result: Result) -> Iterator[str]:
    if result["verdicts"] == ["parity"]:
        return
    yield f"{_check(result)}{' in ' + result['file'] if result['file'] else ''}"
    yield from (f"  {message}" for message in result["messages"])
    for each in result["differences"][:_DIFFERENCES]:
        yield f"  {describe(each, expected=result['against'] or 'expected', actual=result['configuration'] or 'actual')}"
    if (more := result["differences_total"] - min(_DIFFERENCES, len(result["differences"]))) > 0:
        yield f"  … and {many(more, 'difference')} more in differences.json"
    yield from (f"  {path}: compared by no schema" for path in result["uncompared"])


def _first(results: Sequence[Result]) -> str:
    wrong = next(result for result in results if result["verdicts"] != ["parity"])
    lines = list(_wrong(wrong))
    return (lines[1] if len(lines) > 1 else lines[0]).strip()


def _project(suite: etree.Element, report: Mapping[str, Any]) -> None:
    """What is about no case: each check of the project as a whole, and whether the comparison is complete."""
    for result in report["results"]:
        if result["case"] is None:
            _case(suite, result["check"], [result], [], 0.0)
    declared = [record["message"] for record in report["stale"]["declared"]]
    _simple(suite, "declared differences", Verdict.STALE, declared)
    _simple(suite, "complete", Verdict.USAGE, [f"not run: {each}" for each in report["not_run"]])
    _simple(suite, "comparisons come to their end", Verdict.CRASH, report["crashes"])
    beside = [f"{place}: {what}" for place, what in findings(report) if place == "pending goldens"]
    _simple(suite, "pending goldens", Verdict.CONTRACT, beside)


def _simple(suite: etree.Element, name: str, verdict: Verdict, wrong: Sequence[str]) -> None:
    case = etree.SubElement(suite, "testcase", classname=str(suite.get("name")), name=name, time="0.000")
    if wrong:
        _wrongness(case, verdict, wrong[0], wrong)


def _count(root: etree.Element) -> None:
    for suite in root:
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            suite.set(attribute, str(sum(1 for _ in suite.iter(tag))))
        suite.set("skipped", "0")
    for attribute in ("tests", "failures", "errors"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))


def _text(value: str) -> str:
    """What XML can hold: control characters, which it cannot, are shown as escapes."""
    return plain.block(value)
