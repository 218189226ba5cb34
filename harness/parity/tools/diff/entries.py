"""What two paths mean together: one pair, or the pairs of two corpora; and which artifacts of a pair are compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from parity.check.rules import Rules
from parity.pipeline.artifacts import artifacts_of
from parity.pipeline.parts import Pipeline
from parity.tools.diff import sides
from parity.tools.diff.pair import NO_SCHEMA, Options, asked_for
from parity.tools.diff.sides import Side
from parity.verdict import UsageError

#: Case and configuration; None where a side has no such thing.
Key = tuple[str | None, str | None]


@dataclass(frozen=True)
class Entries:
    """``pairs``: what is compared with what. ``only``: keys that one side alone has, by side ("A", "B")."""

    pairs: tuple[tuple[Key, Path, Path], ...]
    only: tuple[tuple[str, Key], ...] = ()
    corpora: bool = False


def pair_up(left: Path, right: Path, pipeline: Pipeline, cases: Iterable[str] = ()) -> Entries:
    """The pairs of two paths. Of two corpora every case and configuration that both have, or only ``cases``."""
    for path in (left, right):
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
    found = [_corpus(path, pipeline) for path in (left, right)]
    cases = set(cases)
    corpora = [each for each in found if each is not None]
    if not corpora:
        if cases:
            raise UsageError("--case chooses among the cases of two corpora, and these are none")
        if left.is_file() != right.is_file():
            raise UsageError(f"{left} and {right}: a file and a folder: compare two of one kind")
        return Entries((((None, None), left, right),))
    if len(corpora) == 1:
        one, other = (left, right) if found[0] is not None else (right, left)
        first = "/".join(part for part in next(iter(corpora[0])) if part)
        raise UsageError(f"{one} is a corpus and {other} is not: name a case of it, as in {one}/{first}")
    chosen = _selected(corpora, cases)
    return _corpora(chosen[0], chosen[1], left, right)


def _selected(found: list[dict[Key, Path]], cases: set[str]) -> list[dict[Key, Path]]:
    known = {case for corpus in found for case, _ in corpus}
    if unknown := sorted(cases - {case for case in known if case}):
        raise UsageError(f"unknown case {unknown[0]!r}; known: {', '.join(sorted(case or '' for case in known))}")
    return [{key: path for key, path in corpus.items() if not cases or key[0] in cases} for corpus in found]


def _corpora(first: dict[Key, Path], second: dict[Key, Path], left: Path, right: Path) -> Entries:
    """Goldens have no configuration: those of a case are compared with each configuration of it."""
    pairs, only = [], []
    for key, path in first.items():
        partners = [(other, there) for other, there in second.items() if _fit(key, other)]
        pairs += [((key[0], key[1] or other[1]), path, there) for other, there in partners]
        only += [] if partners else [("A", key)]
    only += [("B", key) for key in second if not any(_fit(other, key) for other in first)]
    if not pairs:
        has = ", ".join("/".join(filter(None, key)) for key in first) or "nothing"
        has_other = ", ".join("/".join(filter(None, key)) for key in second) or "nothing"
        raise UsageError(f"nothing in common: {left} has {has}; {right} has {has_other}")
    return Entries(tuple(pairs), tuple(only), corpora=True)


def _fit(key: Key, other: Key) -> bool:
    return key[0] == other[0] and (key[1] == other[1] or key[1] is None or other[1] is None)


def _corpus(path: Path, pipeline: Pipeline) -> dict[Key, Path] | None:
    """Case and configuration → folder, for a folder of captures or goldens; None for anything else."""
    if not path.is_dir() or sides.is_capture(path) or sides.is_golden(path, pipeline):
        return None
    found: dict[Key, Path] = {}
    for folder in _folders(path):
        if sides.is_capture(folder):
            found[None, folder.name] = folder
        elif sides.is_golden(folder, pipeline):
            found[folder.name, None] = folder
        else:
            inside = [each for each in _folders(folder) if sides.is_capture(each)]
            found |= {(folder.name, each.name): each for each in inside}
    # A repetition is made anew by every comparison; only the configurations are what a corpus is for.
    found = {key: folder for key, folder in found.items() if key[1] is None or key[1] in pipeline.configurations}
    return found or None


def _folders(path: Path) -> list[Path]:
    return sorted(each for each in path.iterdir() if each.is_dir() and not each.name.startswith("."))


def names(expected: Side, actual: Side, rules: Rules, options: Options) -> list[str]:
    """The artifacts to compare, in the pipeline's order, then what it does not know."""
    if expected.single:
        return _of_files(expected, actual, options)
    known = list(rules.artifacts)
    there = expected.names | actual.names
    usual = _usual(expected, actual, rules) & (expected.possible | actual.possible | expected.names)
    if expected.what == "golden" and sides.case_of(expected, rules.config):
        # Of a case whose run must fail only some artifacts have a golden; what else it left stands in its tree.
        there = expected.names | (actual.names & usual)
    names = [name for name in known if name in there or name in usual] + sorted(there - set(known))
    wanted = options.analyses
    chosen = [name for name in names if not wanted or asked_for(name, wanted)]
    for each in wanted:
        if not any(asked_for(name, [each]) for name in names):
            groups = sorted({name.partition(".")[0] for name in names})
            raise UsageError(f"--analysis {each}: not known; known: {', '.join(groups)}")
    if not any(name in there for name in chosen):
        raise UsageError(f"neither {expected.path} nor {actual.path} has any of: {', '.join(chosen)}")
    return chosen


def _usual(expected: Side, actual: Side, rules: Rules) -> set[str]:
    """What both sides should have: of a case of the corpus what its runs leave, else what every run leaves."""
    pipeline = rules.pipeline
    case = sides.case_of(expected, rules.config) or sides.case_of(actual, rules.config)
    return {artifact.name for artifact in (artifacts_of(pipeline, case) if case else pipeline.artifacts)}


def _of_files(expected: Side, actual: Side, options: Options) -> list[str]:
    if options.analyses:
        raise UsageError("--analysis chooses among the files of two folders, and these are files")
    (first,), (second,) = expected.names, actual.names
    if first != second and not options.schema:
        raise UsageError(
            f"{expected.path} is {first}, {actual.path} is {second}: compare two of one kind, or say how with "
            f"--schema ID (--schema {NO_SCHEMA}: without any)"
        )
    return [first]
