"""A small drill from end to end, its report, and whether the committed page still holds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from parity.cli.main import main
from parity.tools.drill import files, render, results
from parity.tools.drill import run as drilling
from parity.tools.drill.bench import findings
from parity.tools.drill.provenance import inputs, stale
from parity.tools.drill.results import ControlResult, MutationResult

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def drill(config, pipeline, cases, saved):
    return drilling.run(config, pipeline, cases, saved=saved, parts=("mutations", "controls"), mutations=300, seed=11)


def test_captures_made_with_recorded_results_are_at_parity(drill):
    assert [c.lines for c in drill.controls if c.kind == "captures as they are" and not c.silent] == []


def test_every_mutation_is_found_and_named(drill):
    assert len(drill.mutations) >= 300
    missed = [(m.kind, m.case, m.artifact, m.path, m.text, m.why) for m in drill.mutations if not m.detected]
    assert missed == []
    unnamed = [(m.kind, m.case, m.artifact, m.path, m.text) for m in drill.mutations if not m.named]
    assert unnamed == []


def test_every_kind_of_file_mutation_is_there(drill):
    kinds = {m.kind for m in drill.mutations}
    assert {"file missing", "file extra", "file swapped", "file torn", "stamp mismatch", "exit code"} <= kinds


def test_changes_without_effect_are_not_reported(drill):
    assert [(c.kind, c.what, c.lines) for c in drill.controls if not c.silent] == []
    assert {c.kind for c in drill.controls} >= {"another order of keys", "-0.0 for 0.0", "barely moved"}


def test_the_report_keeps_its_schema(drill):
    schema = json.loads((ROOT / "harness/parity/schemas/drill-report.schema.json").read_text(encoding="utf-8"))
    report = json.loads(json.dumps(results.to_json(drill)))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(report)] == []
    assert report["passed"] is True


def test_a_miss_breaks_a_promise_and_is_told_with_its_cause(drill):
    miss = MutationResult(
        "value",
        "one frame",
        "a_case",
        "sheet",
        "at[*]",
        "at[3]",
        "1.0 → 1.04",
        "time",
        detected=False,
        by_golden=False,
        named=True,
        elsewhere=0,
        why="within the tolerance of class time against the golden: too loose for one frame",
    )
    broken = replace(drill, mutations=[miss, *drill.mutations])
    report = results.to_json(broken)
    assert report["passed"] is False
    assert report["too_loose"] == [
        {"field": "sheet at[*]", "size": "one frame", "class": "time", "example": "a_case at[3]: 1.0 → 1.04"}
    ]
    text = render.to_text(broken, file="reports/drill.json")
    assert "MISSED value one frame: a_case sheet at[3]: 1.0 → 1.04; within the tolerance of class time" in text
    assert "| `sheet at[*]` | one frame | time | a_case at[3]: 1.0 → 1.04 |" in render.to_markdown(report)


def test_a_false_alarm_breaks_a_promise(drill):
    alarm = ControlResult("another indent", "a_case, sheet", ("[golden] sheet: at[3]: differs",))
    broken = replace(drill, controls=[*drill.controls, alarm])
    assert broken.promises()["no false alarm"] is False
    assert "FALSE ALARM another indent, a_case, sheet: [golden] sheet" in render.to_text(broken, file="f")


def test_a_copied_capture_is_the_same(bench, tmp_path):
    (case, *_) = bench.cases
    copy = files.copied(bench.pipeline, bench.capture(case.name), tmp_path / "copy")
    assert findings(bench.judge(case, [copy], bench.artifacts(case), run=True)) == []


def test_a_mutated_copy_leaves_the_original_alone(bench, tmp_path):
    capture = bench.capture("tutorial")
    before = {name: capture.raw(name) for name in capture.files}
    for number, mutation in enumerate(files.sample([capture], each=3, seed=5)):
        files.copied(bench.pipeline, capture, tmp_path / str(number), mutation.do)
    assert {name: capture.raw(name) for name in capture.files} == before


def test_the_committed_page_was_made_with_todays_versions_and_rules(config, pipeline):
    page = (ROOT / "docs/drill.md").read_text(encoding="utf-8")
    assert stale(page, config, pipeline, drilling.rehearsal_of(pipeline)) == []


def test_a_page_of_other_versions_is_stale(config, pipeline):
    rehearsal = drilling.rehearsal_of(pipeline)
    page = (ROOT / "docs/drill.md").read_text(encoding="utf-8")
    now = inputs(config, rehearsal)["schemas"]
    older = page.replace(f"| schemas | {now} |", "| schemas | 0000000000000000 |")
    assert stale(older, config, pipeline, rehearsal) == [
        f"schemas: the page was made with 0000000000000000, today it is {now}: run `make drill`"
    ]


def settings_with_reports_in(folder: Path) -> Path:
    """The project's settings, with other folders for what is written."""
    lines = []
    for line in (ROOT / "parity.toml").read_text(encoding="utf-8").partition("\n[calibration]")[0].splitlines():
        key, _, value = line.partition(" = ")
        if key in ("reports", "captures"):
            line = f'{key} = "{folder / key}"'
        elif key in ("corpus", "schemas", "tolerances", "snapshots", "declared"):
            line = f'{key} = "{ROOT / value.strip(chr(34))}"'
        lines.append(line)
    file = folder / "parity.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_the_command_tells_what_was_found_and_ends_with_0(tmp_path):
    command = ["--config", str(settings_with_reports_in(tmp_path)), "drill", "--only", "faults", "--fault", "D28"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert "faults: 1 put in, 1 found, 1 named" in done.output
    assert "D28    exit code of wrong arguments  failure parity  found and named" in done.output
    assert "holds   every fault named" in done.output
    report = json.loads((tmp_path / "reports/drill.json").read_text(encoding="utf-8"))
    (fault,) = report["faults"]
    assert (fault["id"], fault["found"], fault["named"]) == ("D28", True, True)
    assert fault["lines"][0].startswith("[configurations] run: exit_code: production 2, local 1")


def test_a_page_is_written_of_whole_drills_only(tmp_path):
    done = CliRunner().invoke(main, ["drill", "--only", "faults", "--write", str(tmp_path / "page.md")])
    assert done.exit_code == 2
    assert "--write needs the whole drill: leave out --only, --fault and --case" in done.output
    assert not (tmp_path / "page.md").exists()
