"""``make hooks``: lets git ask ``scripts/hooks/`` before it commits, merges and pushes. Undo: git config --unset core.hooksPath

Needs the standard library alone. Hooks that are there already are never silenced: then nothing is changed, and they are named.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HOOKS = "scripts/hooks"
NAMES = ("pre-commit", "pre-merge-commit", "pre-push")
UNDO = "git config --unset core.hooksPath"


def git(root: Path, *arguments: str) -> str:
    """What git says; an empty text when it says no."""
    done = subprocess.run(["git", "-C", str(root), *arguments], text=True, capture_output=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def in_the_way(root: Path) -> str | None:
    """Why the hooks cannot be installed, and what to do; None when they can."""
    top = git(root, "rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != root.resolve():
        got = f"a folder of {top}" if top else "no repository"
        return f"{root}: expected the top folder of a git repository, got {got}; run `make hooks` in a clone of the project"
    other = git(root, "config", "--get", "core.hooksPath")
    if other not in ("", HOOKS):
        return _beside(f"core.hooksPath is {other!r}")
    if other == HOOKS:
        return None
    folder = root / git(root, "rev-parse", "--git-path", "hooks")
    own = sorted(path.name for path in folder.glob("*") if path.suffix != ".sample" and os.access(path, os.X_OK))
    return _beside(f"{folder} has {', '.join(own)}, which would no longer be asked") if own else None


def _beside(why: str) -> str:
    lines = [f"  {name}: {HOOKS}/{name}" + (' "$@"' if name == "pre-push" else "") + " || exit 1" for name in NAMES]
    return "\n".join([f"{why}; nothing was changed. Add to the hooks of that name:", *lines])


def main(root: Path) -> int:
    """Exit code: 0 installed, 2 not."""
    if (why := in_the_way(root)) is not None:
        print(f"hooks: {why}", file=sys.stderr)
        return 2
    for path in (root / HOOKS).iterdir():
        path.chmod(0o755)  # an archive may have lost it, and git passes over a hook that cannot be executed
    subprocess.run(["git", "-C", str(root), "config", "core.hooksPath", HOOKS], check=True)
    print(f"hooks: {', '.join(NAMES)} now ask `python3 -m harness.sync`; to undo: {UNDO}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
