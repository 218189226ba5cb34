"""A node of a schema compiled into functions that compare two values, building nothing (long: all kinds of nodes).

``near(expected, actual)`` returns how many leaves are equal only within tolerance when nothing else is to be said of the
two values, and -1 when there is: then the walk looks closer. ``like`` is the same, but leaves that are not compared do
not matter to it: it tells whether two items of lists are the same thing. ``spots(expected, actual, out)`` is for values of
one structure: it adds (steps, node, expected leaf, actual leaf) to ``out`` for each leaf that is not near, and returns what
``near`` would for the rest. ``fixed`` is the number of leaves of a value for which ``near`` did not return -1, where the
schema alone determines it. Where something inside is ignored,
covered by no schema or a text to look into, ``near`` is always -1 and ``whole`` false. The source is built from the schema
once per node and way of comparing, so that comparing a detection costs one call and a few operations per field.

Types are told apart by ``type``, never by ``==``: 1, 1.0 and True are three values. NaN and infinity are near nothing,
and neither is a value of a type that the schema forbids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parity.compare import anything
from parity.compare.difference import leaf_count
from parity.compare.tolerance import EXACT, UNITS, Tolerance, agree, passes
from parity.contract.nodes import CONTAINERS, NUMBERS, PYTHON, Node

#: Longest list of fixed length whose items are compared one by one in the source, like the four numbers of a box.
_UNROLLED = 8

_NUMBERS = frozenset({"integer", "number"})


Spot = tuple[tuple["str | int", ...], Node, Any, Any]

_KEYS: dict[Any, int] = {}


@dataclass(frozen=True)
class Compiled:
    """The functions of one node."""

    near: Callable[[Any, Any], int]
    like: Callable[[Any, Any], int]
    spots: Callable[[Any, Any, list[Spot]], int]
    fixed: int | None
    #: Whether ``near`` can answer for every valid value, because nothing inside is left to the walk.
    whole: bool

    def leaves(self, items: Sequence[Any]) -> int:
        """How many leaves these have, for each of which ``near`` did not return -1."""
        return self.fixed * len(items) if self.fixed is not None else sum(map(leaf_count, items))


@dataclass(frozen=True)
class Way:
    """How values are compared: by which classes (None: exactly)."""

    tolerances: Mapping[str, Tolerance] | None
    #: One for all equal tolerances, so that what was compiled for one policy serves the next.
    key: int

    @classmethod
    def of(cls, tolerances: Mapping[str, Tolerance] | None) -> Way:
        """The way of comparing by ``tolerances``."""
        numbers = (
            None if tolerances is None else tuple((k, t.abs, t.rel, t.unit) for k, t in sorted(tolerances.items()))
        )
        return cls(tolerances, _KEYS.setdefault(numbers, len(_KEYS)))


def compiled(node: Node, way: Way) -> Compiled:
    """The functions of ``node``, made on first use."""
    if (known := node.made.get(way.key)) is None:
        _under_way.add((id(node), way.key))
        try:
            known = node.made[way.key] = _compile(node, way)
        finally:
            _under_way.discard((id(node), way.key))
    return known


#: Nodes that are being compiled: an alternative may hold the node whose alternative it is.
_under_way: set[tuple[int, int]] = set()


def _is_whole(node: Node, way: Way) -> bool:
    return (id(node), way.key) not in _under_way and compiled(node, way).whole


def _compile(node: Node, way: Way) -> Compiled:
    if node is anything.ANYTHING:
        return Compiled(anything.near, anything.near, lambda x, y, out: anything.near(x, y), None, True)
    writer = _Writer(way)
    lines = _function("near", writer.near(node, "x", "y"))
    if writer.ignored:
        writer.skips = True
        lines += _function("like", writer.near(node, "x", "y"))
    else:
        lines.append("like = near")
    writer.skips, writer.steps = False, ()
    lines += _function("spots", writer.near(node, "x", "y"), ", out")
    made = writer.names
    exec(compile("\n".join(lines), f"<{node.where}>", "exec"), made)
    return Compiled(made["near"], made["like"], made["spots"], _fixed(node), not writer.gave_up)


def _function(name: str, lines: list[str], more: str = "") -> list[str]:
    return [
        f"def {name}(x, y{more}):",
        "    n = 0",
        "    try:",
        *_indented(_indented(lines)),
        "    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):",
        "        return -1",
        "    return n",
    ]


class _Writer:
    """Writes the source; ``names`` are the objects that it refers to."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.names: dict[str, Any] = {"passes": passes, "inf": float("inf"), "nothing": object()}
        self.open: list[Node] = []
        self.count = 0
        #: Whether a leaf that is not compared was met, and whether such leaves are passed over.
        self.ignored = self.skips = False
        #: Whether something was met that only the walk can tell.
        self.gave_up = False
        #: Steps to where the source stands, while it is to note what is not near; None where it returns -1 instead.
        self.steps: tuple[str | int, ...] | None = None

    def name(self, prefix: str, value: Any = None) -> str:
        """A fresh name, for a variable or for ``value``."""
        self.count += 1
        fresh = f"{prefix}{self.count}"
        if value is not None:
            self.names[fresh] = value
        return fresh

    def near(self, node: Node | None, x: str, y: str) -> list[str]:
        """Lines that return -1 unless ``x`` and ``y`` are near, and add to ``n``."""
        if node is not None and self._is_ignored(node):
            self.ignored = self.gave_up = True
            return ["pass"] if self.skips else ["return -1"]
        if not self._plain(node):
            return self._give_up()
        assert node is not None
        self.open.append(node)
        try:
            if node.branches:
                return self._alternatives(node, x, y)
            if node.types & CONTAINERS:
                return self._containers(node, x, y) or ["pass"]
            return list(self._leaf(node, x, y))
        finally:
            self.open.pop()

    def _give_up(self) -> list[str]:
        self.gave_up = True
        return ["return -1"]

    def _plain(self, node: Node | None) -> bool:
        """Whether a value here is only compared: no JSON in a text, not without schema, not recursive, not ignored."""
        if node is None or node in self.open or not (node.types or node.values is not None or node.branches):
            return False
        return node.content is None and not self._is_ignored(node)

    def _is_ignored(self, node: Node) -> bool:
        return bool(node.rule.volatile or (node.rule.environment and self.way.tolerances is not None))

    def _containers(self, node: Node, x: str, y: str) -> list[str]:
        scalars = node.types - CONTAINERS
        if len(node.types & CONTAINERS) > 1 or scalars - {"null"}:
            return self._give_up()
        body = self._object(node, x, y) if "object" in node.types else self._list(node, x, y)
        return self._or_null(x, y, body) if scalars else body

    def _or_null(self, x: str, y: str, body: list[str]) -> list[str]:
        return [
            f"if {x} is None or {y} is None:",
            f"    if {x} is not {y}: return -1",
            "else:",
            *_indented(body),
        ]

    def _alternatives(self, node: Node, x: str, y: str) -> list[str]:
        if node.optional is not None and _adds_nothing(node) and self._plain(node.optional[0]):
            return self._or_null(x, y, self.near(node.optional[1], x, y))
        if node.tags is None or not _adds_nothing(node):
            return self._give_up()
        key, branches = node.tags
        # Alternatives that hold one another would never be done: they count as left to the walk.
        self.gave_up |= not all(_is_whole(branch, self.way) for branch in branches.values())
        which, more = ("spots", ", out") if self.steps == () else ("near", "")
        table = self.name("t", _Lazy(lambda tag: getattr(compiled(branches[tag], self.way), which)))
        m = self.name("m")
        return [
            f"{m} = {table}[{x}[{key!r}]]({x}, {y}{more})",
            f"if {m} < 0: return -1",
            f"n += {m}",
        ]

    def _at(self, step: str | int | None, node: Node | None, x: str, y: str) -> list[str]:
        """The same one step further; inside a loop (None) the steps are known only when it runs."""
        outer = self.steps
        self.steps = None if outer is None or step is None else (*outer, step)
        lines = self.near(node, x, y)
        self.steps = outer
        return lines

    def _unlike(self, node: Node, x: str, y: str) -> str:
        """What to do about a leaf whose value is not near."""
        if self.steps is None:
            return "return -1"
        return f"out.append(({self.steps!r}, {self.name('leaf', node)}, {x}, {y}))"

    def _check(self, node: Node, x: str, y: str, *, wrong: str) -> list[str]:
        """A leaf that must be equal; ``wrong``: the condition that a type is."""
        if self.steps is None:
            return [f"if {x} != {y} or {wrong}: return -1"]
        return [f"if {wrong}: return -1", f"if {x} != {y}: {self._unlike(node, x, y)}"]

    def _object(self, node: Node, x: str, y: str) -> list[str]:
        lines = [f"if type({x}) is not dict or type({y}) is not dict: return -1"]
        # An open schema calls values valid that it does not cover.
        self.gave_up |= not node.closed and node.additional is None
        if node.patterns or node.additional is not None:
            return lines + self._map(node, x, y)
        optional = [key for key in node.properties if key not in node.required]
        needed = len(node.properties) - len(optional)
        if optional:
            extra = "".join(f" + ({key!r} in {x})" for key in optional)
            lines.append(f"if len({x}) != len({y}) or len({x}) != {needed}{extra}: return -1")
        else:
            lines.append(f"if len({x}) != {needed} or len({y}) != {needed}: return -1")
        for key, child in node.properties.items():
            a, b = self.name("a"), self.name("b")
            inside = [f"{a} = {x}[{key!r}]; {b} = {y}[{key!r}]", *self._at(key, child, a, b)]
            lines += inside if key in node.required else [f"if {key!r} in {x}:", *_indented(inside)]
        return lines

    def _map(self, node: Node, x: str, y: str) -> list[str]:
        """Objects whose keys are data: all of one kind, else the walk looks at them."""
        kinds = [child for _, child in node.patterns] + ([node.additional] if node.additional is not None else [])
        if node.properties or len(kinds) != 1:
            return self._give_up()
        k, a, b = self.name("k"), self.name("a"), self.name("b")
        known = self.name("known", _Lazy(lambda key: node.child(key) is not None))
        return [
            f"if len({x}) != len({y}): return -1",
            f"for {k}, {a} in {x}.items():",
            f"    if not {known}[{k}]: return -1",
            f"    {b} = {y}[{k}]",
            *_indented(self._at(None, kinds[0], a, b)),
        ]

    def _list(self, node: Node, x: str, y: str) -> list[str]:
        lines = [f"if type({x}) is not list or type({y}) is not list: return -1"]
        if node.prefix or node.items is None:
            return self._give_up()
        low, high = node.length
        if low == high and 0 < low <= _UNROLLED:
            left, right = [self.name("a") for _ in range(low)], [self.name("b") for _ in range(low)]
            lines += [f"[{', '.join(left)}] = {x}", f"[{', '.join(right)}] = {y}"]
            for index, (a, b) in enumerate(zip(left, right, strict=True)):
                lines += self._at(index, node.items, a, b)
            return lines
        a, b = self.name("a"), self.name("b")
        return [
            *lines,
            f"if len({x}) != len({y}): return -1",
            f"for {a}, {b} in zip({x}, {y}):",
            *_indented(self._at(None, node.items, a, b)),
        ]

    def _leaf(self, node: Node, x: str, y: str) -> Iterator[str]:
        if node.types & _NUMBERS:
            yield from self._number(node, x, y)
        elif node.types == {"null"}:
            yield f"if {x} is not None or {y} is not None: return -1"
        elif len(node.types) == 1:
            only = PYTHON[next(iter(node.types))][0].__name__
            yield from self._scalar(node, x, y, wrong=f"type({x}) is not {only} or type({y}) is not {only}")
        else:
            names = node.types or PYTHON.keys() - CONTAINERS
            kinds = self.name("kinds", frozenset(kind for name in names for kind in PYTHON[name]))
            yield from self._scalar(node, x, y, wrong=f"type({x}) is not type({y}) or type({x}) not in {kinds}")

    def _scalar(self, node: Node, x: str, y: str, *, wrong: str) -> Iterator[str]:
        """A leaf that is no number: equal, or a text within its error rate; ``wrong``: the condition that a type is."""
        tolerance = (self.way.tolerances or {}).get(node.rule.kind, EXACT)
        if tolerance.unit.lower() not in UNITS or "string" not in node.types:
            yield from self._check(node, x, y, wrong=wrong)
            return
        is_near = f"type({x}) is str and {self.name('agree', agree)}({x}, {y}, {self.name('tolerance', tolerance)})"
        yield f"if {wrong}: return -1"
        yield f"if {x} != {y}:"
        yield f"    if {is_near}: n += 1"
        yield f"    else: {self._unlike(node, x, y)}"

    def _number(self, node: Node, x: str, y: str) -> Iterator[str]:
        """A leaf that may be a number: equal and of one type, or of one type and within tolerance."""
        allowed = frozenset(kind for name in node.types for kind in PYTHON[name])
        tolerance = (self.way.tolerances or {}).get(node.rule.kind, EXACT)
        common = next(t.__name__ for t in (float, int) if t in allowed)
        rare = f"type({x}) is not type({y}) or type({x}) not in {self.name('kinds', allowed)}"
        yield f"if (type({x}) is not {common} or type({y}) is not {common}) and ({rare}): return -1"
        if tolerance.abs or tolerance.rel:
            kinds = self.name("kinds", NUMBERS)
            numbers = "" if node.types <= _NUMBERS else f"type({x}) not in {kinds} or "
            bound = f"max({tolerance.abs!r}, {tolerance.rel!r} * abs({x}))" if tolerance.rel else f"{tolerance.abs!r}"
            quick = f"-{tolerance.abs!r} <= {x} - {y} <= {tolerance.abs!r} or " if tolerance.abs else ""
            is_near = f"{quick}({x} - {x} == 0 == {y} - {y} and passes({x}, {y}, {bound}))"
            yield f"if {x} != {y}:"
            yield f"    if {numbers}not ({is_near}): {self._unlike(node, x, y)}"
            yield "    else: n += 1"
        else:
            yield f"if {x} != {y}: {self._unlike(node, x, y)}"
        yield f"elif {x} == inf or {x} == -inf: return -1"


def _fixed(node: Node | None, above: tuple[Node, ...] = ()) -> int | None:
    """How many leaves a value that is near has, where the schema alone says so."""
    if node is None or node in above:
        return None
    above = (*above, node)
    count: int | None = None
    if node.branches:
        return 1 if all(_fixed(branch, above) == 1 for branch in node.branches) else None
    if "object" in node.types:
        inside = [_fixed(child, above) for child in node.properties.values()]
        is_open = node.patterns or node.additional is not None or not node.required >= node.properties.keys()
        count = None if is_open or None in inside else sum(filter(None, inside)) or 1
    elif "array" in node.types:
        (low, high), each = node.length, _fixed(node.items, above)
        count = low * each if each and low and low == high else None
    else:
        return 1
    return count if count == 1 or "null" not in node.types else None


class _Lazy(dict[str, Any]):
    """Key → what is made of it when it is first met: alternatives may hold one another, and keys are data."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, key: str) -> Any:
        self[key] = self.make(key)
        return self[key]


def _adds_nothing(node: Node) -> bool:
    """Whether a node with alternatives says nothing beside them."""
    return not (node.properties or node.patterns or node.items or node.values is not None)


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
