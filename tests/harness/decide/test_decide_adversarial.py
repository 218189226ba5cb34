"""What a decision meets that nobody planned: odd texts, broken files, merges, and goldens that somebody touched."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from parity.cli.main import main
from parity.decide import decide, pending, propose
from parity.decide import state as decisions
from parity.decide.select import Selection
from parity.explain.settle import SettlingSuite
from parity.files import write_atomically
from parity.goldens import ledger, provenance
from parity.goldens.form import canonical
from parity.pipeline import cases, settings
from parity.pipeline.load import load_pipeline
from parity.report import build
from parity.run import cpu
from parity.run.captures import Captures
from parity.run.record import record
from parity.session.finish import explained_or_why_not
from parity.verdict import ContractError, UsageError
from tests.harness.conftest import every_outcome
from tests.harness.decide.conftest import AUTHOR
from tests.harness.goldens.ledger.records import of

EVERYTHING = Selection(everything=True)
SCORES = "snapshots/plain/scores.json"


def compared(project, *, ran: bool = False) -> dict:
    """What ``parity run --from reports/captures`` finds and leaves pending; ``ran``: the cases are run before.

    All in this process: a comparison is asked for often here.
    """
    config = settings.load(project.root / "parity.toml")
    pipeline, found = load_pipeline(config), cases.discover(config)
    for case in found if ran else ():
        for name in pipeline.configurations:
            record(pipeline, case, name, destination=config.captures / case.name / name, run_id="again")
    suite = SettlingSuite.of(Captures(config, pipeline, "again", config.captures))
    outcomes = every_outcome(suite, found)
    explanation, differences = explained_or_why_not(suite, outcomes, found)
    by_key = {each.key: each for each in outcomes}
    comparison = propose.Comparison(
        suite, by_key, differences, explanation["causes"], found, "2026-03-01T12:00:00+00:00", True
    )
    with contextlib.suppress(ContractError):  # of a broken ledger, which the comparison names; as at the end of a run
        propose.stage(comparison)
    session = build.Session("", "", 0.0, None, selected=False, max_ignored=0.1)
    return build.build(
        outcomes,
        pipeline=pipeline,
        cases=found,
        declared=suite.rules.declared,
        session=session,
        explanation=explanation,
    )


def verdict(project) -> int:
    return compared(project)["exit_code"]


def messages(report) -> str:
    return "\n".join(message for result in report["results"] for message in result["messages"])


def accept(config, **selection):
    return decide.accept(config, Selection(**selection), reason="meant", author=AUTHOR)


def said(project, *arguments: str) -> str:
    """What a command prints, in this process."""
    done = CliRunner().invoke(main, ["--config", str(project.root / "parity.toml"), *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


ODD = {
    "lines": "first line\nsecond line\r\nthird",
    "html": "<script>alert('x')</script> & <b>bold</b>",
    "ansi": "\x1b[2J\x1b[31mred\x1b[0m \x9b31m",
    "right to left": "\u202egnp.exe \u2066x\u2069",
    "separators": "a\u2028b\u2029c\x85d",
    "a lone surrogate": "caf\udce9",
    "long": "x" * 100_000,
}


OBEYED = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"


@pytest.mark.parametrize("name", ODD)
def test_any_reason_and_author_are_kept_to_the_letter_and_shown_harmlessly(two_causes, config, name):
    text = ODD[name]
    decide.accept(config, EVERYTHING, reason=text, author=f"Ada {text[:100]}")
    record = ledger.load(config.ledger)[-1]
    assert (record.reason, record.author) == (text.strip(), f"Ada {text[:100]}")
    assert len(config.ledger.read_bytes().splitlines()) == len(ledger.load(config.ledger))
    for options in ((), ("--json",)):
        assert not re.search(OBEYED, said(two_causes, "status", *options))
    shown = said(two_causes, "status")
    assert max(map(len, shown.splitlines())) < 400
    assert len(shown.splitlines()) < 20
    with pytest.raises(UsageError) as raised:
        decide.accept(config, EVERYTHING, reason="again")
    assert str(raised.value).isprintable() and len(str(raised.value)) < 500


def test_of_ten_thousand_pending_differences_one_cause_is_accepted_and_the_other_stays(two_causes, config):
    waiting = pending.load(config)
    (change,) = waiting.changes
    golden = json.loads((two_causes.root / SCORES).read_text())
    word = golden["Items"][0]
    base = {**golden, "Items": [{**word, "text": f"old {number}"} for number in range(10_000)]}
    run = {**golden, "Items": [{**word, "text": f"new {number}"} for number in range(10_000)]}
    items = tuple(
        pending.Item("value", f"Items[{number}].text", None, f"cause-{number % 2}") for number in range(10_000)
    )
    texts = [canonical(document) for document in (base, run)]
    before, after = (ledger.digest(text.encode()) for text in texts)
    pending.put(config, change.key, base=texts[0], candidate=texts[1])
    write_atomically(two_causes.root / SCORES, texts[0])
    named = {f"cause-{number}": {"title": "t", "kind": "k", "stage": None} for number in range(2)}
    many = replace(change, before=before, after=after, now=before, differences=items)
    pending.save(config, replace(waiting, changes=(many,), causes=named))
    assert accept(config, causes=("cause-1",)).differences == 5_000
    written = [item["text"] for item in json.loads((two_causes.root / SCORES).read_text())["Items"]]
    assert written == [f"{'new' if number % 2 else 'old'} {number}" for number in range(10_000)]
    assert len(config.ledger.read_bytes().splitlines()[-1]) < 2_000
    assert said(two_causes, "status").count("\n") < 20
    accept(config, causes=("cause-0",))
    assert (two_causes.root / SCORES).read_text() == texts[1]


# ── files that somebody touched ──────────────────────────────────────────────────────────────────────────────────────


def test_a_golden_edited_by_hand_within_tolerance_fails_the_run_and_is_put_in_order_by_an_accept(kept, config):
    file = kept.root / SCORES
    file.write_text(file.read_text() + "\n")
    report = compared(kept)
    assert report["exit_code"] == 3
    assert "changed without a decision" in messages(report)
    accept(config, cases=("plain",))
    assert verdict(kept) == 0
    assert decisions.problems(config) == []


def test_a_golden_edited_by_hand_beyond_tolerance_is_put_in_order_by_an_accept_of_what_differs(kept, config):
    file = kept.root / SCORES
    file.write_text(file.read_text().replace("word3", "by hand"))
    assert verdict(kept) == 3
    accept(config, cases=("plain",))
    assert verdict(kept) == 0
    assert "by hand" not in file.read_text()


def test_a_golden_edited_by_hand_may_be_taken_back_instead(kept):
    file = kept.root / SCORES
    before = file.read_bytes()
    file.write_text(file.read_text() + "\n")
    assert verdict(kept) == 3
    file.write_bytes(before)
    assert verdict(kept) == 0


def test_a_golden_that_was_removed_by_hand_is_created_again_by_an_accept(kept, config):
    (kept.root / SCORES).unlink()
    assert verdict(kept) == 3
    accept(config, cases=("plain",))
    assert verdict(kept) == 0


def test_a_fork_whose_goldens_are_what_the_run_gives_is_healed_by_one_accept(kept, config):
    first = ledger.load(config.ledger)[0]
    before = first.changes["plain/scores.json"].after
    for by in ("Bob", "Cy"):
        after = before if by == "Cy" else ledger.digest(by.encode())
        ledger.append(
            config.ledger, of({"plain/scores.json": ledger.Recorded("fix", before, after, (first.id,))}, by=by)
        )
    report = compared(kept)
    assert report["exit_code"] == 3
    assert "decided differently on two branches that were merged (fork)" in messages(report)
    accept(config, cases=("plain",))
    assert verdict(kept) == 0
    assert len(ledger.load(config.ledger)[-1].changes["plain/scores.json"].previous) == 2


def test_goldens_that_no_record_is_about_are_recorded_as_they_are_by_one_accept(kept, config):
    before = {
        file: file.read_bytes() for file in kept.root.glob("snapshots/*/*.json") if file.name != "provenance.json"
    }
    config.ledger.unlink()
    assert verdict(kept) == 3
    accept(config, everything=True)
    assert verdict(kept) == 0
    assert {file: file.read_bytes() for file in before} == before
    (record,) = ledger.load(config.ledger)
    assert set(record.changes) == {f"{file.parent.name}/{file.name}" for file in before}


def test_goldens_of_a_case_that_was_removed_by_hand_are_put_in_order_by_an_accept(kept, config):
    shutil.rmtree(kept.root / "corpus/second")
    shutil.rmtree(kept.root / "snapshots/second")
    assert verdict(kept) == 3
    accept(config, cases=("second",))
    assert verdict(kept) == 0
    assert {change.category for change in ledger.load(config.ledger)[-1].changes.values()} == {"trim"}


@pytest.mark.parametrize("name", ["plain/deep/left.json", "left.json", "plain/left over.txt", "gone/scores.json"])
def test_any_file_that_nothing_needs_is_removed_by_an_accept(kept, config, name):
    kept.write(f"snapshots/{name}", "{}")
    assert verdict(kept) == 6
    accept(config, everything=True)
    assert not (kept.root / "snapshots" / name).exists()
    assert verdict(kept) == 0


def test_a_ledger_that_was_cut_off_stops_every_decision_before_it_writes(two_causes, config):
    text = config.ledger.read_text()
    config.ledger.write_text(text[:-40])
    before = (two_causes.root / SCORES).read_bytes()
    with pytest.raises(ContractError, match=r"acceptances\.jsonl, line 1: is not JSON"):
        accept(config, everything=True)
    assert (two_causes.root / SCORES).read_bytes() == before and config.ledger.read_text() == text[:-40]
    assert [change.open for change in pending.load(config).changes] == [True]


def test_a_ledger_that_was_cut_off_still_lets_a_run_say_what_differs(two_causes, config):
    config.ledger.write_text(config.ledger.read_text()[:-40])
    report = compared(two_causes)
    assert report["exit_code"] == 3 and "line 1: is not JSON" in messages(report)
    assert {path for cause in report["causes"] for path in cause["paths"]} == {"Core.mean", "Items[*].text"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "parity-pending/9"}', '{"format": "parity-pending/1"}'])
def test_a_broken_list_of_what_is_pending_is_named_and_made_anew_by_a_run(two_causes, config, text):
    (two_causes.root / "reports/latest/pending/pending.json").write_text(text)
    with pytest.raises(UsageError, match=r"pending\.json: .*`parity run`"):
        accept(config, everything=True)
    assert verdict(two_causes) == 1
    accept(config, everything=True)
    assert verdict(two_causes) == 0


def test_a_candidate_that_was_removed_or_edited_is_not_accepted(two_causes, config):
    file = two_causes.root / "reports/latest/pending/candidate/plain/scores.json"
    before, text = (two_causes.root / SCORES).read_bytes(), file.read_text()
    file.write_text(text.replace('"other"', '"slipped in"'))
    with pytest.raises((UsageError, ContractError), match=r"plain/scores\.json"):
        decide.accept(config, EVERYTHING, reason="meant")
    file.unlink()
    with pytest.raises((UsageError, ContractError), match=r"plain/scores\.json"):
        decide.accept(config, EVERYTHING, reason="meant")
    assert (two_causes.root / SCORES).read_bytes() == before


def test_captures_that_were_removed_before_the_accept_are_not_needed_or_named(two_causes, config):
    shutil.rmtree((two_causes.root / "reports/captures").resolve())
    before = (two_causes.root / SCORES).read_bytes()
    try:
        accept(config, everything=True)
    except UsageError as error:
        assert "parity run" in str(error) and (two_causes.root / SCORES).read_bytes() == before
    else:
        assert '"other"' in (two_causes.root / SCORES).read_text()


def test_an_accept_writes_provenance_that_says_machine_run_and_agreement(two_causes, config):
    manifest = two_causes.read("reports/captures/plain/disk/capture.json")
    accept(config, everything=True)
    told = provenance.read(config, "plain")
    assert (
        told["run_id"] == manifest["run_id"]
        and told["recorded"] == manifest["started"]
        and told["cpu"] == cpu.cpu()
        and told["agreed"] >= 2
    )
    assert told["configuration"] == "disk"
    assert provenance.read(config, "second")["run_id"] != manifest["run_id"]
