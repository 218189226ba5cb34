"""The schemas of a project as a whole: those on disk, those its pipeline derives, and the tolerance classes they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.compare import tolerance
from harness.compare.tolerance import Tolerances
from harness.config import Config
from harness.contract import registry
from harness.contract.nodes import KEYWORD
from harness.contract.registry import Schemas
from harness.pipelines.base import Pipeline
from harness.verdict import ContractError


def all_schemas(config: Config, pipeline: Pipeline) -> Schemas:
    """The project's schemas and those that the pipeline derives from them."""
    schemas = registry.load(config.schemas)
    return schemas.with_documents(pipeline.derived_schemas(schemas.documents))


def tolerances(config: Config, schemas: Schemas) -> Tolerances:
    """The tolerance classes; ContractError when a schema names one, or a flip rule, that is not among them."""
    found = tolerance.load(config.tolerances)
    for schema_id, schema in schemas.documents.items():
        for kind, name, place in _named(schema, "#"):
            known = found.classes if kind == "tolerance class" else found.flips
            if name not in known:
                raise ContractError(
                    f"{schema_id}{place}: unknown {kind} {name!r}; {config.relative(config.tolerances)} has "
                    f"{', '.join(sorted(known)) or 'none'}: name one of them, or add it there"
                )
    return found


def _named(schema: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """(kind, name, place) of every tolerance class and flip rule that ``schema`` names."""
    if isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from _named(part, f"{place}/{index}")
    elif isinstance(schema, Mapping):
        annotation = schema.get(KEYWORD)
        if isinstance(annotation, Mapping):
            if "class" in annotation:
                yield "tolerance class", annotation["class"], place
            if isinstance(annotation.get("flip"), Mapping):
                yield "flip rule", annotation["flip"].get("class"), place
        for key, part in schema.items():
            if key != KEYWORD:
                yield from _named(part, f"{place}/{key}")
