"""Two files of one schema, from their bytes to the outcome: parse, validate both, compare, count every leaf.

What a pair costs, against parsing both sides with ``orjson`` in the same collector state (``bench/diff.py`` prints it):

* Equal bytes that this process has walked before, under the same schema and policy, cost one hash: ``Known`` keeps their
  outcome. A comparison meets the same bytes up to five times (two configurations, repeat, golden, contract).
* Equal bytes at first sight are parsed, validated and walked once, not twice.
* Of unequal bytes, runs of list items that both sides hold are parsed once (``shared``). The expected side is validated,
  both are walked together, and of the actual side everything is validated but list items that equal a valid one in value
  and type.

Bytes that ``orjson`` reads otherwise than ``parity.documents`` does, like integers beyond 64 bits, take the slow way.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from parity import documents
from parity.compare import shared
from parity.compare.compiled import Way
from parity.compare.difference import Comparison
from parity.compare.walk import Equals, Policy, compare, compare_valid
from parity.contract import check
from parity.contract.check import Contract, Violation


@dataclass(frozen=True)
class Pair:
    """The outcome of one pair; ``known``: the bytes had been walked before, ``expected`` and ``actual``: violations."""

    comparison: Comparison
    expected: tuple[Violation, ...] = ()
    actual: tuple[Violation, ...] = ()
    known: bool = False


#: Outcomes of byte-equal pairs by their hash, schema and policy, for as long as the process lives.
Known = dict[Hashable, Pair]


def compare_bytes(
    expected: bytes,
    actual: bytes,
    contract: Contract,
    policy: Policy,
    known: Known | None = None,
    *,
    plain: bool = False,
) -> Pair:
    """Compare two JSON files along ``contract``; ``Unreadable`` when one gives no document (NaN and infinity pass, to be
    reported).

    ``plain``: both have been read, and ``orjson`` was found to read them as they are meant (``documents.read``).
    A golden (``policy.expected_by`` is None) holds placeholders, so its own violations are not listed.
    """
    if expected == actual:
        return _equal(expected, contract, policy, known, plain=plain)
    with _collector_paused():
        (left, left_strict), (right, right_strict) = _parse_both(expected, actual, plain=plain)
        left_valid = left_strict and contract.fast.is_valid(left)
        if left_valid and right_strict:
            comparison, equals = compare_valid(left, right, contract.node, policy)
            right_valid = _is_valid_apart_from(equals, right, contract)
        else:
            comparison = compare(left, right, contract.node, policy)
            right_valid = right_strict and contract.fast.is_valid(right)
        of_left = () if policy.expected_by is None else _violations(left, contract, is_valid=left_valid)
        return Pair(comparison, of_left, _violations(right, contract, is_valid=right_valid))


def _is_valid_apart_from(equals: list[Equals], document: Any, contract: Contract) -> bool:
    """Whether ``document`` is valid, given that the equal items in its lists are: those are left out meanwhile."""
    whole = [(each.items, each.items[:]) for each in equals]
    try:
        for each in equals:
            each.items[:] = each.without()
        return bool(contract.fast.is_valid(document))
    finally:
        for items, before in whole:
            items[:] = before


def _equal(raw: bytes, contract: Contract, policy: Policy, known: Known | None, *, plain: bool) -> Pair:
    key: Hashable = None
    if known is not None:
        key = (hashlib.sha256(raw).digest(), contract.fingerprint, _policy_key(policy))
        if key in known:
            return replace(known[key], comparison=_copied(known[key].comparison), known=True)
    with _collector_paused():
        document, strict = _parse(raw, plain=plain)
        is_valid = strict and contract.fast.is_valid(document)
        if is_valid:
            comparison, _ = compare_valid(document, document, contract.node, policy)
        else:
            comparison = compare(document, document, contract.node, policy)
        found = _violations(document, contract, is_valid=is_valid)
    pair = Pair(comparison, () if policy.expected_by is None else found, found)
    if known is not None:
        known[key] = replace(pair, comparison=_copied(comparison))
    return pair


def _parse(raw: bytes, *, plain: bool) -> tuple[Any, bool]:
    """The document, and whether the fast validator and the quick walk can be asked about it: no NaN, no infinity, no
    integer of more than 64 bits."""
    if plain:
        return orjson.loads(raw), True
    document = documents.read(raw)
    return document.value, document.plain


def _parse_both(expected: bytes, actual: bytes, *, plain: bool) -> tuple[tuple[Any, bool], tuple[Any, bool]]:
    if plain and (found := shared.parse(expected, actual)) is not None:
        return (found[0], True), (found[1], True)
    return _parse(expected, plain=plain), _parse(actual, plain=plain)


def _violations(document: Any, contract: Contract, *, is_valid: bool) -> tuple[Violation, ...]:
    """What breaks the contract. The walk itself reports a real number in place of an integer."""
    if is_valid and not contract.has_texts:
        return ()
    return tuple(check.violations(document, contract))


def _policy_key(policy: Policy) -> Hashable:
    declared = tuple(
        (entry.artifact, entry.path, tuple((name, p.pattern) for name, p in sorted(entry.patterns.items())))
        for entry in policy.declared
    )
    return policy.actual_by, policy.expected_by, Way.of(policy.tolerances).key, declared


def _copied(comparison: Comparison) -> Comparison:
    copy = Comparison()
    copy.add(comparison)
    return copy


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Documents hold no cycles: looking for them while millions of values are made would only cost time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
