"""The fast validator: the same schemas under absolute ids, all references resolved beforehand, nothing looked up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The fast validator wants absolute ids; the name is never looked up, every schema is in its registry.
_BASE = "json-schema:///"


def named(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` with an absolute id, against which its relative references resolve."""
    return {**schema, "$id": _BASE + schema["$id"]}


def registry(schemas: Mapping[str, Mapping[str, Any]]) -> Any:
    """The fast validator's registry of all ``schemas`` by id; ValueError when a reference leads nowhere."""
    import jsonschema_rs

    return jsonschema_rs.Registry([(_BASE + name, named(schema)) for name, schema in schemas.items()])
