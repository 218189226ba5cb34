"""The schemas of a project as a whole: those on disk, those its pipeline derives, and the tolerance classes they name."""

from __future__ import annotations

from parity.compare import tolerance
from parity.compare.tolerance import Tolerances
from parity.contract import lint, registry
from parity.contract.registry import Schemas
from parity.contract.visit import parts
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.verdict import ContractError


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


def tolerances(config: Config, schemas: Schemas) -> Tolerances:
    """The tolerance classes; ContractError when a schema names one, or a flip rule, that is not among them."""
    found = tolerance.load(config.tolerances)
    for schema_id, schema in schemas.documents.items():
        for place, part in parts(schema):
            for what, name in lint.unknown(part, found.classes, found.flips):
                known = found.classes if what == "tolerance class" else found.flips
                raise ContractError(
                    f"{schema_id}{place}: unknown {what} {name!r}; {config.relative(config.tolerances)} has "
                    f"{', '.join(sorted(known)) or 'none'}: name one of them, or add it there"
                )
    return found
