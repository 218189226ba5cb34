"""Does a document keep its contract: valid by its schema, every leaf covered by it, no NaN, no 1.0 for an integer."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from harness.contract import fast
from harness.contract.nodes import Node, compile_schema, has_type
from harness.contract.registry import Schemas

#: How many violations of one document are listed.
LISTED = 20


@dataclass(frozen=True)
class Violation:
    """One breach: where in the document, and what is wrong."""

    path: str
    message: str


@dataclass(frozen=True)
class Contract:
    """One schema, ready to validate and to walk along; ``fingerprint`` is one of all schemas it may refer to."""

    schema_id: str
    node: Node
    reference: Draft202012Validator
    fast: Any
    fingerprint: str = ""

    @cached_property
    def has_texts(self) -> bool:
        """Whether a text of the document holds JSON of its own, which the validators do not look into."""
        seen: set[Node] = set()
        rest = [self.node]
        while rest:
            node = rest.pop()
            if node.content is not None:
                return True
            if node not in seen:
                seen.add(node)
                rest += node.inside
        return False


def build(schemas: Schemas, schema_id: str) -> Contract:
    """Compile ``schema_id`` for the walk, the reference validator and the fast one."""
    node = compile_schema(schemas, schema_id)
    schema = schemas.get(schema_id)
    return Contract(
        schema_id=schema_id,
        node=node,
        reference=Draft202012Validator(schema, registry=schemas.registry),
        fast=fast.validator(schema, schemas.fast_registry),
        fingerprint=f"{schema_id} {schemas.fingerprint}",
    )


def violations(document: object, contract: Contract) -> list[Violation]:
    """Every breach of ``contract`` in ``document``, those of the schema first; at most ``LISTED`` of each kind."""
    found: list[Violation] = []
    if not contract.fast.is_valid(document):
        for error in map(_closest, contract.reference.iter_errors(document)):
            found.append(Violation(_dotted(error.absolute_path), error.message[:300]))
            if len(found) == LISTED:
                break
        if not found:
            found.append(Violation("", "the fast validator refuses what the reference validator accepts"))
    for violation, _ in zip(_walk(document, contract.node, ""), range(LISTED), strict=False):
        found.append(violation)
    return found


def _closest(error: ValidationError) -> ValidationError:
    """Of a value that fits no alternative, the breach inside the one that fits best: it has a place of its own."""
    return best_match([error]) or error


def uncovered(document: object, contract: Contract) -> list[str]:
    """Paths of leaves that no schema covers."""
    return list(_uncovered(document, contract.node, ""))


def join(path: str, step: str | int) -> str:
    """``path`` one step further: ``a.b``, ``a[3]``, and ``a["odd key"]`` where a key is no plain word."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if _is_plain(step):
        return f"{path}.{step}" if path else step
    return f"{path}[{json.dumps(step, ensure_ascii=False)}]"


@lru_cache(maxsize=4096)
def _is_plain(key: str) -> bool:
    return bool(key) and all(character.isalnum() or character in "_-" for character in key)


def _dotted(steps: Any) -> str:
    path = ""
    for step in steps:
        path = join(path, step)
    return path


def _walk(value: object, node: Node | None, path: str) -> Iterator[Violation]:
    node = node.choose(value) if node is not None else None
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, node.child(key) if node else None, join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, node.item(index) if node else None, join(path, index))
    elif isinstance(value, float) and not math.isfinite(value):
        yield Violation(path, f"{value} is no JSON number: write null when there is no value")
    elif isinstance(value, float) and node and node.types and not any(has_type(value, name) for name in node.types):
        yield Violation(path, f"{value!r} is a real number, expected {' or '.join(sorted(node.types))}")
    elif isinstance(value, str) and node and node.content is not None:
        try:
            inside = json.loads(value)
        except ValueError as error:
            yield Violation(path, f"is not a JSON text: {error}")
            return
        if node.content.validator is not None:
            for error in node.content.validator.iter_errors(inside):
                yield Violation(
                    f"{path}(json){'.' if error.absolute_path else ''}{_dotted(error.absolute_path)}",
                    error.message[:300],
                )
        yield from _walk(inside, node.content, f"{path}(json)")


def _uncovered(value: object, node: Node | None, path: str) -> Iterator[str]:
    if node is not None:
        node = node.choose(value)
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _uncovered(item, node.child(key) if node else None, join(path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _uncovered(item, node.item(index) if node else None, join(path, index))
    elif node is None or not (node.types or node.values is not None):
        yield path
