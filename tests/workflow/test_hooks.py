"""The git hooks, with real git in throw-away repositories: what is refused, what is let through, and what is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Stands in for the project's Python: a tree is out of sync when it holds both a.txt and b.txt.
STUB = """\
#!/bin/sh
if [ "$2" = harness.sync ]; then
    [ -n "${SYNC_ENDS:-}" ] && echo "no module" && exit "$SYNC_ENDS"
    [ "$3" = --commit ] && [ "$5" = --no-history ] || exit 9
    held=$(git ls-tree -r --name-only "$4" -- a.txt b.txt | wc -l)
    [ "$held" -lt 2 ] && exit 0
    echo "a.txt:1: does not go with b.txt"
    exit 1
fi
[ "$2 $3 $4" = "parity status --check" ] || exit 9
echo "fork: records 1 and 2"
exit "${STATUS_ENDS:-0}"
"""


class Repository:
    """A clone with the hooks; ``git`` runs git there and returns what came of it."""

    def __init__(self, root: Path, **environment: str) -> None:
        self.root = root
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHON", "PARITY_"))}
        who = {f"GIT_{role}_{what}": "tester@example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C"}
        self.environment = {**kept, **who, **nobody, "PATH": path, **environment}

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.root,
            text=True,
            capture_output=True,
            check=False,
            timeout=60,
            env={**self.environment, **environment},
        )

    def git(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("git", *arguments, **environment)

    def done(self, *arguments: str) -> str:
        ended = self.git(*arguments)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def commit(self, **files: str) -> subprocess.CompletedProcess[str]:
        for name, text in files.items():
            (self.root / f"{name}.txt").write_text(text)
        self.done("add", "-A")
        return self.git("commit", "-m", "change")

    def head(self) -> str:
        return self.done("log", "-1", "--format=%s %H")


def install(repository: Repository) -> subprocess.CompletedProcess[str]:
    return repository.run("make", "--no-print-directory", "-s", "hooks", "PYTHON=python3")


@pytest.fixture
def bare(tmp_path: Path) -> Callable[[], Repository]:
    """Makes a repository with the scripts and a stub of the project's Python; its hooks are not installed yet."""

    def make() -> Repository:
        root = tmp_path / "clone"
        shutil.copytree(ROOT / "scripts/hooks", root / "scripts/hooks")
        shutil.copy(ROOT / "scripts/install_hooks.py", root / "scripts")
        shutil.copy(ROOT / "Makefile", root)
        (root / ".gitignore").write_text(".venv/\n")
        python = root / ".venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(STUB)
        python.chmod(0o755)
        repository = Repository(root)
        repository.done("init", "-q", "-b", "main")
        repository.done("add", "-A")
        repository.done("commit", "-qm", "begin")
        return repository

    return make


@pytest.fixture
def repository(bare: Callable[[], Repository]) -> Repository:
    made = bare()
    assert install(made).returncode == 0
    return made


# ── the real check ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def real(tmp_path: Path) -> Repository:
    """A repository with all that the rules read, and the hooks."""
    root = tmp_path / "project"
    ignore = shutil.ignore_patterns("__pycache__", "*.svg")
    for name in ("rumiai_v2", "schemas", "docs", "harness", "golden", "rumiai_parity", "scripts"):
        shutil.copytree(ROOT / name, root / name, ignore=ignore)
    for name in ("README.md", "Makefile", "parity.toml", ".gitignore"):
        shutil.copy(ROOT / name, root / name)
    repository = Repository(root)
    repository.done("init", "-q", "-b", "main")
    repository.done("add", "-A")
    repository.done("commit", "-qm", "begin")
    assert install(repository).returncode == 0
    return repository


def test_a_commit_is_judged_by_what_is_staged_and_refused_with_place_and_way_out(real: Repository):
    golden = real.root / "golden/snapshots/tutorial/scene_pacing.result.json"
    kept, before = golden.read_bytes(), real.head()

    real.done("rm", "-q", "--cached", "golden/snapshots/tutorial/scene_pacing.result.json")
    refused = real.git("commit", "-m", "break it")
    assert refused.returncode == 1
    assert "the case tutorial has no golden scene_pacing.result.json" in refused.stderr, "though the file lies there"
    assert "commit refused: it would let the configurations drift apart, as said above." in refused.stderr
    assert 'Mend each place ("do" says how), `git add` it, and try again' in refused.stderr
    assert refused.stderr.splitlines()[-1] == "All the same: git commit --no-verify"
    assert real.head() == before

    real.done("add", "-A")
    golden.unlink()
    (real.root / "note.txt").write_text("fine")
    real.done("add", "note.txt")
    allowed = real.git("commit", "-m", "add a note")
    assert (allowed.returncode, allowed.stderr) == (0, ""), "what is not staged is no part of the commit"

    golden.write_bytes(kept)
    real.done("rm", "-q", "--cached", "golden/snapshots/tutorial/scene_pacing.result.json")
    assert real.git("commit", "-qnm", "all the same").returncode == 0


def test_sync_judges_a_commit_or_a_tree_as_git_holds_it(real: Repository):
    begin = real.done("rev-parse", "HEAD")
    real.done("rm", "-q", "--cached", "golden/snapshots/tutorial/run.json")
    tree = real.done("write-tree")
    check = ("python3", "-m", "harness.sync")
    assert real.run(*check, "--commit", begin).stdout.startswith("sync: in sync: ")
    broken = real.run(*check, "--commit", tree)
    assert broken.returncode == 1
    assert "the case tutorial has no golden run.json" in broken.stdout
    unknown = real.run(*check, "--commit", "nix")
    assert unknown.returncode == 2
    assert "--commit nix: no commit can be named: " in unknown.stderr
    assert "name a commit or a tree of this repository" in unknown.stderr


# ── what the hooks make of it ────────────────────────────────────────────────────────────────────────────────


def test_a_merge_of_two_branches_that_do_not_go_together_is_refused_and_stays_open(repository: Repository):
    repository.done("checkout", "-qb", "side")
    assert repository.commit(a="1").returncode == 0
    repository.done("checkout", "-q", "main")
    assert repository.commit(b="1").returncode == 0
    before = repository.head()
    merged = repository.git("merge", "--no-edit", "side")
    assert merged.returncode == 1
    assert "a.txt:1: does not go with b.txt" in merged.stderr
    assert "merge refused: it would let the configurations drift apart" in merged.stderr
    assert "All the same: git commit --no-verify" in merged.stderr
    assert repository.head() == before
    (repository.root / "b.txt").unlink()
    assert repository.commit().returncode == 0, "mended, the open merge is committed"
    assert len(repository.done("log", "-1", "--format=%P").split()) == 2


@pytest.mark.parametrize(("ends", "code"), [("0", 0), ("1", 0), ("3", 1)])
def test_a_merge_that_breaks_the_chain_of_the_goldens_is_refused_and_what_waits_is_not(repository, ends, code):
    repository.done("checkout", "-qb", "side")
    assert repository.commit(one="1").returncode == 0
    repository.done("checkout", "-q", "main")
    assert repository.commit(two="1").returncode == 0
    merged = repository.git("merge", "--no-edit", "side", STATUS_ENDS=ends)
    assert merged.returncode == code, merged.stderr
    if code:
        assert "fork: records 1 and 2" in merged.stderr
        assert "merge refused: two sides decided on the same goldens" in merged.stderr
        again = repository.git("commit", "--no-edit", STATUS_ENDS=ends)
        assert again.returncode == 1, "a merge that is concluded by hand is guarded, too"
        assert repository.git("commit", "--no-edit").returncode == 0


@pytest.mark.parametrize("ends", ["2", "70"])
def test_a_merge_whose_ledger_cannot_be_checked_is_refused_as_such(repository, ends):
    repository.done("checkout", "-qb", "side")
    assert repository.commit(one="1").returncode == 0
    repository.done("checkout", "-q", "main")
    assert repository.commit(two="1").returncode == 0
    merged = repository.git("merge", "--no-edit", "side", STATUS_ENDS=ends)
    assert merged.returncode == 1, merged.stderr
    assert f"could not be checked (parity status --check ended with code {ends})" in merged.stderr
    assert "two sides decided" not in merged.stderr


def test_an_ordinary_commit_does_not_ask_for_the_ledger(repository: Repository):
    (repository.root / "a.txt").write_text("1")
    repository.done("add", "-A")
    assert repository.git("commit", "-m", "x", STATUS_ENDS="3").returncode == 0


def test_a_push_is_judged_by_the_pushed_commit(repository: Repository, tmp_path: Path):
    remote = tmp_path / "remote.git"
    repository.done("init", "-q", "--bare", str(remote))
    repository.done("remote", "add", "origin", str(remote))
    assert repository.git("push", "-q", "origin", "main").returncode == 0
    repository.done("checkout", "-qb", "side")
    for name in "ab":
        (repository.root / f"{name}.txt").write_text("1")
    repository.done("add", "-A")
    repository.done("commit", "-qnm", "all the same")
    repository.done("checkout", "-q", "main")

    refused = repository.git("push", "origin", "side")
    short = repository.done("rev-parse", "--short", "side")
    assert refused.returncode == 1
    assert f"push of {short} refused: it would let the configurations drift apart" in refused.stderr
    assert "All the same: git push --no-verify" in refused.stderr
    assert repository.git("push", "-q", "origin", "main").returncode == 0, "another branch goes through"
    assert repository.git("push", "-q", "--no-verify", "origin", "side").returncode == 0
    repository.done("tag", "old", "side")
    assert repository.git("push", "-q", "origin", "old").returncode == 0
    assert repository.git("push", "-q", "origin", ":side").returncode == 0, "a branch is deleted"


def test_a_check_that_cannot_run_refuses_and_names_the_command(repository: Repository):
    (repository.root / "a.txt").write_text("1")
    repository.done("add", "-A")
    refused = repository.git("commit", "-m", "x", SYNC_ENDS="127")
    assert refused.returncode == 1
    assert (
        "commit refused: it could not be checked (.venv/bin/python -m harness.sync ended with code 127)"
        in refused.stderr
    )
    assert "All the same: git commit --no-verify" in refused.stderr


def test_without_an_installation_the_merge_says_that_the_ledger_was_not_checked(repository: Repository):
    stub = repository.root / ".venv/bin/python"
    bin_folder = repository.root.parent / "bin"
    bin_folder.mkdir()
    stub.rename(bin_folder / "python3")
    path = {"PATH": f"{bin_folder}{os.pathsep}{repository.environment['PATH']}"}
    repository.git("checkout", "-qb", "side")
    (repository.root / "one.txt").write_text("1")
    repository.done("add", "-A")
    assert repository.git("commit", "-qm", "one", **path).returncode == 0
    repository.done("checkout", "-q", "main")
    (repository.root / "two.txt").write_text("1")
    repository.done("add", "-A")
    assert repository.git("commit", "-qm", "two", **path).returncode == 0
    merged = repository.git("merge", "--no-edit", "side", STATUS_ENDS="3", **path)
    assert merged.returncode == 0
    assert "the ledger of the goldens was not checked: nothing is installed (`make setup`)" in merged.stderr


# ── installing ───────────────────────────────────────────────────────────────────────────────────────────────


def test_installing_sets_the_folder_of_hooks_and_says_how_to_undo_it(bare):
    repository = bare()
    for path in (repository.root / "scripts/hooks").iterdir():
        path.chmod(0o644)
    done = install(repository)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "hooks: pre-commit, pre-merge-commit, pre-push now ask `python3 -m harness.sync`; "
        "to undo: git config --unset core.hooksPath\n"
    )
    assert repository.done("config", "core.hooksPath") == "scripts/hooks"
    assert repository.commit(a="1", b="1").returncode == 1
    assert install(repository).returncode == 0, "again"
    repository.done("config", "--unset", "core.hooksPath")
    assert repository.commit(a="1", b="1").returncode == 0


def test_hooks_that_are_there_already_are_named_and_kept(bare):
    repository = bare()
    own = repository.root / ".git/hooks/pre-commit"
    own.parent.mkdir(exist_ok=True)
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    done = install(repository)
    assert done.returncode == 2
    assert "has pre-commit, which would no longer be asked; nothing was changed." in done.stderr
    assert '  pre-push: scripts/hooks/pre-push "$@" || exit 1' in done.stderr
    assert repository.git("config", "core.hooksPath").returncode == 1
    own.unlink()
    repository.done("config", "core.hooksPath", "/elsewhere")
    done = install(repository)
    assert "core.hooksPath is '/elsewhere'; nothing was changed." in done.stderr
    assert repository.done("config", "core.hooksPath") == "/elsewhere"


def test_a_project_that_is_no_repository_of_its_own_is_told_so(bare, tmp_path):
    repository = bare()
    shutil.rmtree(repository.root / ".git")
    done = install(repository)
    assert done.returncode == 2
    assert "expected the top folder of a git repository, got no repository" in done.stderr
    Repository(tmp_path).done("init", "-q")
    assert f"got a folder of {tmp_path}" in install(repository).stderr
