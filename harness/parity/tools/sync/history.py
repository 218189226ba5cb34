"""When the rules were last kept: walks back through the first parents of HEAD and judges each commit as it stood.

Every commit is judged, newest first. A bisection would be wrong: a rule can be broken, mended and broken again.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from parity.english import many
from parity.tools.sync.rules import Judgement, Rule, judge
from parity.tools.sync.tree import Tree

#: How many commits are judged at most.
DEPTH = 50


class NoHistory(Exception):
    """Why there is no history to look at, as one sentence."""


@dataclass(frozen=True)
class Commit:
    """``date`` is the day it was committed (ISO 8601)."""

    id: str
    short: str
    date: str
    subject: str

    def __str__(self) -> str:
        return f"{self.short} {self.date} {self.subject}"


@dataclass(frozen=True)
class Origin:
    """Since when one rule is broken: the last commit that kept it, and the one after, which broke it.

    ``by`` is None when changes that are not committed broke it; ``last`` is None when no commit that was judged kept
    it, and ``why`` then says how far the search came.
    """

    last: Commit | None
    by: Commit | None
    why: str = ""


@dataclass(frozen=True)
class History:
    """Where a tree stands. ``last`` is the newest commit at which every rule that is broken now was kept and none was
    broken; ``unjudged`` are the rules that could not judge it. ``origins`` has each rule that is broken now."""

    head: Commit | None = None
    dirty: bool = False
    last: Commit | None = None
    unjudged: tuple[str, ...] = ()
    origins: dict[str, Origin] = field(default_factory=dict)
    searched: int = 0
    problem: str = ""


class CommitTree(Tree):
    """A commit's files below the folder that git was started in."""

    def __init__(self, git: Git, commit: str) -> None:
        self.git = git
        self.blobs = git.listing(commit)

    def names(self, folder: str) -> Iterable[str]:
        return (name for name in self.blobs if name.startswith(f"{folder}/"))

    def bytes_of(self, path: str) -> bytes | None:
        blob = self.blobs.get(path)
        return None if blob is None else self.git.blob(blob)


class Git:
    """Reads the repository around ``root``; changes nothing. Raises ``NoHistory``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._blobs: dict[str, bytes] = {}

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        command = ["git", "--no-optional-locks", "-C", str(self.root), *arguments]
        # A hook of another repository says by its environment which one it is of.
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        try:
            done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=env)
        except FileNotFoundError:
            raise NoHistory("git is not installed, so no commit can be named") from None
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise NoHistory(f"no commit can be named: {said[0] if said else 'git failed'}")
        return done.stdout

    def log(self, count: int) -> list[Commit]:
        """HEAD and its first parents, newest first."""
        out = self.run("log", "--first-parent", f"-n{count}", "--format=%H%x00%h%x00%cs%x00%s").decode(
            "utf-8", "replace"
        )
        return [Commit(*line.split("\0")) for line in out.splitlines()]

    def dirty(self) -> bool:
        """Whether anything below ``root`` differs from HEAD, files that git does not know included."""
        return bool(self.run("status", "--porcelain", "--", "."))

    def shallow(self) -> bool:
        return self.run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def listing(self, commit: str) -> dict[str, str]:
        """Path → blob of every file below ``root``."""
        entries = self.run("ls-tree", "-r", "-z", commit).decode("utf-8", "surrogateescape").split("\0")
        fields = (entry.partition("\t") for entry in entries if entry)
        return {path: kind.split()[2] for kind, _, path in fields if kind.split()[1] == "blob"}

    def blob(self, blob: str) -> bytes:
        if blob not in self._blobs:
            self.fetch([blob])
        return self._blobs[blob]

    def fetch(self, blobs: Iterable[str]) -> None:
        """Read many blobs with one process: one process per file would take most of the search's time."""
        wanted = [blob for blob in dict.fromkeys(blobs) if blob not in self._blobs]
        if not wanted:
            return
        out = self.run("cat-file", "--batch", stdin="\n".join(wanted).encode() + b"\n")
        at = 0
        for blob in wanted:
            end = out.index(b"\n", at)
            size = int(out[at:end].split()[2])
            self._blobs[blob] = out[end + 1 : end + 1 + size]
            at = end + size + 2


def standing(root: Path) -> History:
    """Where HEAD stands and whether files differ from it; judges nothing."""
    try:
        git = Git(root)
        commits = git.log(1)
        return History(head=commits[0], dirty=git.dirty())
    except NoHistory as error:
        return History(problem=str(error))


def search(root: Path, rules: Sequence[Rule], now: Judgement, *, depth: int = DEPTH) -> History:
    """When each rule that ``now`` finds broken was last kept, and when all were."""
    git = Git(root)
    try:
        commits, dirty = git.log(depth), git.dirty()
        found = History(commits[0] if commits else None, dirty, problem=_end(len(commits), depth, git.shallow()))
        return _searched(git, commits, rules, now, found)
    except NoHistory as error:
        return History(problem=str(error))


def _searched(git: Git, commits: Sequence[Commit], rules: Sequence[Rule], now: Judgement, found: History) -> History:
    """``found`` with what the commits say; its ``problem`` is why the search ends where none of them ends it."""
    origins: dict[str, Origin] = {}
    after: Commit | None = None
    for searched, commit in enumerate(commits, start=1):
        found, judged = replace(found, searched=searched), judge(at(git, commit.id), rules)
        for rule in now.broken:
            if rule in origins:
                continue
            if rule in judged.kept:
                origins[rule] = Origin(commit, after)
            elif rule in judged.unjudged:
                lacking = judged.unjudged[rule]
                origins[rule] = Origin(
                    None, after, f"cannot be judged at {commit}: {lacking.file} has not {lacking.what}"
                )
        if not judged.findings and all(rule in judged.kept for rule in now.broken):
            found = replace(found, last=commit, unjudged=tuple(judged.unjudged), problem="")
            break
        if judged.unjudged.keys() >= set(now.broken):
            ended = f"older commits than {after or commit} cannot be judged by the rules that are broken now"
            found = replace(found, problem=ended)
            break
        after = commit
    rest = {rule: Origin(None, None, found.problem) for rule in now.broken if rule not in origins}
    return replace(found, origins=origins | rest)


def at(git: Git, commit: str) -> CommitTree:
    """The files of ``commit`` (or of a tree), with all that rules read fetched at once."""
    tree = CommitTree(git, commit)
    git.fetch(
        blob for path, blob in tree.blobs.items() if path.endswith((".py", ".schema.json", ".md", ".toml", ".jsonl"))
    )
    return tree


def _end(count: int, depth: int, shallow: bool) -> str:
    known = many(count, "commit")
    if count >= depth:
        return f"not within the last {known}; look further with --depth"
    if shallow:
        return f"not within {known}, all that this shallow clone has; fetch the rest with `git fetch --unshallow`"
    return f"never, in {known} from the first on"
