"""``parity run`` holds every golden against the ledger: what is not in order there is a contract verdict."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from parity.goldens import ledger
from parity.run import cpu as machine
from tests.harness.conftest import ROOT
from tests.harness.goldens.ledger.conftest import LEDGER, accept, run
from tests.harness.goldens.ledger.records import KEY, of, record

SCORES = "golden/snapshots/" + KEY
RECORDED = {"plain/return.json", "plain/run.json", KEY}


def result(project):
    (found,) = (each for each in project.report()["results"] if each["check"] == "ledger")
    return found


def test_goldens_that_were_decided_are_parity(decided):
    done = decided.compare_saved()
    assert done.returncode == 0, done.stdout
    assert result(decided) | {"file": LEDGER, "verdicts": ["parity"], "messages": []} == result(decided)
    assert {key for each in ledger.load(decided.root / LEDGER) for key in each.changes} == RECORDED


def test_a_project_without_a_ledger_is_not_judged_by_one(decided):
    settings = (decided.root / "parity.toml").read_text()
    decided.write("parity.toml", settings.replace(f'ledger = "{LEDGER}"', ""))
    (decided.root / LEDGER).unlink()
    assert decided.compare_saved().returncode == 0
    assert result(decided)["verdicts"] == ["parity"]


def test_a_fork_ends_the_command_with_3_and_the_summary_names_both_records_the_file_and_what_to_do(decided):
    (first,) = ledger.load(decided.root / LEDGER)
    ours, theirs = (record_of(first, by) for by in ("Bob", "Cy"))
    for each in (ours, theirs):
        ledger.append(decided.root / LEDGER, each)
    done = decided.parity("run", "--from", "reports/captures", "--jobs", "1")
    assert done.returncode == 3, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    for text in (
        f"{SCORES}: decided differently on two branches that were merged (fork): both follow {first.id}",
        f"{ours.id} (2026-03-01, Bob: Bob meant it)",
        f"{theirs.id} (2026-03-01, Cy: Cy meant it)",
        "`parity accept --case plain --reason …`",
    ):
        assert text in said
    assert result(decided)["verdicts"] == ["contract"]
    assert (decided.root / "reports/latest/junit.xml").read_text().count(ours.id)


def record_of(first: ledger.Record, by: str) -> ledger.Record:
    after = ledger.digest(by.encode())
    return of({KEY: ledger.Recorded("fix", first.changes[KEY].after, after, (first.id,))}, by=by)


def test_a_golden_edited_by_hand_within_tolerance_is_a_contract_verdict_and_nothing_else(decided):
    file = decided.root / SCORES
    golden = json.loads(file.read_text())
    file.write_text(json.dumps(golden))
    done = decided.compare_saved()
    assert done.returncode == 3, done.stdout
    assert decided.report()["verdicts"] == ["contract"]
    assert f"{SCORES}: changed without a decision, by hand or by a merge (gap)" in done.stdout


def test_a_golden_that_no_record_is_about_is_a_contract_verdict(decided):
    (decided.root / LEDGER).unlink()
    done = decided.compare_saved()
    assert done.returncode == 3, done.stdout
    (message,) = result(decided)["messages"]
    assert message.startswith("golden/snapshots/plain/return.json: no record of the ledger is about it: `parity run")
    assert message.endswith("the same of run.json, scores.json")


def test_a_broken_ledger_is_a_contract_verdict_that_names_file_and_line(decided):
    with open(decided.root / LEDGER, "a") as stream:
        stream.write('{"id": "cut o')
    done = decided.compare_saved()
    assert done.returncode == 3, done.stdout
    assert "acceptances.jsonl, line 2: is not JSON" in result(decided)["messages"][0]
    assert "line 2: is not JSON" in " ".join(done.stdout.split())


def test_a_golden_that_is_gone_is_named_beside_the_missing_one(decided):
    (decided.root / SCORES).unlink()
    done = decided.compare_saved()
    assert done.returncode == 3, done.stdout
    assert set(decided.report()["verdicts"]) == {"contract", "drift"}
    assert f"{SCORES}: changed without a decision" in result(decided)["messages"][0]


def test_a_selection_of_cases_is_held_against_their_records_only(decided):
    decided.case("other", mean=0.25)
    accept(run(decided), date="2026-03-02T12:00:00+00:00")
    ledger.append(decided.root / LEDGER, record(None, "a", key="gone/scores.json"))
    other = decided.root / "golden/snapshots/other/scores.json"
    other.write_text(other.read_text() + "\n")
    chosen = decided.parity("run", "--from", "reports/captures", "--jobs", "1", "--case", "plain")
    assert chosen.returncode == 0, chosen.stdout + chosen.stderr
    everything = decided.compare_saved()
    assert everything.returncode == 3, everything.stdout
    assert [each.partition(":")[0] for each in result(decided)["messages"]] == [
        "golden/snapshots/gone/scores.json",
        "golden/snapshots/other/scores.json",
    ]


def test_a_golden_that_nothing_needs_is_stale_and_not_a_matter_of_the_ledger(decided):
    decided.write("golden/snapshots/left/over.json", {})
    done = decided.compare_saved()
    assert done.returncode == 6, done.stdout
    assert decided.report()["verdicts"] == ["stale"]


@pytest.mark.parametrize("value", ["3", '""', "[]"])
def test_a_ledger_that_is_no_path_is_a_usage_error(decided, value):
    settings = (decided.root / "parity.toml").read_text()
    decided.write("parity.toml", settings.replace(f'ledger = "{LEDGER}"', f"ledger = {value}"))
    done = decided.parity("run", "--from", "reports/captures")
    assert done.returncode == 2
    assert "[parity] ledger must be a text, got" in done.stderr


def test_provenance_that_cannot_be_read_is_a_contract_verdict_that_names_it(decided):
    decided.root.joinpath("golden/snapshots/plain/provenance.json").write_text("{")
    done = decided.compare_saved()
    assert done.returncode == 3, done.stdout
    assert result(decided)["verdicts"] == ["contract"]
    (message,) = result(decided)["messages"]
    assert message.startswith("golden/snapshots/plain/provenance.json: cannot be read as provenance: ")
    assert message.endswith("; accept the case's goldens anew, or take it back from git")


def test_goldens_of_another_cpu_class_are_compared_all_the_same_and_report_and_summary_say_so(decided):
    cpu = {"model": "Other", "vendor": "Other", "class": "x86-64-v3 Other", "instruction_sets": []}
    known = json.loads((ROOT / "golden/snapshots/minimal/provenance.json").read_text())
    decided.write("golden/snapshots/plain/provenance.json", {**known, "cpu": cpu})
    done = decided.compare_saved()
    assert done.returncode == 0, done.stdout
    (row,) = decided.report()["machines"]
    assert (row["golden"]["class"], row["same"], row["cases"]) == ("x86-64-v3 Other", False, ["plain"])
    assert row["run"]["class"] == machine.cpu()["class"]
    assert "machines: goldens of 1 case were recorded on x86-64-v3 Other, this run was computed on" in done.stdout
    assert "never calibrated on this class" in done.stdout
    schema = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text())
    Draft202012Validator(schema).validate(decided.report())
