"""Does a document keep its contract: valid by its schema, every leaf covered by it, no NaN, no 1.0 for an integer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, filterfalse, islice
from typing import Any

from jsonschema import ValidationError

from parity.contract import fast, visit
from parity.contract.compiler import compile_schema
from parity.contract.nodes import Node
from parity.contract.reference import Reference, extra_keys, without_dialect
from parity.contract.registry import Schemas
from parity.contract.visit import Place
from parity.documents import Unreadable, parse
from parity.paths import INSIDE, join, written

#: How many violations of one document are listed.
LISTED = 20

#: Letters of a value that a message shows; of a longer one it says what it is.
_SHOWN = 60


@dataclass(frozen=True)
class Violation:
    """One breach: where in the document, and what is wrong; ``never_valid`` when no schema could allow it.

    ``keys``: where an object lacks or has keys that it must not, those; what else is in it is as it should be.
    """

    path: str
    message: str
    never_valid: bool = False
    keys: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """What it is about, with all that stands below."""
        return tuple(join(self.path, key) for key in self.keys) or (self.path,)


@dataclass(frozen=True)
class Contract:
    """One schema, ready to validate and to walk along; ``fingerprint`` is one of all schemas it may refer to."""

    schema_id: str
    node: Node
    reference: Any
    fast: Any
    fingerprint: str = ""

    @cached_property
    def has_texts(self) -> bool:
        """Whether a text of the document holds JSON of its own, which the validators do not look into."""
        return any(node.content is not None for node in visit.nodes(self.node))


def build(schemas: Schemas, schema_id: str) -> Contract:
    """Compile ``schema_id`` for the walk, the reference validator and the fast one."""
    node = compile_schema(schemas, schema_id)
    schema = schemas.get(schema_id)
    return Contract(
        schema_id=schema_id,
        node=node,
        reference=Reference(without_dialect(schema), registry=schemas.registry),
        fast=fast.validator(schema, schemas.fast_registry),
        fingerprint=f"{schema_id} {schemas.fingerprint}",
    )


def violations(
    document: object, contract: Contract, meant: Callable[[Violation], bool] | None = None
) -> list[Violation]:
    """Every breach of ``contract`` in ``document`` that is ``meant`` (None: each), those of the schema first.

    At most ``LISTED`` of each kind.
    """
    try:
        is_valid = contract.fast.is_valid(document)
    except UnicodeEncodeError:
        is_valid = False  # half a surrogate pair, which the walk below names
    broken: list[Violation] = []
    told = False
    if not is_valid:
        errors = (each for error in contract.reference.iter_errors(document) for each in _closest(error))
        broken, told = _listed((_violation(written(error.absolute_path), error) for error in errors), meant)
    unwritable, more = _listed(_breaches(visit.places(document, contract.node, opens=_is_whole)), meant)
    if not (told or more or is_valid):
        fast_only = contract.fast.iter_errors(document)
        broken, _ = _listed((Violation(written(each.instance_path), each.message[:300]) for each in fast_only), meant)
    return [*broken, *unwritable]


def _listed(breaches: Iterator[Violation], meant: Callable[[Violation], bool] | None) -> tuple[list[Violation], bool]:
    """The first of those that are ``meant``, and whether there is any at all."""
    first = next(breaches, None)
    if first is None:
        return [], False
    return list(islice(filter(meant, chain([first], breaches)), LISTED)), True


def _violation(path: str, error: ValidationError) -> Violation:
    keys: Iterable[str] = ()
    if error.validator == "required":
        keys = (key for key in error.validator_value if error.message == f"{key!r} is a required property")
    elif error.validator == "additionalProperties":
        keys = extra_keys(error.instance, error.schema)
    return Violation(path, _message(error), keys=tuple(keys))


def _closest(error: ValidationError) -> list[ValidationError]:
    """What is wrong: of a value that fits no alternative, the breaches of the one that fits best."""
    if not error.context:
        return [error]
    depth = len(error.absolute_path)
    branches: dict[Any, list[ValidationError]] = {}
    for inside in error.context:
        branches.setdefault(inside.relative_schema_path[0], []).extend(_closest(inside))
    # That nothing is allowed says least: it counts where it is all that is said.
    branches = {key: found for key, found in branches.items() if not _is_never(found)} or branches
    decisive = [[each for each in found if _decides(each, depth)] for found in branches.values()]
    if all(decisive) and len({(*found[0].absolute_path, found[0].validator) for found in decisive}) == 1:
        return [_none_of([found[0] for found in decisive], error)]
    return min(branches.values(), key=lambda found: _misfit(found, depth))


def _decides(error: ValidationError, depth: int) -> bool:
    """Whether another alternative must be meant: the value, ``depth`` steps down, is of another type, or its tag another."""
    below = len(error.absolute_path) - depth
    return (below == 0 and error.validator in ("type", "const", "enum")) or (below == 1 and error.validator == "const")


def _is_never(found: list[ValidationError]) -> bool:
    """Whether an alternative is the schema false."""
    return all(error.schema is False for error in found)


def _misfit(found: list[ValidationError], depth: int) -> tuple[int, int, int]:
    """How badly a value fits an alternative with these breaches: its type and tag, then its own keys, then all else."""
    keys = 0
    for error in found:
        if len(error.absolute_path) == depth:
            known = error.schema.get("properties", {}) if error.validator == "additionalProperties" else error.instance
            keys += len(error.instance.keys() - known.keys()) if isinstance(error.instance, dict) else 1
    return sum(_decides(error, depth) for error in found), keys, len(found)


def _none_of(decisive: list[ValidationError], error: ValidationError) -> ValidationError:
    """The one breach of a value whose type, or whose tag, is that of no alternative."""
    first = decisive[0]
    values = [each.validator_value for each in decisive]
    wanted = dict.fromkeys(repr(one) for value in values for one in (value if isinstance(value, list) else [value]))
    text = f"{first.instance!r} is {'not of type' if first.validator == 'type' else 'none of'} {', '.join(wanted)}"
    steps = list(first.absolute_path)[len(error.absolute_path) :]
    return ValidationError(text, validator=first.validator, path=steps, instance=first.instance, parent=error)


def _message(error: ValidationError) -> str:
    """The message of ``error``; a value that is long is named rather than shown."""
    whole, value = repr(error.instance), error.instance
    if error.schema is False:
        error.message = f"no value is allowed here, got {whole}"
    message: str = error.message
    if len(whole) <= _SHOWN:
        return message[:300]
    if isinstance(value, str):
        return message.replace(whole, f"{value[:_SHOWN]!r}…")[:300]
    return message.replace(whole, size_name(value))[:300]


def size_name(value: dict[str, Any] | list[Any]) -> str:
    """What stands for an object or a list that is not shown: what it is, and how large."""
    return f"object with {len(value)} keys" if isinstance(value, dict) else f"list of {len(value)}"


def uncovered(document: object, contract: Contract) -> list[str]:
    """Paths of leaves that no schema covers."""
    leaves = visit.places(document, contract.node, opens=lambda text: False, holders=False)
    return [path for path, _, node in leaves if node is None or not node.covers]


def _is_whole(text: str) -> bool:
    """Whether the text can be written to a file."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _breaches(places: Iterable[Place]) -> Iterator[Violation]:
    """What no validator says of the values."""
    for path, value, node in places:
        if isinstance(value, str):
            if not _is_whole(value):
                yield Violation(path, "holds half a surrogate pair, which no file can hold", never_valid=True)
            elif node is not None and node.content is not None:
                yield from _breaches_inside(value, node.content, path)
        elif isinstance(value, float):
            if not math.isfinite(value):
                message = f"{value} is no JSON number: write null when there is no value"
                yield Violation(path, message, never_valid=True)
            elif node is not None and not node.admits(value):
                yield Violation(path, f"{value!r} is a real number, expected {' or '.join(sorted(node.types))}")
        elif isinstance(value, dict):
            for key in () if _is_whole("".join(value)) else filterfalse(_is_whole, value):
                yield Violation(join(path, key), "its key holds half a surrogate pair", never_valid=True)


def _breaches_inside(text: str, node: Node, path: str) -> Iterator[Violation]:
    """What a validator says of the document in a text, whose own values are looked at as all others are."""
    try:
        inside = parse(text)
    except Unreadable as error:
        yield Violation(path, f"is not a JSON text: {str(error).removeprefix('is not JSON: ')}")
        return
    for broken in node.validator.iter_errors(inside) if node.validator is not None else ():
        for each in _closest(broken):
            below = written(each.absolute_path)
            yield _violation(f"{join(path, INSIDE)}{'.' if below else ''}{below}", each)
