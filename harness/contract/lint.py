"""Are the schemas written as a comparison needs them: every leaf typed, described, with a unit, every object closed."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from harness.contract.nodes import KEYWORD

_RANGES = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum", "const"}
_MAPS = ("properties", "patternProperties", "$defs")
_LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")
_SINGLES = ("items", "additionalProperties", "contentSchema")


def problems(schema: Mapping[str, Any], *, vocabulary: Mapping[str, Any], classes: Container[str]) -> list[str]:
    """What is wrong with ``schema``, one sentence each; ``vocabulary`` is the schema of the annotation."""
    validator = Draft202012Validator(vocabulary)
    return [f"{schema['$id']}{path}: {text}" for path, text in _look(schema, "#", validator, classes)]


def _look(
    schema: Mapping[str, Any], path: str, validator: Draft202012Validator, classes: Container[str]
) -> Iterator[tuple[str, str]]:
    types = schema.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    is_object = "properties" in schema or "patternProperties" in schema or "object" in types
    if is_object and schema.get("additionalProperties") is not False:
        yield path, "the object is open: set additionalProperties to false, use patternProperties for dynamic keys"
    if "array" in types and not ("items" in schema or "prefixItems" in schema):
        yield path, "the list has no items"
    is_leaf = bool(types) and not types & {"object", "array"}
    if is_leaf:
        for word in ("description", KEYWORD):
            if word not in schema:
                yield path, f"the leaf has no {word}"
    if types & {"number", "integer"} and "string" not in types and not _RANGES & set(schema):
        yield path, "the number has no range: give minimum or maximum, enum or const"
    if KEYWORD in schema:
        for error in validator.iter_errors(schema[KEYWORD]):
            yield path, f"{KEYWORD}: {error.message}"
        if (name := schema[KEYWORD].get("class", "exact")) not in classes:
            yield path, f"{KEYWORD}: unknown class {name!r}"
    for word in _MAPS:
        for key, part in schema.get(word, {}).items():
            yield from _look(part, f"{path}/{word}/{key}", validator, classes)
    for word in _LISTS:
        for index, part in enumerate(schema.get(word, ())):
            yield from _look(part, f"{path}/{word}/{index}", validator, classes)
    for word in _SINGLES:
        if isinstance(schema.get(word), Mapping):
            yield from _look(schema[word], f"{path}/{word}", validator, classes)
