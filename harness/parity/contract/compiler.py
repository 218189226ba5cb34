"""Schemas compiled into nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referencing.exceptions import Unresolvable

from parity.contract.meaning import pattern
from parity.contract.nodes import CONTAINERS, Align, FlipAt, Node, Rule, overlay
from parity.contract.reference import Reference
from parity.contract.registry import Schemas
from parity.verdict import ContractError

KEYWORD = "x-parity"
#: Keys of the annotation that say how a leaf is compared, and those for alignment and for reports.
_RULES = frozenset({"unit", "class", "volatile", "environment"})
_DRAWN = frozenset({"align", "series", "box", "media_time", "flip"})
_PLAIN_LIST = frozenset({"type", "items", "minItems", "description", "title", "$comment", KEYWORD})
_ANNOTATIONS = frozenset({"$ref", "description", "title", "$comment", "examples", "default"})


def compile_schema(schemas: Schemas, schema_id: str) -> Node:
    """The node of the whole schema ``schema_id``; an annotation that cannot hold is an error that names its place."""
    schema = schemas.get(schema_id)
    return _Compiler(schemas)(schema, schemas.registry.resolver(base_uri=schema_id), schema_id)


class _Compiler:
    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self.known: dict[int, Node] = {}

    def __call__(self, schema: Mapping[str, Any] | bool, resolver: Any, where: str) -> Node:
        if isinstance(schema, bool):
            return Node(where, values=None if schema else (), validator=Reference(schema))
        if id(schema) in self.known:
            return self.known[id(schema)]
        if "$ref" in schema and schema.keys() <= _ANNOTATIONS:
            return self._target(schema["$ref"], resolver, where)
        node = self.known[id(schema)] = Node(where)
        self._fill(node, schema, resolver, where)
        bases = [self._target(schema["$ref"], resolver, where)] if "$ref" in schema else []
        bases += [self(part, resolver, f"{where}/allOf/{i}") for i, part in enumerate(schema.get("allOf", ()))]
        for base in bases:
            node.__dict__.update(overlay(base, node).__dict__)
        _refuse_ignored_containers(node)
        return node

    def _target(self, reference: str, resolver: Any, where: str) -> Node:
        try:
            resolved = resolver.lookup(reference)
        except Unresolvable as error:
            raise ContractError(f"{where}: reference {reference!r} leads nowhere") from error
        return self(resolved.contents, resolved.resolver, reference)

    def _fill(self, node: Node, schema: Mapping[str, Any], resolver: Any, where: str) -> None:
        def at(part: Any, *steps: str) -> Node:
            return self(part, resolver, "/".join((where, *steps)))

        annotation = schema.get(KEYWORD, {})
        node.rule = _rule(annotation, where)
        if align := annotation.get("align"):
            node.align = Align(align["by"], float(align.get("within", 0)), tuple(align.get("then", ())))
        if flip := annotation.get("flip"):
            node.flip = FlipAt(flip.get("score"), flip["class"])
        node.series, node.box = "series" in annotation, annotation.get("box")
        node.drawn = {key: annotation[key] for key in ("series", "box", "media_time") if key in annotation}
        node.length = schema.get("minItems", 0), schema.get("maxItems")
        types = schema.get("type", ())
        node.types = frozenset([types] if isinstance(types, str) else types)
        node.is_plain_list = node.types == {"array"} and schema.keys() <= _PLAIN_LIST
        if "const" in schema:
            node.values = (schema["const"],)
        elif "enum" in schema:
            node.values = tuple(schema["enum"])
        node.properties = {k: at(v, "properties", k) for k, v in schema.get("properties", {}).items()}
        node.patterns = tuple(
            (pattern(k), at(v, "patternProperties", k)) for k, v in schema.get("patternProperties", {}).items()
        )
        additional = schema.get("additionalProperties")
        node.closed = additional is False
        node.additional = at(additional, "additionalProperties") if isinstance(additional, dict) else None
        node.required = frozenset(schema.get("required", ()))
        node.prefix = tuple(at(v, "prefixItems", str(i)) for i, v in enumerate(schema.get("prefixItems", ())))
        node.items = at(schema["items"], "items") if isinstance(schema.get("items"), dict) else None
        node.branches = tuple(
            at(part, word, str(i)) for word in ("oneOf", "anyOf") for i, part in enumerate(schema.get(word, ()))
        )
        if isinstance(schema.get("contentSchema"), dict):
            node.content = at(schema["contentSchema"], "contentSchema")
        # The lazily used validator keeps the resolver, so that references inside an alternative resolve.
        node.validator = Reference(schema, registry=self.schemas.registry, _resolver=resolver)


def _rule(annotation: object, where: str) -> Rule:
    if not isinstance(annotation, Mapping):
        raise ContractError(f"{where}: {KEYWORD} must be an object, got {annotation!r}")
    if unknown := sorted(set(annotation) - _RULES - _DRAWN):
        raise ContractError(f"{where}: unknown key {unknown[0]!r} in {KEYWORD}")
    for key in sorted(_RULES & set(annotation)):
        if not isinstance(annotation[key], str) or not annotation[key]:
            raise ContractError(f"{where}: {KEYWORD}.{key} must be a text, got {annotation[key]!r}")
    return Rule(
        unit=annotation.get("unit"),
        kind=annotation.get("class", "exact"),
        volatile=annotation.get("volatile"),
        environment=annotation.get("environment"),
    )


def _refuse_ignored_containers(node: Node) -> None:
    if node.rule.volatile is None and node.rule.environment is None:
        return
    word = "volatile" if node.rule.volatile is not None else "environment"
    holds_more = node.properties or node.patterns or node.items or node.prefix or node.branches
    if holds_more or not node.types or node.types & CONTAINERS:
        raise ContractError(
            f"{node.where}: {word} may stand on a single leaf only, but this is "
            f"{'/'.join(sorted(node.types)) or 'of any type'}: mark the leaves inside it one by one"
        )
