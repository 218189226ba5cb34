"""What a project compares by: its contracts, tolerances and declared differences, whatever captures they are held against."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from parity.compare import tolerance
from parity.compare.difference import type_name
from parity.compare.tolerance import Tolerance, Tolerances
from parity.compare.walk import Policy
from parity.contract import check, registry
from parity.contract.check import Contract
from parity.contract.compiler import KEYWORD
from parity.contract.nodes import Node
from parity.contract.registry import Schemas
from parity.contract.visit import parts
from parity.goldens import declared as ledger
from parity.goldens import store
from parity.goldens.declared import Declared
from parity.goldens.form import canonical, masked
from parity.pipeline.artifacts import known_artifacts
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Pipeline
from parity.pipeline.settings import Config
from parity.verdict import ContractError


@dataclass(frozen=True)
class Rules:
    """The rules of one project; each is read when it is first asked for, and raises ``ContractError`` where it is broken."""

    config: Config
    pipeline: Pipeline

    @cached_property
    def artifacts(self) -> dict[str, Artifact]:
        """Everything that some run leaves behind, by name."""
        return {artifact.name: artifact for artifact in known_artifacts(self.pipeline)}

    @cached_property
    def schemas(self) -> Schemas:
        """All schemas, those of derived forms too."""
        return all_schemas(self.config, self.pipeline)

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """Artifact name → its contract."""
        wanted = dict.fromkeys(artifact.schema for artifact in self.artifacts.values())
        by_schema = {name: check.build(self.schemas, name) for name in wanted}
        return {name: by_schema[artifact.schema] for name, artifact in self.artifacts.items()}

    @cached_property
    def tolerances(self) -> Tolerances:
        """Tolerance classes by name."""
        return tolerances_of(self.config, self.schemas)

    @cached_property
    def declared(self) -> list[Declared]:
        """The declared differences between configurations."""
        return ledger.load(
            self.config.declared, configurations=self.pipeline.configurations, artifacts=list(self.artifacts)
        )

    def but(self, **changed: Any) -> Rules:
        """The same with another ``config`` (of a run), ``tolerances`` or ``declared``; what was read already is kept."""
        other = Rules(self.config, self.pipeline)
        vars(other).update({**vars(self), **changed})
        return other

    def node(self, artifact: Artifact) -> Node:
        """The compiled schema of ``artifact``."""
        return self.contracts[artifact.name].node

    def declared_for(self, case: Case, artifact: str) -> list[Declared]:
        """The declared differences of one artifact of the case; none where every configuration reads the same recording."""
        if self.pipeline.replayed(case):
            return []
        return [entry for entry in self.declared if entry.artifact == artifact and entry.holds_in(case.name)]

    def policy(
        self,
        check: str,
        case: Case,
        configuration: str,
        artifact: Artifact,
        *,
        other_media: bool = False,
        fed: bool = False,
        exact: bool = False,
    ) -> Policy:
        """How strictly one comparison is made.

        ``other_media``: the two sides read different files. ``fed``: the actual side is a run on the expected side's data,
        so that its declared values are the expected side's. ``exact``: allow nothing, and still leave out what the
        comparison leaves out.
        """
        if check == "repeated":
            return Policy(expected_by=self.pipeline.reference, actual_by=configuration)
        classes: Mapping[str, Tolerance] | None = self.tolerances if check == "golden" else None
        if other_media:
            classes = self.tolerances.encodings
        if exact and classes is not None:
            classes = dict.fromkeys(classes, tolerance.EXACT)
        declared = self.declared_for(case, artifact.name)
        if check == "golden":
            return Policy(actual_by=configuration, tolerances=classes, declared=declared)
        first = self.pipeline.configurations[0]
        actual_by = first if fed else configuration
        return Policy(expected_by=first, actual_by=actual_by, tolerances=classes, declared=declared)

    def golden_file(self, case: Case, artifact: Artifact) -> str:
        """Where the golden of ``artifact`` lies, for people."""
        if artifact.golden is None:
            return "derived from goldens"
        return self.config.relative(self.config.golden(case.name, artifact.golden))

    def golden(self, case: Case, artifact: Artifact) -> Any:
        """What a run of ``case`` is expected to leave as ``artifact``: its golden, or what is derived from others.

        ``store.MissingGolden``, or ``ContractError`` for one that is broken.
        """
        if artifact.golden:
            return self._stored(case, artifact)
        needed: list[Artifact] = []

        def golden(name: str) -> Any:
            needed.append(self.artifacts[name])
            return self.golden(case, self.artifacts[name])

        try:
            return self.pipeline.expected(artifact, golden)
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            stored = [other.golden for other in needed if other.golden]
            if not stored:
                raise  # no golden has a part in it
            file = self.config.golden(case.name, stored[-1])
            raise store.broken(file, f"{artifact.name} cannot be derived from it: {error!r}") from error

    def _stored(self, case: Case, artifact: Artifact) -> Any:
        file = self.config.golden(case.name, artifact.golden or "")
        golden, node = store.read(file), self.node(artifact)
        typed = [each for each in ([node] if node.types else node.branches) if each.types]
        if typed and not any(each.admits(golden) for each in typed):
            types = sorted({name for each in typed for name in each.types})
            expected = f"expected {' or '.join(types)}, as the schema of {artifact.name} has it"
            raise store.broken(file, f"{expected}, got {type_name(golden)}")
        return golden

    def as_golden(self, case: Case, artifact: Artifact, document: Any) -> str:
        """``document`` as it is stored as a golden: masked where values may differ, in the one order."""
        return canonical(masked(document, self.node(artifact), self.declared_for(case, artifact.name)))


def all_schemas(config: Config, pipeline: Pipeline) -> Schemas:
    """The project's schemas and those that the pipeline derives from them."""
    schemas = registry.load(config.schemas)
    try:
        derived = pipeline.derived_schemas(schemas.documents)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ContractError(
            f"{config.schemas}: the schemas of derived forms cannot be made: {error!r:.160} is missing or not as it was; "
            "take the schemas back from git"
        ) from error
    return schemas.with_documents(derived)


def tolerances_of(config: Config, schemas: Schemas) -> Tolerances:
    """The tolerance classes; ContractError when a schema names one, or a flip rule, that is not among them."""
    found = tolerance.load(config.tolerances)
    for schema_id, schema in schemas.documents.items():
        for place, part in parts(schema):
            for what, name in unknown(part, found.classes, found.flips):
                known = found.classes if what == "tolerance class" else found.flips
                raise ContractError(
                    f"{schema_id}{place}: unknown {what} {name!r}; {config.relative(config.tolerances)} has "
                    f"{', '.join(sorted(known)) or 'none'}: name one of them, or add it there"
                )
    return found


def unknown(part: Mapping[str, Any], classes: Container[str], flips: Container[str]) -> Iterator[tuple[str, Any]]:
    """(what it is, name) of the tolerance class and the flip rule that the annotation of ``part`` names and nobody knows."""
    annotation = part.get(KEYWORD)
    flip = annotation.get("flip") if isinstance(annotation, Mapping) else None
    for what, named, known in (("tolerance class", annotation, classes), ("flip rule", flip, flips)):
        if isinstance(named, Mapping) and named.get("class", "exact") not in known:
            yield what, named.get("class")
