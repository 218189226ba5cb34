"""Validates a document against a schema of this project, references between the schema files resolved."""

from __future__ import annotations

import functools
import json
import math
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import extend
from referencing import Registry, Resource

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"


@functools.cache
def _registry() -> Registry:
    files = sorted(SCHEMAS.rglob("*.schema.json"))
    resources = (Resource.from_contents(json.loads(path.read_text(encoding="utf-8"))) for path in files)
    return Registry().with_resources((r.id(), r) for r in resources)


#: Takes 1 for an integer and 1.0 for a real number, and never one for the other.
_Strict = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "number": lambda _, value: type(value) is float,
            "integer": lambda _, value: type(value) is int,
        }
    ),
)


@functools.cache
def _validator(name: str, strict: bool) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return (_Strict if strict else Draft202012Validator)(schema, registry=_registry())


def validate(document: Any, schema: str, *, strict: bool = False) -> None:
    """Fails with every violation when ``document`` does not meet ``schemas/<schema>``; NaN, infinity and non-JSON too.

    ``strict`` also tells whole reals (1.0) from integers (1), as a document that was just computed should.
    """
    problems = [f"{path}: {what}" for path, what in _not_json(document, "$")]
    problems += [f"{e.json_path}: {e.message}" for e in _validator(schema, strict).iter_errors(document)]
    assert not problems, f"{schema}:\n" + "\n".join(problems)


def unexplained_nulls(document: Any) -> list[str]:
    """Paths of null leaves of an analysis (ML form) for which ``Quality.missingDataPoints`` gives no reason."""
    explained = {point.partition(":")[0] for point in document["Quality"]["missingDataPoints"]}
    return sorted(set(_nulls(document, "")) - explained)


def _nulls(value: Any, path: str) -> list[str]:
    """Paths of nulls; a list has no index in a path, so one reason stands for all of its items."""
    if isinstance(value, dict):
        return [p for k, v in value.items() for p in _nulls(v, f"{path}.{k}" if path else k)]
    if isinstance(value, list):
        return [p for v in value for p in _nulls(v, path)]
    return [path] if value is None else []


def _not_json(value: Any, path: str) -> list[tuple[str, str]]:
    """What JSON cannot hold: NaN, infinity, and any type but its own (tuples and numpy numbers included)."""
    if type(value) is dict:
        bad = [(path, f"key {k!r} is not a string") for k in value if type(k) is not str]
        return bad + [p for k, v in value.items() for p in _not_json(v, f"{path}.{k}")]
    if type(value) is list:
        return [p for i, v in enumerate(value) for p in _not_json(v, f"{path}[{i}]")]
    if type(value) is float:
        return [] if math.isfinite(value) else [(path, f"{value} is not JSON")]
    return [] if value is None or type(value) in (bool, int, str) else [(path, f"{type(value)} is not JSON")]
