"""What a decision meets that nobody planned: odd texts, broken files, merges, and goldens that somebody touched."""

from __future__ import annotations

import json
import re

import pytest

from harness import machine
from harness.decide import decide, ledger, pending, provenance
from harness.decide.select import Selection
from harness.verdict import ContractError, UsageError
from tests.harness.decide.conftest import AUTHOR
from tests.harness.decide.ledger.records import of

AGAIN = ("run", "--from", "reports/captures", "--jobs", "1")
EVERYTHING = Selection(everything=True)
SCORES = "snapshots/plain/scores.json"


def accept(project, *selection: str):
    done = project.parity("accept", *selection, "--reason", "meant", "--author", AUTHOR)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def verdict(project, *arguments: str) -> int:
    done = project.parity(*AGAIN, *arguments)
    assert done.stdout, done.stderr
    return done.returncode


ODD = {
    "lines": "first line\nsecond line\r\nthird",
    "html": "<script>alert('x')</script> & <b>bold</b>",
    "ansi": "\x1b[2J\x1b[31mred\x1b[0m \x9b31m",
    "right to left": "\u202egnp.exe \u2066x\u2069",
    "separators": "a\u2028b\u2029c\x85d",
    "a lone surrogate": "caf\udce9",
    "long": "x" * 100_000,
}


@pytest.mark.parametrize("name", ODD)
def test_any_reason_and_author_are_kept_to_the_letter_and_shown_harmlessly(two_causes, config, name):
    text = ODD[name]
    decide.accept(config, EVERYTHING, reason=text, author=f"Ada {text[:100]}")
    record = ledger.load(config.ledger)[-1]
    assert (record.reason, record.author) == (text.strip(), f"Ada {text[:100]}")
    assert len(config.ledger.read_bytes().splitlines()) == len(ledger.load(config.ledger))
    for document in (two_causes.parity("status"), two_causes.parity("status", "--json")):
        assert document.returncode == 0, document.stderr
        assert not re.search(
            "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\udc80-\udcff]", document.stdout
        )
    shown = two_causes.parity("status").stdout
    assert max(map(len, shown.splitlines())) < 400
    assert len(shown.splitlines()) < 20
    with pytest.raises(UsageError) as raised:
        decide.accept(config, EVERYTHING, reason="again")
    assert str(raised.value).isprintable() and len(str(raised.value)) < 500


def test_ten_thousand_pending_differences_are_accepted_in_one_record(kept, config):
    words = [f"other{number}" for number in range(10_000)]
    kept.case("plain", words=words)
    done = kept.parity("run", "--jobs", "1")
    assert done.returncode == 1, done.stderr
    assert sum(len(change.differences) for change in pending.load(config).changes) >= 10_000
    accept(kept, "--all")
    assert verdict(kept) == 0
    assert len(json.loads((kept.root / SCORES).read_text())["Items"]) == 10_001
    assert len(config.ledger.read_bytes().splitlines()[-1]) < 5_000


# ── files that somebody touched ──────────────────────────────────────────────────────────────────────────────────────


def test_a_golden_edited_by_hand_within_tolerance_fails_the_run_and_is_put_in_order_by_an_accept(kept, config):
    file = kept.root / SCORES
    file.write_text(file.read_text() + "\n")
    done = kept.parity(*AGAIN)
    assert done.returncode == 3, done.stdout
    assert "changed without a decision" in done.stdout
    accept(kept, "--case", "plain")
    assert verdict(kept) == 0
    assert decide.problems(config) == []


def test_a_golden_edited_by_hand_beyond_tolerance_is_put_in_order_by_an_accept_of_what_differs(kept, config):
    file = kept.root / SCORES
    file.write_text(file.read_text().replace("word3", "by hand"))
    assert verdict(kept) == 3
    accept(kept, "--case", "plain")
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
    accept(kept, "--case", "plain")
    assert verdict(kept) == 0


def test_a_fork_whose_goldens_are_what_the_run_gives_is_healed_by_one_accept(kept, config):
    first = ledger.load(config.ledger)[0]
    before = first.changes["plain/scores.json"].after
    for by in ("Bob", "Cy"):
        after = before if by == "Cy" else ledger.digest(by.encode())
        ledger.append(
            config.ledger, of({"plain/scores.json": ledger.Recorded("fix", before, after, (first.id,))}, by=by)
        )
    done = kept.parity(*AGAIN)
    assert done.returncode == 3, done.stdout
    assert "decided differently on two branches that were merged (fork)" in " ".join(done.stdout.split())
    accept(kept, "--case", "plain")
    assert verdict(kept) == 0
    assert len(ledger.load(config.ledger)[-1].changes["plain/scores.json"].previous) == 2


def test_goldens_that_no_record_is_about_are_recorded_as_they_are_by_one_accept(kept, config):
    before = {
        file: file.read_bytes() for file in kept.root.glob("snapshots/*/*.json") if file.name != "provenance.json"
    }
    config.ledger.unlink()
    assert verdict(kept) == 3
    accept(kept, "--all")
    assert verdict(kept) == 0
    assert {file: file.read_bytes() for file in before} == before
    (record,) = ledger.load(config.ledger)
    assert set(record.changes) == {f"{file.parent.name}/{file.name}" for file in before}


def test_goldens_of_a_case_that_was_removed_by_hand_are_put_in_order_by_an_accept(kept, config):
    import shutil

    shutil.rmtree(kept.root / "corpus/second")
    shutil.rmtree(kept.root / "snapshots/second")
    assert verdict(kept) == 3
    accept(kept, "--case", "second")
    assert verdict(kept) == 0
    assert {change.category for change in ledger.load(config.ledger)[-1].changes.values()} == {"trim"}


@pytest.mark.parametrize("name", ["plain/deep/left.json", "left.json", "plain/left over.txt", "gone/scores.json"])
def test_any_file_that_nothing_needs_is_removed_by_an_accept(kept, config, name):
    kept.write(f"snapshots/{name}", "{}")
    assert verdict(kept) == 6
    accept(kept, "--all")
    assert not (kept.root / "snapshots" / name).exists()
    assert verdict(kept) == 0


def test_a_ledger_that_was_cut_off_stops_every_decision_before_it_writes(two_causes, config):
    text = config.ledger.read_text()
    config.ledger.write_text(text[:-40])
    before = (two_causes.root / SCORES).read_bytes()
    done = two_causes.parity("accept", "--all", "--reason", "meant")
    assert done.returncode == 3
    assert "acceptances.jsonl, line 1: is not JSON" in done.stderr
    assert (two_causes.root / SCORES).read_bytes() == before and config.ledger.read_text() == text[:-40]
    assert [change.open for change in pending.load(config).changes] == [True]


def test_a_ledger_that_was_cut_off_still_lets_a_run_say_what_differs(two_causes, config):
    config.ledger.write_text(config.ledger.read_text()[:-40])
    done = two_causes.parity(*AGAIN)
    assert done.returncode == 3
    assert "line 1: is not JSON" in " ".join(done.stdout.split())
    assert "Core.mean" in done.stdout


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "parity-pending/9"}', '{"format": "parity-pending/1"}'])
def test_a_broken_list_of_what_is_pending_is_named_and_made_anew_by_a_run(two_causes, config, text):
    (two_causes.root / "reports/pending/pending.json").write_text(text)
    done = two_causes.parity("accept", "--all", "--reason", "meant")
    assert done.returncode == 2 and "pending.json" in done.stderr and "`parity run`" in done.stderr
    assert verdict(two_causes) == 1
    accept(two_causes, "--all")
    assert verdict(two_causes) == 0


def test_a_candidate_that_was_removed_or_edited_is_not_accepted(two_causes, config):
    file = two_causes.root / "reports/pending/candidate/plain/scores.json"
    before, text = (two_causes.root / SCORES).read_bytes(), file.read_text()
    file.write_text(text.replace('"other"', '"slipped in"'))
    with pytest.raises((UsageError, ContractError), match=r"plain/scores\.json"):
        decide.accept(config, EVERYTHING, reason="meant")
    file.unlink()
    with pytest.raises((UsageError, ContractError), match=r"plain/scores\.json"):
        decide.accept(config, EVERYTHING, reason="meant")
    assert (two_causes.root / SCORES).read_bytes() == before


def test_captures_that_were_removed_before_the_accept_are_named_or_not_needed(two_causes, config):
    import shutil

    shutil.rmtree(two_causes.root / "reports/captures")
    before = (two_causes.root / SCORES).read_bytes()
    done = two_causes.parity("accept", "--all", "--reason", "meant")
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert (two_causes.root / SCORES).read_bytes() == before and "parity run" in done.stderr
    else:
        assert '"other"' in (two_causes.root / SCORES).read_text()


def test_an_accept_writes_provenance_that_says_machine_run_and_agreement(two_causes, config):
    run_id = pending.load(config).origins["plain"].run_id
    accept(two_causes, "--all")
    told = provenance.read(config, "plain")
    assert told["run_id"] == run_id and told["cpu"] == machine.cpu() and told["agreed"] >= 2
    assert told["configuration"] == "disk"
    assert provenance.read(config, "second")["run_id"] != run_id
