"""What lies behind a comparison, read when something of it is to be drawn: its two documents, the clip of its case."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from parity.check.suite import Suite
from parity.contract.nodes import Node
from parity.documents import Nowhere, at
from parity.explain.findings import Comparing
from parity.explain.settle import SettlingSuite
from parity.pipeline.capture import load
from parity.pipeline.case import Case
from parity.pipeline.cases import discover
from parity.pipeline.load import load_pipeline
from parity.pipeline.settings import Config
from parity.pipeline.stages import Graph
from parity.report.page.marks import holders
from parity.report.page.pictures import at_moments
from parity.run.captures import REPEAT, Captures, repeats_of
from parity.typed import is_number
from parity.verdict import ParityError

Pair = tuple[Any, Any]


@dataclass
class Documents:
    """What is known of a comparison beside its report; every document is read once."""

    suite: Suite
    read: dict[tuple[Comparing, str], Pair] = field(default_factory=dict)
    lengths: dict[str, float | None] = field(default_factory=dict)

    @cached_property
    def graph(self) -> Graph:
        """The stages of the pipeline, asked by place."""
        return Graph(getattr(self.suite.pipeline, "stages", ()))

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        """Case by its name."""
        return {case.name: case for case in discover(self.suite.config)}

    @cached_property
    def holders(self) -> Mapping[str, frozenset[Node]]:
        """Artifacts in which a schema marks boxes → the nodes that hold some."""
        found = {name: holders(contract.node) for name, contract in self.suite.rules.contracts.items()}
        return {name: nodes for name, nodes in found.items() if nodes}

    def node(self, artifact: str) -> Any:
        """The compiled schema of ``artifact``; None of one that the pipeline does not know."""
        contract = self.suite.rules.contracts.get(artifact)
        return contract.node if contract else None

    def pair(self, where: Comparing, artifact: str) -> Pair:
        """The expected and the actual document; None for each where they cannot be had."""
        key = (where, artifact)
        if key not in self.read:
            self.read[key] = self._pair(where, artifact)
        return self.read[key]

    def _pair(self, where: Comparing, artifact: str) -> Pair:
        case, known = self.cases.get(where.case), self.suite.rules.artifacts.get(artifact)
        if case is None or known is None:
            return None, None
        try:
            if where.check == "repeated":
                # The run that was compared, not another one.
                repeated = load(repeats_of(self.suite.config) / case.name / REPEAT)
                self.suite.captures.loaded.setdefault((case.name, REPEAT), repeated)
            return self.suite.sides(where.check, case, where.configuration, known)
        except (ParityError, LookupError, ValueError, OSError):
            return None, None  # the report names what is missing or broken; here is only nothing to draw

    def clip(self, name: str) -> Path | str:
        """The clip of a case, or why there is none."""
        pipeline = self.suite.pipeline
        case, find = self.cases.get(name), getattr(pipeline, "clip", None)
        if case is None:
            return f"there is no case {name} any more"
        if find is None:
            return f"pipeline {pipeline.name} does not say where a case's clip is"
        return find(case) or f"case {name} has no clip of its own"

    def length(self, name: str) -> float | None:
        """How long the clip of a case is (s), asked for once; None where it has none or nobody can read it."""
        if name not in self.lengths:
            clip = self.clip(name)
            self.lengths[name] = at_moments(clip, ()).length if isinstance(clip, Path) else None
        return self.lengths[name]

    def frame_sizes(self, where: Comparing) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
        """Width and height in pixels that the boxes of either side refer to; None where a side does not say."""
        place = getattr(self.suite.pipeline, "frame_size", None)
        if place is None:
            return None, None
        artifact, *paths = place
        expected, actual = (_size(document, paths) for document in self.pair(where, artifact))
        return expected, actual


def _size(document: Any, paths: list[str]) -> tuple[float, float] | None:
    try:
        width, height = (at(document, path) for path in paths)
    except Nowhere:
        return None
    return (width, height) if all(is_number(each) and each > 0 for each in (width, height)) else None


def of(config: Config, report: Mapping[str, Any]) -> Documents:
    """The documents of the comparison in ``report``, where the suite that made it is not at hand."""
    folder = config.root / (report["from"] or config.captures)
    return Documents(SettlingSuite.of(Captures(config, load_pipeline(config), uuid.uuid4().hex, folder)))
