"""Paths in documents: their pattern, the value that stands there, and the stage that made it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from parity.documents import parse
from parity.pipeline.parts import Stage

_STEP = re.compile(r'(?P<text>\(json\))|\[(?P<index>\d+)\]|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]|\.?(?P<key>[\w-]+)')
_ANY_STEP = re.compile(r"\[\d+\]|(?:(?<=\.)|^)\d[\w-]*")


class Nowhere(LookupError):
    """Nothing stands at a path."""


def steps(path: str) -> list[str | int]:
    """The keys and indices of ``path``; ``(json)`` stands for opening a text."""
    found: list[str | int] = []
    for match in _STEP.finditer(path):
        if match["index"] is not None:
            found.append(int(match["index"]))
        else:
            found.append(match["text"] or match["key"] or json.loads(match["quoted"]))
    return found


def at(document: Any, path: str) -> Any:
    """The value at ``path``; ``Nowhere`` where there is none."""
    value = document
    for step in steps(path):
        try:
            value = parse(value) if step == "(json)" else value[step]
        except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
            raise Nowhere(path) from error
    return value


def pattern(path: str) -> str:
    """``path`` with ``[*]`` for every index and ``*`` for every key that begins with a digit (a second, a window)."""
    return _ANY_STEP.sub(lambda match: "[*]" if match[0].startswith("[") else "*", path)


def parent(path: str) -> tuple[str, str]:
    """``path`` without its last step, and that step; a list item's parent is the list."""
    start = max((match.start() for match in _STEP.finditer(path)), default=0)
    return path[:start], path[start:]


def is_item(path: str) -> bool:
    """Whether the last step of ``path`` is a list index."""
    return re.search(r"\[\d+\]$", path) is not None


def below(path: str, prefix: str) -> bool:
    """Whether ``path`` stands at or below ``prefix``."""
    return path.startswith(prefix) and (not prefix or len(path) == len(prefix) or path[len(prefix)] in ".[(")


@dataclass(frozen=True)
class Graph:
    """The stages of a pipeline, asked by place."""

    stages: Sequence[Stage]

    @cached_property
    def by_name(self) -> Mapping[str, Stage]:
        """Stage by its name."""
        return {stage.name: stage for stage in self.stages}

    @cached_property
    def _places(self) -> Mapping[str, list[tuple[str, Stage]]]:
        found: dict[str, list[tuple[str, Stage]]] = {}
        for stage in self.stages:
            for artifact, prefix in stage.places:
                found.setdefault(artifact, []).append((prefix, stage))
        return {name: sorted(each, key=lambda place: -len(place[0])) for name, each in found.items()}

    def stage_of(self, artifact: str, path: str) -> Stage | None:
        """The stage that made what stands at ``path``; None where the graph does not say."""
        return next((stage for prefix, stage in self._places.get(artifact, ()) if below(path, prefix)), None)

    def order(self, name: str | None) -> int:
        """Place of a stage in the run; what has no stage comes last."""
        return next((i for i, stage in enumerate(self.stages) if stage.name == name), len(self.stages))

    def upstream(self, name: str) -> frozenset[str]:
        """Every stage that ``name`` reads from, directly or not."""
        found: set[str] = set()
        waiting = list(self.by_name[name].needs) if name in self.by_name else []
        while waiting:
            need = waiting.pop()
            if need not in found and need in self.by_name:
                found.add(need)
                waiting += self.by_name[need].needs
        return frozenset(found)

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """Names of the stages of these kinds, in order."""
        return tuple(stage.name for stage in self.stages if stage.kind in kinds)


def canonical(stage: Stage | None, path: str) -> str:
    """The one name of a value that stands in several artifacts of its stage."""
    if stage is None:
        return path
    for prefix in sorted(stage.aliases, key=len, reverse=True):
        if path.startswith(prefix) and (prefix.endswith(".") or below(path, prefix)):
            rest = path[len(prefix) :]
            return f"{stage.aliases[prefix]}{rest}".removeprefix(".")
    return path
