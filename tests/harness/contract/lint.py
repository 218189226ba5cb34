"""Are the schemas written as a comparison needs them: every leaf typed, described, with a unit, every object closed."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from parity.check.rules import unknown
from parity.contract.compiler import KEYWORD
from parity.contract.reference import Reference
from parity.contract.visit import parts

_RANGES = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum", "const"}


def problems(
    schema: Mapping[str, Any], *, vocabulary: Mapping[str, Any], classes: Container[str], flips: Container[str] = ()
) -> list[str]:
    """What is wrong with ``schema``, one sentence each; ``vocabulary`` is the schema of the annotation.

    ``classes`` and ``flips`` are the names of the tolerance classes and of the flip rules.
    """
    validator = Reference(vocabulary)
    found = []
    for place, part in parts(schema):
        texts = list(_shape(part))
        if KEYWORD in part:
            texts += [f"{KEYWORD}: {error.message}" for error in validator.iter_errors(part[KEYWORD])]
        texts += [f"{KEYWORD}: unknown {kind} {name!r}" for kind, name in unknown(part, classes, flips)]
        found += [f"{schema['$id']}{place}: {text}" for text in texts]
    return found


def _shape(schema: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one schema, apart from those inside it and from its annotation."""
    types = schema.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    is_object = "properties" in schema or "patternProperties" in schema or "object" in types
    if is_object and schema.get("additionalProperties") is not False:
        yield "the object is open: set additionalProperties to false, use patternProperties for dynamic keys"
    if "array" in types and not ("items" in schema or "prefixItems" in schema):
        yield "the list has no items"
    if types and not types & {"object", "array"}:
        yield from (f"the leaf has no {word}" for word in ("description", KEYWORD) if word not in schema)
    if types & {"number", "integer"} and "string" not in types and not _RANGES & set(schema):
        yield "the number has no range: give minimum or maximum, enum or const"
