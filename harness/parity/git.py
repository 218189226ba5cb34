"""What git says of the project: the commit a run was made from, and who decides."""

from __future__ import annotations

import getpass
import os
import subprocess
from pathlib import Path

#: Names the author of a decision where git's own setting will not do.
AUTHOR = "PARITY_AUTHOR"


def commit(root: Path) -> str:
    """The checked-out commit, ``+`` behind it when something was changed since; ``unknown`` outside a repository."""
    found = _git(root, "rev-parse", "--short=12", "HEAD")
    if not found:
        return "unknown"
    return found + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")


def author(root: Path) -> str:
    """Whose decision it is: ``PARITY_AUTHOR``, else what git would write into a commit, else the login name."""
    if named := os.environ.get(AUTHOR, "").strip():
        return named
    name, mail = _git(root, "config", "user.name"), _git(root, "config", "user.email")
    if name:
        return f"{name} <{mail}>" if mail else name
    return getpass.getuser()


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except OSError:
        return ""  # no git on this machine
    return done.stdout.strip() if done.returncode == 0 else ""
