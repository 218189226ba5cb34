"""The cases of a corpus: one folder each."""

from __future__ import annotations

from collections.abc import Iterable

from parity.pipeline.case import Case
from parity.pipeline.settings import Config
from parity.verdict import UsageError


def discover(config: Config) -> list[Case]:
    """Every case of the project, by name; those that ``parity.toml`` lists, else every folder of the corpus."""
    if config.cases:
        names = list(config.cases)
    elif config.corpus.is_dir():
        names = sorted(path.name for path in config.corpus.iterdir() if path.is_dir() and path.name[0] not in "._")
    else:
        names = []
    cases = [Case(name, config.corpus / name) for name in names]
    for case in cases:
        if not case.folder.is_dir():
            raise UsageError(f"{config.file}: case {case.name!r} has no folder {config.relative(case.folder)}")
    return cases


def select(config: Config, names: Iterable[str]) -> list[Case]:
    """The cases called ``names`` in corpus order; all of them when ``names`` is empty."""
    cases = discover(config)
    wanted = set(names)
    if unknown := sorted(wanted - {case.name for case in cases}):
        known = ", ".join(case.name for case in cases) or "none"
        raise UsageError(f"unknown case {unknown[0]!r} in {config.relative(config.corpus)}; known: {known}")
    if not cases:
        raise UsageError(f"no case in {config.relative(config.corpus)}: add a folder per case")
    return [case for case in cases if not wanted or case.name in wanted]
