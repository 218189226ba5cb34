"""The reference validator: ``jsonschema``, whose messages people read, with the meanings of ``parity.contract.meaning``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import SchemaError
from jsonschema.validators import extend

from parity.contract import fast, meaning

#: The one dialect; a schema need not name it, and may name no other.
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _pattern(validator: Any, text: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not meaning.pattern(text).search(value):
        yield ValidationError(f"{value!r} does not match {text!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], value: Any, schema: Any
) -> Iterator[ValidationError]:
    if isinstance(value, dict):
        for text, part in patterns.items():
            for key, item in value.items():
                if meaning.pattern(text).search(key):
                    yield from validator.descend(item, part, path=key, schema_path=text)


def _additional_properties(validator: Any, part: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(value, dict):
        return
    extra = extra_keys(value, schema)
    if part is False and extra:
        keys, verb = ", ".join(map(repr, sorted(extra))), "was" if len(extra) == 1 else "were"
        yield ValidationError(f"Additional properties are not allowed ({keys} {verb} unexpected)")
    elif part is not False:
        for key in extra:
            yield from validator.descend(value[key], part, path=key)


def extra_keys(value: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """The keys of ``value`` that ``schema`` does not name."""
    patterns = [meaning.pattern(text) for text in schema.get("patternProperties", ())]
    named = schema.get("properties", {})
    return [key for key in value if key not in named and not any(each.search(key) for each in patterns)]


def _multiple_of(validator: Any, step: float, value: Any, schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(value, "number") and value - value == 0 and not meaning.is_multiple(value, step):
        yield ValidationError(f"{value!r} is not a multiple of {step}")


#: Validates by a schema, or by ``true`` or ``false``.
Reference = extend(
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "multipleOf": _multiple_of,
    },
)


_descend = Reference.descend


def _descend_with_places(
    self: Any, instance: Any, schema: Any, path: Any = None, schema_path: Any = None, resolver: Any = None
) -> Iterator[ValidationError]:
    """The library's own way down, which leaves out where it went when the schema there is ``false``."""
    for error in _descend(self, instance, schema, path, schema_path, resolver):
        if schema is False:
            error.path.extendleft([] if path is None else [path])
            error.schema_path.extendleft([] if schema_path is None else [schema_path])
        yield error


Reference.descend = _descend_with_places


_FORMATS = FormatChecker(Draft202012Validator.FORMAT_CHECKER.checkers)
_FORMATS.checks("regex")(lambda value: not isinstance(value, str) or meaning.is_pattern(value))


def check_schema(schema: Mapping[str, Any]) -> None:
    """SchemaError when ``schema`` is none of draft 2020-12, or holds a pattern that is none of ECMA-262."""
    if not fast.is_schema(schema):
        Draft202012Validator.check_schema(schema, format_checker=_FORMATS)
    if schema.get("$schema", DIALECT).rstrip("#") != DIALECT:
        raise SchemaError(f"{schema['$schema']!r} is another dialect; expected {DIALECT!r}, or none", path=["$schema"])


def without_dialect(schema: Mapping[str, Any]) -> dict[str, Any]:
    """``schema`` without the name of its dialect, by which the library would go back to its own meanings."""
    return {key: value for key, value in schema.items() if key != "$schema"}
