"""The last commit that was in sync, and the one that broke a rule, on throw-away repositories."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from parity.tools.sync.command import to_text
from parity.tools.sync.history import History, search, standing
from parity.tools.sync.rules import Found, Rule, check
from parity.tools.sync.tree import Tree


def _equal(tree: Tree):
    if tree.read("a.txt") != tree.read("b.txt"):
        yield Found("b.txt", 1, "differs from a.txt", "the same", "another text", "copy it")


def _short(tree: Tree):
    if len(tree.read("a.txt")) > 9:
        yield Found("a.txt", 1, "is long", "at most 9 bytes", "more", "shorten it")


RULES = (Rule("equal", "both files say the same", _equal), Rule("short", "the first is short", _short))


class Repository:
    """A folder under git whose commits are numbered texts of two files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        identity = {
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@b",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@b",
        }
        dates = {"GIT_AUTHOR_DATE": "2026-03-04T12:00:00Z", "GIT_COMMITTER_DATE": "2026-03-04T12:00:00Z"}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
            env={**inherited, **identity, **dates},
        )
        return done.stdout.strip()

    def write(self, **texts: str | None) -> None:
        for name, text in texts.items():
            file = self.root / f"{name}.txt"
            file.unlink() if text is None else file.write_text(text)

    def commit(self, subject: str, **texts: str | None) -> str:
        self.write(**texts)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def search(self, *, depth: int = 50) -> History:
        return search(self.root, RULES, check(self.root, RULES), depth=depth)

    def text(self) -> list[str]:
        judged = check(self.root, RULES)
        return to_text(
            judged, search(self.root, RULES, judged) if judged.findings else standing(self.root)
        ).splitlines()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


def test_in_sync_names_head_and_whether_files_differ_from_it(repository: Repository):
    repository.commit("Begin", a="1", b="1")
    short = repository.git("rev-parse", "--short", "HEAD")
    assert repository.text() == [f"sync: in sync: 2 rules kept, at {short} 2026-03-04 Begin"]
    repository.write(c="new")
    assert repository.text() == [f"sync: in sync: 2 rules kept, with uncommitted changes on {short} 2026-03-04 Begin"]


def test_drift_names_the_last_commit_in_sync_and_the_one_that_broke_the_rule(repository: Repository):
    repository.commit("Begin", a="1", b="1")
    good = repository.commit("Say two", a="2", b="2")
    bad = repository.commit("Forget b", a="3")
    repository.commit("Another matter", c="x")
    found = repository.search()
    assert (found.last.id, found.last.subject) == (good, "Say two")
    assert found.origins["equal"].by.id == bad
    assert found.origins["equal"].last.id == good
    lines = repository.text()
    assert lines[0] == "sync: drift: 1 place in 1 of 2 rules"
    assert "  b.txt:1: differs from a.txt" in lines
    assert f"  since     {bad[:7]} 2026-03-04 Forget b (kept at {good[:7]})" in lines
    assert lines[-1] == f"last in sync: {good[:7]} 2026-03-04 Say two"


def test_drift_that_is_not_committed_is_said_to_be(repository: Repository):
    good = repository.commit("Begin", a="1", b="1")
    repository.write(a="2")
    found = repository.search()
    assert found.dirty
    assert found.last.id == good
    assert found.origins["equal"].by is None
    assert f"  since     changes that are not committed (kept at {good[:7]})" in repository.text()


def test_a_rule_that_was_broken_mended_and_broken_again_dates_from_the_last_time(repository: Repository):
    repository.commit("Begin", a="1", b="1")
    repository.commit("Break", a="2")
    good = repository.commit("Mend", b="2")
    again = repository.commit("Break again", a="3")
    found = repository.search()
    assert (found.last.id, found.origins["equal"].by.id) == (good, again)


def test_each_rule_has_its_own_origin_and_all_of_them_the_last_commit(repository: Repository):
    good = repository.commit("Begin", a="1", b="1")
    long = repository.commit("Write more", a="1234567890", b="1234567890")
    other = repository.commit("Forget b", a="12345678901")
    found = repository.search()
    assert found.last.id == good
    assert {rule: origin.by.id for rule, origin in found.origins.items()} == {"equal": other, "short": long}


def test_a_commit_that_cannot_be_judged_by_the_broken_rule_is_not_in_sync(repository: Repository):
    repository.commit("Begin", a="1")
    first = repository.commit("Add b", a="2", b="3")
    found = repository.search()
    assert found.last is None
    assert "cannot be judged" in found.origins["equal"].why and "b.txt" in found.origins["equal"].why
    assert f"older commits than {first[:7]}" in found.problem


def test_a_rule_that_cannot_judge_an_old_commit_is_counted(repository: Repository):
    good = repository.commit("Begin", a="1", c="x")
    repository.commit("Write more and add b", a="1234567890", b="1234567890")
    lines = repository.text()
    assert lines[-1] == f"last in sync: {good[:7]} 2026-03-04 Begin; 1 of 2 rules cannot judge it: equal"


def test_nothing_in_sync_within_the_depth_says_how_to_look_further(repository: Repository):
    repository.commit("Begin", a="1", b="1")
    for number in range(3):
        repository.commit(f"Drift {number}", a=f"2{number}")
    found = repository.search(depth=2)
    assert (found.last, found.searched) == (None, 2)
    assert found.problem == "not within the last 2 commits; look further with --depth"


def test_never_in_sync_is_said(repository: Repository):
    repository.commit("Begin", a="1", b="2")
    assert repository.search().problem == "never, in 1 commit from the first on"


def test_a_shallow_clone_says_that_it_is_one(repository: Repository, tmp_path: Path):
    repository.commit("Begin", a="1", b="1")
    repository.commit("Forget b", a="2")
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{repository.root}", tmp_path / "clone"], check=True)
    found = search(tmp_path / "clone", RULES, check(tmp_path / "clone", RULES))
    assert (
        found.problem
        == "not within 1 commit, all that this shallow clone has; fetch the rest with `git fetch --unshallow`"
    )


def test_a_project_in_a_subfolder_is_judged_by_its_own_files(tmp_path: Path):
    outer = Repository(tmp_path / "outer")
    (outer.root / "inner").mkdir()
    (outer.root / "inner" / "a.txt").write_text("1")
    (outer.root / "inner" / "b.txt").write_text("1")
    good = outer.commit("Begin", a="unrelated")
    (outer.root / "inner" / "a.txt").write_text("2")
    outer.commit("Drift")
    found = search(outer.root / "inner", RULES, check(outer.root / "inner", RULES))
    assert found.last.id == good


def test_a_folder_without_git_gets_a_sentence(tmp_path: Path):
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / "b.txt").write_text("2")
    found = search(tmp_path, RULES, check(tmp_path, RULES))
    assert found.problem.startswith("no commit can be named: fatal: not a git repository")


def test_a_hook_of_another_repository_does_not_lead_there(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    good = repository.commit("Begin", a="1", b="1")
    other = Repository(tmp_path / "other")
    other.commit("Elsewhere", a="1", b="1")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    assert standing(repository.root).head.id == good


def test_without_git_installed_the_check_still_judges(repository: Repository, monkeypatch: pytest.MonkeyPatch):
    repository.commit("Begin", a="1", b="1")
    monkeypatch.setenv("PATH", "/nowhere")
    assert standing(repository.root).problem == "git is not installed, so no commit can be named"
    assert repository.text() == ["sync: in sync: 2 rules kept (git is not installed, so no commit can be named)"]
