"""Somebody's own file becomes a case of the corpus: all of it, or nothing."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parity.pipeline.case import Case
from parity.pipeline.parts import Adopted, Pipeline
from parity.pipeline.settings import Config
from parity.plain import line
from parity.verdict import UsageError

NAME = re.compile(r"[a-z0-9][a-z0-9_]*")
LONGEST_NAME = 40
#: Above this a file in a repository is felt by everybody who clones it (bytes).
LARGE = 10_000_000
#: A case that is being made; the dot keeps it from being taken for a case. What a killed run left goes with the next.
_UNFINISHED = ".adding-"


def add(
    config: Config, pipeline: Pipeline, file: Path, *, metadata: Path | None = None, name: str | None = None
) -> tuple[Case, Adopted]:
    """Make a case of ``file``, called ``name`` or after the file, and say what was found in it.

    ``metadata`` is a file with what is known about it. Raises ``UsageError``; the corpus is then as it was.
    """
    if not hasattr(pipeline, "adopt"):
        raise UsageError(f"pipeline {pipeline.name} makes no case of a file: write the folder of the case by hand")
    called = name_after(file) if name is None else checked_name(name)
    for path in (file, metadata):
        if path is not None:
            check_file(path)
    place = config.corpus / called
    with _alone(config):
        _check_free(config, place)
        building = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=config.corpus))
        try:
            adopted = pipeline.adopt(Case(called, building), file, metadata)
            building.chmod(0o755)
            building.rename(place)
        except OSError as error:
            where = line(error.filename or config.relative(place))
            raise UsageError(
                f"{where}: {error.strerror or error}; nothing was added: mend that (rights, room on the disk) and try again"
            ) from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return Case(called, place), Adopted(
        adopted.facts, (*adopted.advice, *_sizes(config, place), *_listing(config, called))
    )


def name_after(file: Path) -> str:
    """The name of a case made of ``file``: its letters without accents, its digits, and ``_`` for everything else."""
    letters = unicodedata.normalize("NFKD", file.stem).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:LONGEST_NAME].rstrip("_")
    if not name:
        raise UsageError(
            f"{line(file)}: no letter a-z or digit in its name to call the case by; choose one with --name NAME"
        )
    return name


def checked_name(name: str) -> str:
    """``name``, when a case can be called so."""
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise UsageError(
            f"--name: expected 1-{LONGEST_NAME} letters a-z, digits and underscores, none in front, got {line(name)!r}; "
            "choose another"
        )
    return name


def check_file(path: Path) -> None:
    """``UsageError`` unless ``path`` is a file of its own that holds something."""
    shown = line(path)
    try:
        found = path.lstat()
    except FileNotFoundError:
        raise UsageError(f"{shown}: expected a file, found nothing; check the path") from None
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{shown}: cannot be read ({getattr(error, 'strerror', None) or error}); check the path"
        ) from None
    if stat.S_ISLNK(found.st_mode):
        target = line(os.readlink(path))
        raise UsageError(f"{shown}: expected the file itself, got a symbolic link to {target}; name that file")
    if stat.S_ISDIR(found.st_mode):
        raise UsageError(f"{shown}: expected a file, got a folder; name the file inside it")
    if not stat.S_ISREG(found.st_mode):
        raise UsageError(f"{shown}: expected a file, got a device, pipe or socket; save it as a file first")
    if found.st_size == 0:
        raise UsageError(f"{shown}: expected a file with something in it, got an empty one (0 bytes); copy it again")


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    """One process at a time adds; so what is unfinished and in nobody's hands is what a killed one left."""
    from filelock import FileLock

    config.reports.mkdir(parents=True, exist_ok=True)
    config.corpus.mkdir(parents=True, exist_ok=True)
    with FileLock(config.reports / "corpus.lock"):
        for left in config.corpus.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _check_free(config: Config, place: Path) -> None:
    if os.path.lexists(place):
        raise UsageError(
            f"{config.relative(place)}: exists already, and is left as it is; choose another name with --name NAME"
        )
    goldens = config.snapshots / place.name
    if goldens.exists():
        raise UsageError(
            f"{config.relative(goldens)}: holds goldens of a case that is gone, which would be taken for this one's; "
            "remove the folder, or choose another name with --name NAME"
        )


def _sizes(config: Config, place: Path) -> Iterator[str]:
    for file in sorted(place.iterdir()):
        if (size := file.stat().st_size) > LARGE:
            shown = config.relative(file)
            yield (
                f"{shown} has {size / 1e6:.1f} MB, and a repository keeps it for good: cut or re-encode the original and "
                f"add that, or keep it in Git LFS (`git lfs track {shown}` before `git add`)"
            )


def _listing(config: Config, name: str) -> Iterator[str]:
    if config.cases:
        yield f"{config.relative(config.file)} lists the cases that are run: add {name!r} to `cases`"
