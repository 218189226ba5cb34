"""What becomes of a golden that a run would have otherwise: every rule on a real, small project."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from parity.decide import decide, pending
from parity.decide import state as decisions
from parity.decide.select import Selection
from parity.goldens import ledger
from parity.run import runs
from parity.verdict import ContractError, UsageError, Verdict
from tests.harness.conftest import IMPORTS, ROOT
from tests.harness.decide.conftest import AUTHOR

AGAIN = ("run", "--from", "reports/captures", "--jobs", "1")


def goldens(project):
    return {path.relative_to(project.root).as_posix(): path.read_bytes() for path in project.root.glob("snapshots/*/*")}


def outputs_only(files):
    return {name: content for name, content in files.items() if not name.endswith("provenance.json")}


def changed(before, after):
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def drift(project, *, verdict=1, **changes):
    """Another input, so that the runs differ from the goldens."""
    project.case("plain", **changes)
    done = project.parity("run", "--jobs", "1")
    assert done.returncode == verdict, done.stdout + done.stderr
    return done


def causes(config):
    state = decisions.state(config)
    return {cause["stage"]: name for name, cause in state["causes"].items()}


def test_a_run_leaves_the_goldens_alone_and_what_differs_pending(two_causes, recorded_once, config):
    assert goldens(two_causes) == goldens(recorded_once)
    waiting = pending.load(config)
    assert [(c.key, c.category, c.blocked) for c in waiting.changes] == [("plain/scores.json", "fix", None)]
    assert sorted((i.kind, i.path, i.state) for i in waiting.changes[0].differences) == [
        ("value", "Core.mean", "open"),
        ("value", "Items[7].text", "open"),
    ]
    assert waiting.run_id == two_causes.report()["run_id"]
    assert two_causes.report()["pending"] == {"goldens": 1, "failed": None, "blocked": {"causes": {}, "cases": {}}}
    assert json.loads(pending.candidate_of(config, waiting.changes[0]))["Core"]["mean"] == 0.75
    assert json.loads(pending.base_of(config, waiting.changes[0]))["Core"]["mean"] == 0.5


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b'{"Core"', "is not JSON"),
        (b'{"Core": "\xff"}', "is not JSON"),
        (b"[]\n", "expected object, as the schema of scores has it, got list"),
    ],
)
def test_a_broken_golden_is_a_contract_verdict_that_names_it_and_accepting_restores_it(kept, content, what):
    file = kept.root / "snapshots/plain/scores.json"
    before = file.read_bytes()
    file.write_bytes(content)
    done = kept.parity(*AGAIN)
    assert done.returncode == 3, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert f"golden plain/scores.json: {what}" in said
    assert (
        "take it back from git, or `parity run --case plain` and then `parity accept --case plain --reason …`" in said
    )
    assert kept.report()["crashes"] == []
    assert kept.parity("accept", "--case", "plain", "--reason", "it was broken").returncode == 0
    assert file.read_bytes() == before


def test_what_a_run_leaves_is_its_own_and_is_never_mixed_with_what_another_left(kept, config):
    kept.case("second", mean=0.9)
    drift(kept, mean=0.75)
    assert [c.key for c in pending.load(config).changes] == ["plain/scores.json", "second/scores.json"]
    older = pending.load(config)
    kept.case("plain", mean=0.6)
    assert kept.parity("run", "--case", "plain", "--jobs", "1").returncode == 1
    newer = pending.load(config)
    (change,) = newer.changes
    assert json.loads(pending.candidate_of(config, change))["Core"]["mean"] == 0.6
    assert newer.run_id != older.run_id
    before = runs.chosen(config, older.run_id)
    assert pending.load(before) == older
    assert json.loads(pending.candidate_of(before, older.changes[0]))["Core"]["mean"] == 0.75
    kept.case("plain")
    kept.parity("run", "--case", "plain", "--jobs", "1")
    assert pending.load(config).changes == ()
    made = decide.accept(before, Selection(cases=("second",)), reason="meant", author=AUTHOR)
    assert (made.run_id, made.files) == (older.run_id, ("snapshots/second/scores.json",))


def test_accepting_one_of_two_causes_writes_what_it_explains_and_nothing_else(two_causes, config):
    before = goldens(two_causes)
    found = causes(config)
    made = decide.accept(config, Selection(causes=(found["scoring"],)), reason="a new mean", author=AUTHOR)
    after = goldens(two_causes)
    assert made.files == ("snapshots/plain/scores.json",)
    assert changed(outputs_only(before), outputs_only(after)) == ["snapshots/plain/scores.json"]
    golden = json.loads(after["snapshots/plain/scores.json"])
    assert golden["Core"]["mean"] == 0.75
    assert golden["Items"][7]["text"] == "word7"
    state = decisions.state(config)["causes"]
    assert (state[found["scoring"]]["state"], state[found["input"]]["state"]) == ("accepted", "open")
    last = ledger.load(config.ledger)[-1]
    assert (last.reason, last.author, last.fingerprints) == ("a new mean", AUTHOR, (found["scoring"],))
    assert list(last.changes) == ["plain/scores.json"]
    assert two_causes.parity(*AGAIN).returncode == 1
    assert set(causes(config)) == {"input"}


def test_both_causes_one_after_the_other_give_the_golden_of_the_run(two_causes, config):
    for cause in causes(config).values():
        decide.accept(config, Selection(causes=(cause,)), reason="meant", author=AUTHOR)
    change = pending.load(config).changes[0]
    assert (two_causes.root / change.file).read_text(encoding="utf-8") == pending.candidate_of(config, change)
    done = two_causes.parity(*AGAIN)
    assert done.returncode == 0, done.stdout
    assert pending.load(config).changes == ()


def test_what_waits_is_described_by_its_schema_before_and_after_a_decision(two_causes, config):
    schema = json.loads((ROOT / "harness/parity/schemas/pending.schema.json").read_text(encoding="utf-8"))
    file = "reports/latest/pending/pending.json"
    Draft202012Validator(schema).validate(two_causes.read(file))
    decide.accept(config, Selection(fields=("Core.mean",)), reason="x", author=AUTHOR)
    Draft202012Validator(schema).validate(two_causes.read(file))
    assert [each["action"] for each in two_causes.read(file)["decisions"]] == ["accepted"]


def test_a_field_is_accepted_alone(two_causes, config):
    decide.accept(config, Selection(fields=("Items[*].text",)), reason="another word", author=AUTHOR)
    golden = json.loads((two_causes.root / "snapshots/plain/scores.json").read_text(encoding="utf-8"))
    assert (golden["Items"][7]["text"], golden["Core"]["mean"]) == ("other", 0.5)


def test_what_was_decided_cannot_be_decided_again_and_the_message_names_who_and_when(two_causes, config):
    cause = Selection(causes=(causes(config)["scoring"],))
    decide.accept(config, cause, reason="a new mean", author=AUTHOR)
    with pytest.raises(UsageError, match=r"already accepted by Ada Lovelace <ada@example.org>, \d{4}-.*: a new mean;"):
        decide.accept(config, cause, reason="me too", author="Bob")
    with pytest.raises(UsageError, match="already accepted by Ada"):
        decide.reject(config, cause, author="Bob")


def test_rejecting_leaves_every_golden_and_the_ledger_untouched(two_causes, config):
    before, records = goldens(two_causes), config.ledger.read_bytes()
    made = decide.reject(config, Selection(everything=True), reason="a slip", author=AUTHOR)
    assert (made.action, made.files, made.record) == ("rejected", (), None)
    assert goldens(two_causes) == before
    assert config.ledger.read_bytes() == records
    assert {each["state"] for each in decisions.state(config)["causes"].values()} == {"rejected"}
    assert two_causes.parity(*AGAIN).returncode == 1


def test_a_golden_on_which_the_configurations_disagree_cannot_be_accepted(kept, config):
    drift(kept, mean=0.75, faults={"disk": {"set": {"Core/label": "other"}}})
    before = goldens(kept)
    with pytest.raises(ContractError, match="cannot be accepted: web and disk disagree"):
        decide.accept(config, Selection(everything=True), reason="x", author=AUTHOR)
    assert goldens(kept) == before


def test_a_golden_that_breaks_its_schema_cannot_be_accepted(kept, config):
    both = {"set": {"Core/mean": "half"}}
    drift(kept, verdict=3, faults={"disk": both, "web": both})
    with pytest.raises(ContractError, match="the run breaks its schema"):
        decide.accept(config, Selection(everything=True), reason="x", author=AUTHOR)


def test_a_new_case_is_created_and_a_case_that_is_gone_is_trimmed(kept, config):
    kept.case("third")
    (kept.root / "corpus/second/input.json").unlink()
    (kept.root / "corpus/second").rmdir()
    assert (
        kept.parity("run", "--jobs", "1").returncode == Verdict.DRIFT
    )  # the third has no golden; those of the second are stale
    found = {change.key: change.category for change in pending.load(config).changes}
    assert {found[f"third/{name}.json"] for name in ("scores", "return", "run")} == {"create"}
    assert {found[f"second/{name}.json"] for name in ("scores", "return", "run")} == {"trim"}
    decide.accept(config, Selection(everything=True), reason="another corpus", author=AUTHOR)
    assert not (kept.root / "snapshots/second").exists()
    done = kept.parity(*AGAIN)
    assert done.returncode == 0, done.stdout


def test_a_stale_golden_fails_the_run(kept, config):
    kept.write("snapshots/plain/old.json", {})
    done = kept.parity(*AGAIN)
    assert done.returncode == Verdict.STALE
    assert "snapshots/plain/old.json: no artifact of a case needs it" in " ".join(done.stdout.split())
    assert [(c.key, c.category) for c in pending.load(config).changes] == [("plain/old.json", "trim")]


def test_another_form_of_the_same_values_is_an_update(kept, config):
    file = kept.root / "snapshots/plain/return.json"
    canonical = file.read_bytes()
    kept.write("snapshots/plain/return.json", json.loads(canonical))  # the same document, its keys unsorted
    file.write_text(json.dumps(json.loads(canonical)), encoding="utf-8")
    assert kept.parity(*AGAIN).returncode == Verdict.CONTRACT  # written by hand, as the ledger says
    assert [(c.key, c.category) for c in pending.load(config).changes] == [("plain/return.json", "update")]
    decide.accept(config, Selection(cases=("plain",)), reason="canonical form", author=AUTHOR)
    assert file.read_bytes() == canonical


def test_what_the_configurations_only_shared_is_run_once_more_and_refused_when_it_moves(
    two_causes, config, monkeypatch
):
    from dataclasses import replace

    waiting = pending.load(config)
    origin = replace(waiting.origins["plain"], reuse="shared", known=False)
    pending.save(config, replace(waiting, origins={**waiting.origins, "plain": origin}))
    before = goldens(two_causes)
    two_causes.case("plain", mean=0.8)  # what a pipeline that is not repeatable would do
    said = []
    with pytest.raises(decide.stability.UnstableError, match=r"nothing was written:\n  plain/scores.json: .*Core.mean"):
        decide.accept(config, Selection(everything=True), reason="x", author=AUTHOR, say=said.append)
    assert goldens(two_causes) == before
    assert said == [
        "plain: its configurations shared what they computed; running it once more to see that it is repeatable"
    ]
    words = [f"word{i}" for i in range(120)]
    words[7] = "other"
    two_causes.case("plain", words=words, mean=0.75)
    assert decide.accept(config, Selection(everything=True), reason="x", author=AUTHOR).files != ()


def test_an_unstable_accept_ends_5(two_causes, config):
    from dataclasses import replace

    waiting = pending.load(config)
    origin = replace(waiting.origins["plain"], reuse="shared", known=False)
    pending.save(config, replace(waiting, origins={**waiting.origins, "plain": origin}))
    two_causes.case("plain", mean=0.8)
    done = two_causes.parity("accept", "--all", "--reason", "x")
    assert done.returncode == Verdict.UNSTABLE
    assert "parity: unstable: a repeated run does not agree" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("accept", "--all", "--reason", "x"), ("golden", "--reason", "x", "--jobs", "1")], ids=lambda a: a[0]
)
def test_in_ci_nothing_is_ever_written(two_causes, arguments):
    before = goldens(two_causes)
    environment = {**os.environ, "CI": "true", "PYTHONPATH": IMPORTS}
    done = subprocess.run(
        [sys.executable, "-m", "parity", *arguments],
        cwd=two_causes.root,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == Verdict.USAGE
    assert "CI is set: goldens are never written there" in done.stderr
    assert goldens(two_causes) == before


def test_without_a_terminal_and_without_a_reason_golden_ends_2_before_anything_runs(kept):
    report = kept.report()
    done = kept.parity("golden", "--jobs", "1")
    assert done.returncode == Verdict.USAGE
    assert 'give a reason, as in make golden REASON="why the goldens change"' in done.stderr
    assert kept.report() == report


def test_snapshot_update_of_pytest_only_makes_changes_pending(kept, config):
    before = goldens(kept)
    kept.case("plain", mean=0.75)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "PARITY_"))}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            str(ROOT / "tests/parity"),
            "-q",
            "--snapshot-update",
            "--tb=no",
            f"--parity-config={kept.root / 'parity.toml'}",
            "-p",
            "no:cacheprovider",
        ],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": IMPORTS},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert goldens(kept) == before
    assert [change.key for change in pending.load(config).changes] == ["plain/scores.json"]


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        (Selection(), "say what: --cause ID, --case NAME"),
        (Selection(causes=("gone-values-1",)), "nothing pending has the cause 'gone-values-1'; pending: input-"),
        (Selection(cases=("second",)), "nothing pending has the case 'second'; pending: plain"),
        (Selection(fields=("nowhere",)), "nothing pending meets --field nowhere"),
        (Selection(cases=("plain",), everything=True), "--all is everything"),
    ],
)
def test_a_selection_that_means_nothing_is_refused_by_name(two_causes, config, selection, says):
    with pytest.raises(UsageError, match=says):
        decide.accept(config, selection, reason="x", author=AUTHOR)


def test_an_empty_reason_is_refused(kept, config):
    with pytest.raises(UsageError, match="a reason is needed"):
        decide.accept(config, Selection(everything=True), reason="  ", author=AUTHOR)


def test_a_golden_that_changed_since_the_run_is_not_overwritten(two_causes, config):
    file = two_causes.root / "snapshots/plain/scores.json"
    file.write_text(file.read_text(encoding="utf-8").replace("grün", "rot"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"snapshots/plain/scores\.json: changed since the run that is decided on"):
        decide.accept(config, Selection(everything=True), reason="x", author=AUTHOR)
