"""Reports as comparisons leave them, made small and with whatever text a test wants to see shown."""

from __future__ import annotations

from typing import Any

COUNTS = ("exact", "within_tolerance", "flip", "ignored", "uncompared", "differing")
CONFIGURATIONS = ("web", "disk")
ARTIFACTS = ("scores.result", "scores.full", "words", "return", "run")


def result(check: str, case: str | None, **changes: Any) -> dict[str, Any]:
    """The outcome of one check; parity where nothing else is said."""
    counts = dict.fromkeys(COUNTS, 0) | {"exact": 10} | changes.pop("counts", {})
    return {
        "check": check,
        "case": case,
        "configuration": None,
        "artifact": None,
        "file": None,
        "against": None,
        "verdicts": ["parity"],
        "messages": [],
        "counts": counts,
        "differences_total": len(changes.get("differences", ())),
        "differences": [],
        "uncompared": [],
        **changes,
    }


def difference(path: str, expected: Any, actual: Any, **changes: Any) -> dict[str, Any]:
    """One difference of two texts."""
    return {
        "path": path, "kind": "value", "expected": expected, "actual": actual, "expected_type": "text", "actual_type": "text",
        "magnitude": None, "unit": None, "allowed": None, "would_pass": None, "note": "", "expected_path": None,
        "tolerance_class": None, **changes,
    }  # fmt: skip


def cause(
    number: int, *, cases: list[str], artifacts: tuple[str, ...] = ("scores.result",), **changes: Any
) -> dict[str, Any]:
    """One cause with two examples and a proof of two sentences."""
    where = {"check": "golden", "case": cases[0], "configuration": "disk", "against": "golden"}
    place = {**where, "artifact": artifacts[0], "file": f"snapshots/{cases[0]}/scores.json"}
    example = {
        **place,
        "path": "Core.mean",
        "expected": 0.5,
        "actual": 0.75,
        "text": "Core.mean: golden 0.5, disk 0.75",
    }
    return {
        "id": f"scoring{number}-scale-0000000{number}", "title": f"analysis scoring{number}: Core.mean × 1.5 in {len(cases)} cases",
        "kind": "scale", "stage": f"scoring{number}", "cases": cases,
        "comparisons": [{"check": "golden", "configuration": name, "against": "golden", "differences": 4} for name in CONFIGURATIONS],
        "paths": ["Core.mean"], "artifacts": list(artifacts), "values": 4, "differences": 8, "leaves": 8,
        "largest": {"magnitude": 0.25, "unit": "ratio", "allowed": 0.001, "case": cases[0], "artifact": artifacts[0],
                    "path": "Core.mean"},
        "would_pass": {"ratio": 0.25}, "parts": [], "proven": True,
        "proof": [f"the data are innocent: fed with the golden's data, scoring{number} still differs (words, return)",
                  f"the reverse, only scoring{number} of disk: changes nothing else"],
        "follows": [{"stage": "return", "differences": 4, "artifacts": ["return"], "proven": True}],
        "examples": [example, {**example, "path": "Core.total", "text": "Core.total: golden 4, disk 6"}],
        "next": f"parity diff snapshots/{cases[0]} reports/captures/{cases[0]}/disk --field '*mean'", **changes,
    }  # fmt: skip


def report(cases: int = 3, causes: tuple[dict[str, Any], ...] = (), **changes: Any) -> dict[str, Any]:
    """A report in which the ``causes`` differ and all else is equal."""
    names = [f"case_{number}" for number in range(cases)]
    names += [name for each in causes for name in each["cases"] if name not in names]
    names = list(dict.fromkeys(names))
    results = [result("stale", None, counts={"exact": 0})]
    for case in names:
        for name in CONFIGURATIONS:
            results.append(result("run", case, configuration=name, counts={"exact": 0}))
        for artifact in ARTIFACTS:
            results.append(result("configurations", case, configuration="disk", against="web", artifact=artifact))
            results += [_golden(case, name, artifact, causes) for name in CONFIGURATIONS]
    code = 1 if causes else 0
    first = {"stage": "scoring", "kind": "analysis", "title": "analysis scoring", "number": 3, "cases": names[:1]}
    return {
        "format": "parity-report/1", "verdict": ("parity", "drift")[code], "exit_code": code, "verdicts": [("parity", "drift")[code]],
        "complete": True, "not_run": [], "crashes": [], "started": "2026-01-01T10:00:00+00:00",
        "finished": "2026-01-01T10:01:00+00:00", "seconds": 60.0, "from": None, "run_id": "0123", "page_failed": None, "pipeline": "toy",
        "pending": {"goldens": len(causes), "failed": None, "blocked": {"causes": {}, "cases": {}}},
        "configurations": list(CONFIGURATIONS), "cases": names,
        "artifacts": list(ARTIFACTS),
        "counts": {check: dict.fromkeys(COUNTS, 0) for check in ("configurations", "golden", "repeated")},
        "runs": [_run(case, name) for case in names for name in CONFIGURATIONS], "files": [], "machines": [],
        "different_media": [], "first_diverging_stage": first if causes else None, "causes": list(causes),
        "unexplained": {"total": 0, "differences": []}, "explanation_failed": None, "follows_from_flips": [],
        "results": results, "expectations": [], "ignored_share": {}, "ignored": [], "stale": {"goldens": [], "declared": []},
        **changes,
    }  # fmt: skip


def _golden(case: str, configuration: str, artifact: str, causes: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    place = {"configuration": configuration, "against": "golden", "artifact": artifact}
    if not any(case in each["cases"] and artifact in each["artifacts"] for each in causes):
        return result("golden", case, **place)
    found = difference("Core.mean", "half", "more")
    return result(
        "golden",
        case,
        **place,
        file=f"snapshots/{case}/scores.json",
        verdicts=["drift"],
        counts={"differing": 4},
        differences=[found],
    )


def _run(case: str, configuration: str) -> dict[str, Any]:
    return {
        "case": case,
        "configuration": configuration,
        "reuse": "fresh",
        "exit_code": 0,
        "failure": None,
        "started": "2026-01-01T10:00:00+00:00",
        "seconds": 1.5,
        "folder": f"reports/captures/{case}/{configuration}",
        "problems": [],
        "provenance": {},
    }


def rows(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The differences of a report as ``reports/latest/differences.json`` has them."""
    ids = {case: each["id"] for each in report["causes"] for case in each["cases"]}
    names = ("check", "case", "configuration", "against", "artifact", "file")
    return [
        {
            **{name: result[name] for name in names},
            "cause": ids.get(result["case"]),
            "role": "own",
            "stage": "scoring",
            **each,
        }
        for result in report["results"]
        for each in result["differences"]
    ]
