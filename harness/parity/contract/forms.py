"""Other forms of a document that has a schema: its blocks under longer names, or itself as text in another."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any


def renamed(schema: Mapping[str, Any], *, schema_id: str, rename: Callable[[str], str]) -> dict[str, Any]:
    """``schema`` with its top-level properties renamed; everything below stays."""
    form = copy.deepcopy(dict(schema))
    form["$id"] = schema_id
    if "properties" in form:
        form["properties"] = {rename(key): value for key, value in form["properties"].items()}
    if "required" in form:
        form["required"] = [rename(key) for key in form["required"]]
    return form


def json_text(schema_id: str, *, description: str) -> dict[str, Any]:
    """Schema of a text that is itself a JSON document of ``schema_id``.

    The standard's ``contentSchema`` is only an annotation to validators; the harness opens the text and both
    validates and compares what is inside.
    """
    return {
        "type": "string",
        "description": description,
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": schema_id},
        "x-parity": {"unit": "text"},
    }


def constant(value: object, *, description: str) -> dict[str, Any]:
    """Schema of a field that has one value."""
    kinds = {bool: "boolean", str: "string", int: "integer", float: "number"}
    return {"type": kinds[type(value)], "const": value, "description": description, "x-parity": {"unit": "enum"}}


def closed_object(schema_id: str, *, title: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Schema of an object in which all of ``properties`` must stand and nothing else may."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_id,
        "title": title,
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
