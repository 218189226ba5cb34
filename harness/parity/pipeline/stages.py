"""The stages of a pipeline: which of them made a value, what it reads, and what people call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from parity.paths import below
from parity.pipeline.parts import Stage

_SAID = {"service": "service ", "analysis": "analysis ", "source": "", "media": "", "derived": "", "output": ""}
_NAMES = {"media": "decoded media", "source": "source data"}


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


def label(graph: Graph, name: str | None) -> str:
    """A stage for people: ``service detector``, ``decoded media``."""
    stage = graph.by_name.get(name or "")
    if stage is None:
        return name or "no known stage"
    return _NAMES.get(stage.kind, f"{_SAID[stage.kind]}{stage.name}")
