"""Mutations of what a run left behind: files that are missing, extra, swapped, torn or misnamed, and how it ended."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from parity.pipeline.capture import RUN_FILE, STDOUT, Capture
from parity.pipeline.parts import RUN, Pipeline
from parity.run.record import run_document
from parity.tools.drill.results import Mutated

#: What is done to a folder; it may return another exit code.
Do = Callable[[Path], int | None]


@dataclass(frozen=True)
class FileMutation(Mutated):
    """One mutation of a capture on disk. ``names``: what must match the beginning of one finding's line each."""

    names: tuple[str, ...]
    do: Do


def copied(pipeline: Pipeline, capture: Capture, folder: Path, do: Do | None = None) -> Capture:
    """A copy of ``capture`` in ``folder`` after ``do`` was done there; artifacts and tree are found anew, as after a run.

    Files are links to the original: ``do`` must replace them, not write into them.
    """
    shutil.copytree(capture.folder, folder, copy_function=os.link)
    exit_code = do(folder) if do is not None else None
    exit_code = capture.exit_code if exit_code is None else exit_code
    assert exit_code is not None, "a run that never ended cannot be mutated"
    found = pipeline.find(folder)
    document = run_document(folder, exit_code=exit_code, found=found, inputs=())
    rewrite(folder / RUN_FILE, json.dumps(document, ensure_ascii=False).encode())
    files = {**found.files, RUN: RUN_FILE}
    return replace(
        capture, folder=folder, exit_code=exit_code, files=files, problems=found.problems, stamps=found.stamps
    )


def rewrite(file: Path, content: bytes) -> None:
    """Replace a file that may be a link."""
    file.unlink(missing_ok=True)
    file.write_bytes(content)


def sample(captures: Sequence[Capture], *, each: int, seed: int) -> list[FileMutation]:
    """``each`` mutations of every kind, over ``captures`` in turn."""
    rng = random.Random(seed)
    made = []
    for kind, (choices, make) in _KINDS.items():
        for number in range(each):
            capture = captures[(number + rng.randrange(len(captures))) % len(captures)]
            if among := choices(capture):
                artifact, text, names, do = make(capture, rng.choice(among), rng)
                made.append(FileMutation(kind, "", capture.case, artifact, "", "", text, "", names, do))
    return made


#: The artifact that is changed, in words how, what must match the beginning of one finding's line each, and the change.
Made = tuple[str, str, tuple[str, ...], Do]


def _written(capture: Capture) -> list[str]:
    """Artifacts that are files of the working folder."""
    return sorted(name for name, file in capture.files.items() if file.startswith("work/"))


def _stamped(capture: Capture) -> list[str]:
    return [name for name in _written(capture) if any(stamp in capture.files[name] for stamp in capture.stamps)]


def _unequal(capture: Capture) -> list[tuple[str, str]]:
    """Pairs of artifacts whose files differ."""
    written = _written(capture)
    return [(a, b) for a in written for b in written if a < b and capture.raw(a) != capture.raw(b)]


def _line(artifact: str) -> str:
    return re.escape(artifact) + ": "


def _missing(capture: Capture, artifact: str, rng: random.Random) -> Made:
    file = capture.files[artifact]

    def do(folder: Path) -> None:
        (folder / file).unlink()

    return artifact, f"{Path(file).name} removed", (_line(artifact),), do


def _extra(capture: Capture, beside: str, rng: random.Random) -> Made:
    file = Path(capture.files[beside])
    name = rng.choice(["drill.json", "drill.wav", ".drill.partial"])

    def do(folder: Path) -> None:
        (folder / file.parent / name).write_bytes(b"{}")

    return RUN, f"{name} beside {file.name}", (r"run: tree.*" + re.escape(name),), do


def _swapped(capture: Capture, pair: tuple[str, str], rng: random.Random) -> Made:
    first, second = pair

    def do(folder: Path) -> None:
        contents = capture.raw(first), capture.raw(second)
        rewrite(folder / capture.files[second], contents[0])
        rewrite(folder / capture.files[first], contents[1])

    return first, f"contents of {first} and {second} exchanged", (_line(first), _line(second)), do


def _torn(capture: Capture, artifact: str, rng: random.Random) -> Made:
    content = capture.raw(artifact)
    keep = rng.randrange(len(content) - 2)

    def do(folder: Path) -> None:
        rewrite(folder / capture.files[artifact], content[:keep])

    names = (_line(artifact) + ".*not JSON", r"run: tree.*no JSON")
    return artifact, f"{keep} of {len(content)} bytes left", names, do


def _stamp(capture: Capture, artifact: str, rng: random.Random) -> Made:
    file = capture.files[artifact]
    stamp = next(stamp for stamp in capture.stamps if stamp in file)
    at = max(at for at, sign in enumerate(stamp) if sign.isdigit())
    other = stamp[:at] + str((int(stamp[at]) + 1) % 10) + stamp[at + 1 :]

    def do(folder: Path) -> None:
        (folder / file).rename(folder / file.replace(stamp, other))

    return artifact, f"{Path(file).name}: {stamp} → {other}", (r"run of \w+: .*stamps", r"run: tree"), do


def _exit_code(capture: Capture, code: int, rng: random.Random) -> Made:
    return RUN, f"exit code {capture.exit_code} → {code}", (r"run: exit_code",), lambda folder: code


def _stdout(capture: Capture, line: str, rng: random.Random) -> Made:
    lines = (capture.folder / STDOUT).read_text(encoding="utf-8").splitlines()
    at = rng.randrange(len(lines) + 1)

    def do(folder: Path) -> None:
        polluted = [*lines[:at], line, *lines[at:]]
        rewrite(folder / STDOUT, "".join(f"{each}\n" for each in polluted).encode())

    return RUN, f"line {line!r} on stdout", (r"run: stdout",), do


#: Kind → what of a capture it can be done to, or with, and what makes it of one of these.
_KINDS: Mapping[str, tuple[Callable[[Capture], Sequence[Any]], Callable[[Capture, Any, random.Random], Made]]] = {
    "file missing": (lambda capture: sorted(set(capture.files) - {RUN}), _missing),
    "file extra": (_written, _extra),
    "file swapped": (_unequal, _swapped),
    "file torn": (_written, _torn),
    "stamp mismatch": (_stamped, _stamp),
    "exit code": (lambda capture: [code for code in (0, 1, 2, 3, 4, 139) if code != capture.exit_code], _exit_code),
    "stdout pollution": (lambda capture: ["Loading model…", "", "Speed: 12.1ms preprocess, 80.0ms inference"], _stdout),
}
