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

from parity.pipeline.capture import RUN_FILE, STDOUT, Capture
from parity.pipeline.parts import RUN, Pipeline
from parity.run.record import run_document


@dataclass(frozen=True)
class FileMutation:
    """One mutation of a capture on disk. ``names``: what must match the beginning of one finding's line each."""

    kind: str
    case: str
    what: str
    text: str
    names: tuple[str, ...]
    do: Callable[[Path], int | None]


def copied(
    pipeline: Pipeline, capture: Capture, folder: Path, do: Callable[[Path], int | None] | None = None
) -> Capture:
    """A copy of ``capture`` in ``folder`` after ``do`` was done there; artifacts and tree are found anew, as after a run.

    ``do`` may return another exit code. Files are links to the original: it must replace them, not write into them.
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
    for kind, make in _KINDS.items():
        for number in range(each):
            capture = captures[(number + rng.randrange(len(captures))) % len(captures)]
            found = make(capture, rng)
            if found is not None:
                made.append(replace(found, kind=kind, case=capture.case))
    return made


def _written(capture: Capture) -> list[str]:
    """Artifacts that are files of the working folder."""
    return sorted(name for name, file in capture.files.items() if file.startswith("work/"))


def _line(artifact: str) -> str:
    return re.escape(artifact) + ": "


def _missing(capture: Capture, rng: random.Random) -> FileMutation | None:
    if not (files := sorted(set(capture.files) - {RUN})):
        return None
    artifact = rng.choice(files)
    file = capture.files[artifact]

    def do(folder: Path) -> None:
        (folder / file).unlink()

    return _made(artifact, f"{Path(file).name} removed", (_line(artifact),), do)


def _extra(capture: Capture, rng: random.Random) -> FileMutation | None:
    if not (written := _written(capture)):
        return None
    beside = capture.files[rng.choice(written)]
    name = rng.choice(["drill.json", "drill.wav", ".drill.partial"])

    def do(folder: Path) -> None:
        ((folder / beside).parent / name).write_bytes(b"{}")

    return _made(RUN, f"{name} beside {Path(beside).name}", (r"run: tree.*" + re.escape(name),), do)


def _swapped(capture: Capture, rng: random.Random) -> FileMutation | None:
    written = _written(capture)
    pairs = [(a, b) for a in written for b in written if a < b and capture.raw(a) != capture.raw(b)]
    if not pairs:
        return None
    first, second = rng.choice(pairs)

    def do(folder: Path) -> None:
        contents = capture.raw(first), capture.raw(second)
        rewrite(folder / capture.files[second], contents[0])
        rewrite(folder / capture.files[first], contents[1])

    return _made(first, f"contents of {first} and {second} exchanged", (_line(first), _line(second)), do)


def _torn(capture: Capture, rng: random.Random) -> FileMutation | None:
    if not (written := _written(capture)):
        return None
    artifact = rng.choice(written)
    content = capture.raw(artifact)
    keep = rng.randrange(len(content) - 2)

    def do(folder: Path) -> None:
        rewrite(folder / capture.files[artifact], content[:keep])

    return _made(
        artifact, f"{keep} of {len(content)} bytes left", (_line(artifact) + ".*not JSON", r"run: tree.*no JSON"), do
    )


def _stamp(capture: Capture, rng: random.Random) -> FileMutation | None:
    stamped = [name for name in _written(capture) if any(stamp in capture.files[name] for stamp in capture.stamps)]
    if not stamped:
        return None
    artifact = rng.choice(stamped)
    file = capture.files[artifact]
    stamp = next(stamp for stamp in capture.stamps if stamp in file)
    digits = [at for at, sign in enumerate(stamp) if sign.isdigit()]
    other = stamp[: digits[-1]] + str((int(stamp[digits[-1]]) + 1) % 10) + stamp[digits[-1] + 1 :]

    def do(folder: Path) -> None:
        (folder / file).rename(folder / file.replace(stamp, other))

    return _made(artifact, f"{Path(file).name}: {stamp} → {other}", (r"run of \w+: .*stamps", r"run: tree"), do)


def _exit_code(capture: Capture, rng: random.Random) -> FileMutation:
    code = rng.choice([each for each in (0, 1, 2, 3, 4, 139) if each != capture.exit_code])
    return _made(RUN, f"exit code {capture.exit_code} → {code}", (r"run: exit_code",), lambda folder: code)


def _stdout(capture: Capture, rng: random.Random) -> FileMutation:
    lines = (capture.folder / STDOUT).read_text(encoding="utf-8").splitlines()
    line = rng.choice(["Loading model…", "", "Speed: 12.1ms preprocess, 80.0ms inference"])
    at = rng.randrange(len(lines) + 1)

    def do(folder: Path) -> None:
        polluted = [*lines[:at], line, *lines[at:]]
        rewrite(folder / STDOUT, "".join(f"{each}\n" for each in polluted).encode())

    return _made(RUN, f"line {line!r} on stdout", (r"run: stdout",), do)


def _made(what: str, text: str, names: tuple[str, ...], do: Callable[[Path], int | None]) -> FileMutation:
    return FileMutation("", "", what, text, names, do)


_KINDS: Mapping[str, Callable[[Capture, random.Random], FileMutation | None]] = {
    "file missing": _missing,
    "file extra": _extra,
    "file swapped": _swapped,
    "file torn": _torn,
    "stamp mismatch": _stamp,
    "exit code": _exit_code,
    "stdout pollution": _stdout,
}
