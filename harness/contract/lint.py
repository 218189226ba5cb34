"""Are the schemas written as a comparison needs them: every leaf typed, described, with a unit, every object closed."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from harness.contract.nodes import KEYWORD

_RANGES = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum", "const"}
_MAPS = ("properties", "patternProperties", "$defs")
_LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")
_SINGLES = ("items", "additionalProperties", "contentSchema")


def problems(
    schema: Mapping[str, Any], *, vocabulary: Mapping[str, Any], classes: Container[str], flips: Container[str] = ()
) -> list[str]:
    """What is wrong with ``schema``, one sentence each; ``vocabulary`` is the schema of the annotation.

    ``classes`` and ``flips`` are the names of the tolerance classes and of the flip rules.
    """
    lint = _Lint(Draft202012Validator(vocabulary), classes, flips)
    return [f"{schema['$id']}{path}: {text}" for path, text in _look(schema, "#", lint)]


@dataclass(frozen=True)
class _Lint:
    vocabulary: Draft202012Validator
    classes: Container[str]
    flips: Container[str]

    def annotation(self, annotation: Mapping[str, Any]) -> Iterator[str]:
        for error in self.vocabulary.iter_errors(annotation):
            yield f"{KEYWORD}: {error.message}"
        if (name := annotation.get("class", "exact")) not in self.classes:
            yield f"{KEYWORD}: unknown class {name!r}"
        if "flip" in annotation and (name := annotation["flip"].get("class")) not in self.flips:
            yield f"{KEYWORD}: unknown flip rule {name!r}"


def _look(schema: Mapping[str, Any], path: str, lint: _Lint) -> Iterator[tuple[str, str]]:
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
        yield from ((path, text) for text in lint.annotation(schema[KEYWORD]))
    for word in _MAPS:
        for key, part in schema.get(word, {}).items():
            yield from _look(part, f"{path}/{word}/{key}", lint)
    for word in _LISTS:
        for index, part in enumerate(schema.get(word, ())):
            yield from _look(part, f"{path}/{word}/{index}", lint)
    for word in _SINGLES:
        if isinstance(schema.get(word), Mapping):
            yield from _look(schema[word], f"{path}/{word}", lint)
