"""Real merges by git: the ledger merges without a conflict, and goldens that merged without a word are found out."""

from __future__ import annotations

import json

from parity.files import write_atomically
from parity.goldens import history, ledger
from parity.goldens.history import following, problems
from parity.goldens.ledger import digest
from parity.pipeline import cases, settings
from parity.pipeline.load import load_pipeline
from tests.harness.conftest import ROOT
from tests.harness.goldens.ledger.conftest import LEDGER, git
from tests.harness.goldens.ledger.records import KEY, of, record


def regenerate(repository, change, *, by: str) -> ledger.Record:
    """Change the golden of the scores and put that on record."""
    file, book = repository.root / "golden/snapshots" / KEY, repository.root / LEDGER
    document = json.loads(file.read_text(encoding="utf-8"))
    change(document)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    before, after = digest(file.read_bytes()), digest(text.encode())
    made = of({KEY: following(ledger.load(book), KEY, category="fix", before=before, after=after)}, by=by)
    write_atomically(file, text)
    ledger.append(book, made)
    return made


def found(repository):
    config = settings.load(repository.root / "parity.toml")
    records = ledger.load(config.ledger)
    files = history.files(config, load_pipeline(config), cases.discover(config), records, complete=True)
    return problems(records, files)


def first_word(document):
    document["Items"][0]["text"] = "ours"


def last_word(document):
    document["Items"][119]["text"] = "theirs"


def test_two_branches_that_append_different_records_merge_without_conflict(repository, on_branch):
    file = repository.root / LEDGER
    on_branch("ours", lambda: ledger.append(file, record(None, "a", key="one/scores.json", by="Bob")))
    on_branch("theirs", lambda: [ledger.append(file, record(None, "a", key=f"{i}/scores.json", by="Cy")) for i in "ab"])
    git(repository.root, "merge", "-q", "ours")
    git(repository.root, "merge", "-q", "theirs")
    assert git(repository.root, "status", "--porcelain") == ""
    assert sorted(each.author for each in ledger.load(file)) == ["Ada", "Bob", "Cy", "Cy"]
    assert file.read_text().endswith("\n")


def test_a_rebase_of_one_branch_onto_the_other_keeps_both_records(repository, on_branch):
    file = repository.root / LEDGER
    on_branch("ours", lambda: ledger.append(file, record(None, "a", key="one/scores.json", by="Bob")))
    on_branch("theirs", lambda: ledger.append(file, record(None, "a", key="two/scores.json", by="Cy")))
    git(repository.root, "checkout", "-q", "theirs")
    git(repository.root, "rebase", "-q", "ours")
    assert [each.author for each in ledger.load(file)] == ["Ada", "Bob", "Cy"]


def test_regenerations_on_two_branches_that_git_merges_cleanly_are_a_fork_that_names_both(repository, on_branch):
    made = []
    on_branch("ours", lambda: made.append(regenerate(repository, first_word, by="Bob")))
    on_branch("theirs", lambda: made.append(regenerate(repository, last_word, by="Cy")))
    git(repository.root, "merge", "-q", "ours")
    git(repository.root, "merge", "-q", "theirs")
    merged = json.loads((repository.root / "golden/snapshots" / KEY).read_text())
    assert (merged["Items"][0]["text"], merged["Items"][119]["text"]) == ("ours", "theirs"), (
        "git did not merge the goldens"
    )
    (problem,) = found(repository)
    assert (problem.key, problem.kind, set(problem.records)) == (KEY, "fork", {each.id for each in made})
    assert "which none of them accepted" in problem.message
    # A decision about what was merged puts it in order.
    regenerate(repository, lambda document: None, by="Dee")
    assert found(repository) == []


def test_the_same_regeneration_on_two_branches_merges_and_is_in_order(repository, on_branch):
    on_branch("ours", lambda: regenerate(repository, first_word, by="Bob"))
    on_branch("theirs", lambda: regenerate(repository, first_word, by="Cy"))
    git(repository.root, "merge", "-q", "ours")
    git(repository.root, "merge", "-q", "theirs")
    assert len(ledger.load(repository.root / LEDGER)) == 3
    assert found(repository) == []


def test_an_edit_without_a_record_that_merges_into_a_regeneration_is_a_gap(repository, on_branch):
    def by_hand() -> None:
        file = repository.root / "golden/snapshots" / KEY
        file.write_text(file.read_text().replace('"word119"', '"by hand"'))

    on_branch("ours", lambda: regenerate(repository, first_word, by="Bob"))
    on_branch("theirs", by_hand)
    git(repository.root, "merge", "-q", "ours")
    git(repository.root, "merge", "-q", "theirs")
    (problem,) = found(repository)
    assert problem.kind == "gap" and problem.records[0] == ledger.load(repository.root / LEDGER)[-1].id


def test_a_revert_that_takes_file_and_record_back_together_is_in_order(repository, on_branch):
    on_branch("ours", lambda: regenerate(repository, first_word, by="Bob"))
    git(repository.root, "merge", "-q", "ours")
    git(repository.root, "revert", "--no-edit", "HEAD")
    assert found(repository) == []


def test_a_record_that_was_picked_without_what_it_follows_is_found_out(repository, on_branch):
    def twice() -> None:
        regenerate(repository, first_word, by="Bob")
        git(repository.root, "commit", "-qam", "first")
        regenerate(repository, last_word, by="Bob")

    on_branch("ours", twice)
    git(repository.root, "cherry-pick", "ours")
    (problem,) = found(repository)
    assert problem.kind == "gap" and problem.records[0] == ledger.load(repository.root / LEDGER)[-1].id


def test_a_regeneration_that_is_reverted_under_a_later_one_is_found_out(repository, on_branch):
    on_branch("ours", lambda: regenerate(repository, first_word, by="Bob"))
    git(repository.root, "merge", "-q", "ours")
    regenerate(repository, last_word, by="Cy")
    git(repository.root, "commit", "-qam", "theirs")
    git(repository.root, "revert", "--no-edit", "HEAD~")
    (problem,) = found(repository)
    assert problem.kind == "gap" and "changed without a decision, by hand or by a merge" in problem.message


def test_git_leaves_the_bytes_of_goldens_and_ledgers_alone_whatever_its_settings(repository):
    before = {file: file.read_bytes() for file in (repository.root / "golden").rglob("*") if file.is_file()}
    git(repository.root, "config", "core.autocrlf", "true")
    git(repository.root, "rm", "-rq", "--cached", ".")
    for file in before:
        file.unlink()
    git(repository.root, "reset", "-q", "--hard")
    assert {file: file.read_bytes() for file in before} == before
    assert (repository.root / "corpus/plain/input.json").read_bytes().count(b"\r\n"), "the setting did nothing"


def test_the_projects_ledgers_are_the_ones_that_git_merges_line_by_line():
    config = settings.load(ROOT / "parity.toml")
    for file in (config.ledger, config.declared):
        said = git(ROOT, "check-attr", "merge", "--", config.relative(file))
        assert said.strip().endswith("merge: union")
