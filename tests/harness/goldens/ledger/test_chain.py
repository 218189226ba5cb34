"""The history of a golden is one chain that ends at its file; everything else is named."""

from __future__ import annotations

import pytest

from parity.goldens.history import following, messages, problems
from parity.goldens.ledger import Recorded
from tests.harness.goldens.ledger.records import KEY, of, record, state

FIRST = record(None, "a", date="2026-01-01T08:00:00+00:00")
OURS = record("a", "b", FIRST, by="Bob", date="2026-02-02T08:00:00+00:00", reason="shorter pauses")
THEIRS = record("a", "c", FIRST, by="Cy", date="2026-03-03T08:00:00+00:00", reason="longer words")


def found(records, file):
    return problems(records, {KEY: state(file)})


def test_a_chain_that_ends_at_the_file_is_in_order():
    assert found([FIRST, OURS], "b") == []
    assert found([OURS, FIRST], "b") == []


def test_no_file_and_no_record_is_nothing():
    assert found([], None) == []


def test_a_file_without_a_record_is_unrecorded():
    (problem,) = found([], "a")
    assert (problem.key, problem.kind, problem.records) == (KEY, "unrecorded", ())
    assert problem.message == (
        f"{KEY}: no record of the ledger is about it: `parity run --case plain`, then "
        "`parity accept --case plain --reason …`"
    )


def test_two_decisions_after_the_same_one_are_a_fork_that_names_both_and_what_to_do():
    (problem,) = found([FIRST, OURS, THEIRS], "b")
    assert (problem.kind, problem.records) == ("fork", (OURS.id, THEIRS.id))
    assert problem.message == (
        f"{KEY}: decided differently on two branches that were merged (fork): both follow {FIRST.id}\n"
        f"  {OURS.id} (2026-02-02, Bob: shorter pauses) ends at {state('b')}\n"
        f"  {THEIRS.id} (2026-03-03, Cy: longer words) ends at {state('c')}\n"
        f"  the file is {state('b')}, as {OURS.id} left it: `parity run --case plain`, then "
        "`parity accept --case plain --reason …`"
    )


def test_a_fork_whose_file_is_a_mixture_says_so():
    (problem,) = found([FIRST, OURS, THEIRS], "b and c")
    assert f"the file is {state('b and c')}, which none of them accepted" in problem.message


def test_two_goldens_created_side_by_side_are_a_fork():
    other = record(None, "b", by="Bob")
    (problem,) = found([FIRST, other], "a")
    assert (problem.kind, problem.records) == ("fork", (FIRST.id, other.id))
    assert "neither follows the other" in problem.message


def test_a_fork_further_back_names_the_ends_of_both_branches():
    later = record("b", "d", OURS, by="Dee")
    (problem,) = found([FIRST, OURS, later, THEIRS], "d")
    assert (problem.kind, problem.records) == ("fork", (later.id, THEIRS.id))


def test_removed_on_one_branch_and_changed_on_the_other_is_a_fork():
    gone = record("a", None, FIRST, by="Dee")
    (problem,) = found([FIRST, OURS, gone], "b")
    assert problem.kind == "fork"
    assert f"{gone.id} (2026-03-01, Dee: Dee meant it) ends at no file" in problem.message


def test_the_same_regeneration_on_two_branches_is_no_fork():
    again = record("a", "b", FIRST, by="Cy")
    assert found([FIRST, OURS, again], "b") == []
    assert found([FIRST, OURS, again, record("b", "d", OURS)], "d") == []
    assert found([FIRST, OURS, again, record("b", "d", again, OURS)], "d") == []


def test_the_same_creation_on_two_branches_is_no_fork():
    assert found([FIRST, record(None, "a", by="Bob")], "a") == []


def test_branches_that_reach_the_same_by_different_ways_are_no_fork():
    ours, theirs = record("b", "d", OURS), record("c", "d", THEIRS)
    assert found([FIRST, OURS, ours, THEIRS, theirs], "d") == []


def test_a_record_that_follows_both_heals_the_fork():
    healing = record("b and c", "d", OURS, THEIRS)
    assert found([FIRST, OURS, THEIRS, healing], "d") == []
    assert found([FIRST, OURS, THEIRS, healing, record("d", "e", healing)], "e") == []


def test_a_fork_that_was_healed_in_two_ways_is_a_fork_again():
    one, other = record("b", "d", OURS, THEIRS), record("b", "e", OURS, THEIRS)
    (problem,) = found([FIRST, OURS, THEIRS, one, other], "d")
    assert (problem.kind, set(problem.records)) == ("fork", {one.id, other.id})


def test_a_file_edited_by_hand_is_a_gap_that_names_the_last_records():
    (problem,) = found([FIRST, OURS], "edited")
    assert (problem.kind, problem.records) == ("gap", (OURS.id, FIRST.id))
    assert problem.message == (
        f"{KEY}: changed without a decision, by hand or by a merge (gap): {OURS.id} (2026-02-02, Bob: shorter pauses) ends "
        f"at {state('b')}, but the file is {state('edited')}, nor is it what {FIRST.id} (2026-01-01, Ada: Ada meant it) "
        "left; take the file back from git, or `parity run --case plain`, then `parity accept --case plain --reason …`"
    )


def test_a_file_that_is_older_than_its_last_record_says_whose_it_is():
    (problem,) = found([FIRST, OURS], "a")
    assert f"but the file is {state('a')}, where {FIRST.id} (2026-01-01, Ada: Ada meant it) left it" in problem.message


def test_a_file_that_is_gone_without_a_trim_is_a_gap():
    (problem,) = found([FIRST], None)
    assert (problem.kind, problem.records) == ("gap", (FIRST.id,))
    assert "but the file is gone; take the file back" in problem.message


def test_a_trimmed_golden_is_in_order_and_one_that_came_back_is_a_gap():
    trim = record("a", None, FIRST)
    assert found([FIRST, trim], None) == []
    (problem,) = found([FIRST, trim], "a")
    assert problem.kind == "gap" and f"ends at no file, but the file is {state('a')}" in problem.message
    assert found([FIRST, trim, record(None, "b", trim)], "b") == []


def test_a_record_whose_previous_was_removed_is_a_gap_that_names_both():
    (problem,) = found([OURS], "b")
    assert (problem.kind, problem.records) == ("gap", (OURS.id, FIRST.id))
    assert (
        f"{OURS.id} (2026-02-02, Bob: shorter pauses) follows {FIRST.id}, which the ledger does not hold"
        in problem.message
    )


def test_a_record_that_starts_elsewhere_than_the_one_it_follows_ended_is_a_gap_that_names_both():
    skipping = record("z", "d", OURS)
    (problem,) = found([FIRST, OURS, skipping], "d")
    assert (problem.kind, problem.records) == ("gap", (OURS.id, skipping.id))
    assert f"ends at {state('b')}\n  {skipping.id}" in problem.message
    assert f"starts from {state('z')}" in problem.message


def test_records_about_other_goldens_do_not_count():
    other = record(None, "z", key="plain/return.json")
    assert found([FIRST, other], "a") == []


BROKEN = {
    "forked": ([FIRST, OURS, THEIRS], "b and c"),
    "created twice": ([FIRST, record(None, "b", by="Bob")], "b"),
    "edited": ([FIRST, OURS], "edited"),
    "gone": ([FIRST, OURS], None),
    "without its previous": ([OURS], "b"),
    "without its previous, further back": ([OURS, record("b", "d", OURS)], "d"),
    "skipping": ([FIRST, OURS, record("z", "d", OURS)], "d"),
    "skipping in the middle": ([FIRST, skip := record("z", "b", FIRST), record("b", "d", skip)], "d"),
    "forked and without its previous": ([OURS, THEIRS], "b"),
    "unrecorded": ([], "a"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("after", ["decided", None])
def test_a_decision_made_now_puts_any_history_in_order_again(name, after):
    records, file = BROKEN[name]
    assert found(records, file), "not broken"
    change = following(records, KEY, category="fix" if after else "trim", before=state(file), after=state(after))
    healed = [*records, of({KEY: change}, by="Eve")]
    assert found(healed, after) == []
    on = following(healed, KEY, category="fix", before=state(after), after=state("on"))
    assert found([*healed, of({KEY: on})], "on") == []


def test_what_was_edited_by_hand_never_becomes_a_state_of_the_history():
    change = following([FIRST, OURS], KEY, category="fix", before=state("edited"), after=state("d"))
    assert change == Recorded("fix", state("b"), state("d"), (OURS.id,))


def test_the_first_record_of_a_golden_that_was_there_before_the_ledger_starts_from_it():
    assert following([], KEY, category="fix", before=state("a"), after=state("b")) == Recorded(
        "fix", state("a"), state("b"), ()
    )


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_the_same_for_several_goldens_of_a_case_is_said_once():
    keys = [f"plain/{name}.json" for name in "abcdefg"]
    first = of({key: Recorded("create", None, state("a"), ()) for key in keys})
    both = [of({key: Recorded("fix", state("a"), state(by), (first.id,)) for key in keys}, by=by) for by in ("b", "c")]
    (said,) = messages(problems([first, *both], dict.fromkeys(keys, state("b"))), "golden/snapshots")
    assert said.startswith("golden/snapshots/plain/a.json: decided differently")
    assert said.endswith("\n  the same of b.json, c.json, d.json, e.json and 2 more")


def test_a_project_that_starts_a_ledger_is_told_so_once():
    files = {f"case{number}/{name}.json": state("a") for number in range(6) for name in "ab"}
    assert messages(problems([], files), "snapshots") == [
        "snapshots: 12 goldens of 6 cases are in no record of the ledger: `parity run`, then `parity accept --all --reason …`"
    ]
