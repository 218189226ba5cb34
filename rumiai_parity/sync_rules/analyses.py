"""An analysis is one file and one schema, reached by every configuration, and saved as the files the harness captures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from parity.tools.sync.code import Function, Module, argument, called, dotted, sequence, shown, text
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Missing, Tree
from rumiai_parity.sync_rules.places import (
    ADAPTER,
    LAYOUT,
    PACKAGE,
    SCHEMAS,
    function,
    line_of,
    listed,
    resolved,
    standing,
    top,
)

FOLDER = f"{PACKAGE}/analyses"
REGISTRY = f"{FOLDER}/registry.py"
MARKERS = f"{PACKAGE}/timeline/temporal_markers.py"
FILE_SETS = f"{PACKAGE}/outputs/file_sets.py"
PREFIX_KEY = "x-parity-prefix"


@dataclass(frozen=True)
class Defined:
    """One analysis as its file defines it; ``prefix`` is None for one that is saved without (the markers)."""

    name: str
    prefix: str
    module: Module
    line: int


def defined(tree: Tree) -> list[Defined]:
    """Every ``ANALYSIS = Analysis(…)`` of the package, and the temporal markers, which have no prefix."""
    found = []
    for module in tree.modules(FOLDER):
        value = module.assigned("ANALYSIS")
        if isinstance(value, ast.Call):
            name, prefix = (resolved(module, argument(value, n, key)) for n, key in enumerate(("name", "prefix")))
            if name is None or prefix is None:
                raise Missing(module.path, "an ANALYSIS whose name and prefix are texts")
            found.append(Defined(name, prefix, module, value.lineno))
    if not found:
        raise Missing(FOLDER, "a file with ANALYSIS")
    markers = tree.module(MARKERS)
    named = top(markers, "NAME")
    return [*found, Defined(str(text(named)), "", markers, named.lineno)]


def prefixes(tree: Tree) -> dict[str, tuple[str, str]]:
    """Analysis → (prefix, schema file), of every schema that states a prefix."""
    found = {}
    for path in tree.below(SCHEMAS, ".schema.json"):
        schema = tree.json(path)
        if isinstance(schema, dict) and PREFIX_KEY in schema:
            found[str(schema.get("$id", "")).removesuffix(".schema.json")] = (schema[PREFIX_KEY], path)
    return found


def analyses(tree: Tree) -> Iterator[Found]:
    code, schemas = defined(tree), prefixes(tree)
    for found in code:
        if found.name not in schemas:
            yield Found(
                found.module.path, found.line, f"the analysis {found.name} has no schema: nothing compares what it writes",
                f"{SCHEMAS}/{found.name}.schema.json with {PREFIX_KEY}", "none", "write its schema",
            )  # fmt: skip
            continue
        prefix, path = schemas[found.name]
        if prefix != found.prefix:
            yield Found(
                found.module.path, found.line, f"the prefix of {found.name} is not the one of its schema",
                f"{prefix!r} ({path})", repr(found.prefix), "use one prefix in both",
            )  # fmt: skip
    names = {found.name for found in code}
    for name, (_, path) in schemas.items():
        if name not in names:
            yield Found(
                path, line_of(tree, path, PREFIX_KEY), f"the schema {name} has a prefix and no analysis writes it",
                f"a file in {FOLDER} whose ANALYSIS is named {name}", listed(names), "write the analysis or remove the schema",
            )  # fmt: skip
    for attribute in ("name", "prefix"):
        taken: dict[str, Defined] = {}
        for found in code:
            value = getattr(found, attribute)
            if value and value in taken:
                yield Found(
                    found.module.path, found.line, f"the {attribute} {value!r} is taken by {taken[value].module.path}",
                    f"a {attribute} of its own", value, f"choose another {attribute}",
                )  # fmt: skip
            taken.setdefault(value, found)
    yield from _registered(tree, code)


def _registered(tree: Tree, code: list[Defined]) -> Iterator[Found]:
    """The registry takes what it finds: a module that it names to leave out has no analysis."""
    registry = tree.module(REGISTRY)
    discover = function(registry, "discover")
    if not any(isinstance(n, ast.Call) and called(n).endswith("iter_modules") for n in ast.walk(discover)):
        raise Missing(REGISTRY, "a discover() that walks the package")
    files = {found.module.path.rpartition("/")[2].removesuffix(".py"): found for found in code}
    for test in (n for n in ast.walk(discover) if isinstance(n, ast.Compare)):
        if not any(dotted(n) == "found.name" for n in ast.walk(test)):
            continue
        for node in ast.walk(test):
            if isinstance(node, ast.Constant) and text(node) in files:
                yield Found(
                    REGISTRY, node.lineno, f"the registry leaves out the analysis {files[str(text(node))].name}",
                    "every module with ANALYSIS", shown(test), "let it in, or remove its file",
                )  # fmt: skip
    ordered = {text(item): item.lineno for item in sequence(registry.assigned("_FIRST"))}
    for name, line in ordered.items():
        if name not in {found.name for found in code}:
            yield Found(
                REGISTRY, line, f"the registry orders an analysis {name!r} that is none", "the name of an analysis",
                str(name), "correct or remove it",
            )  # fmt: skip


def blocks(tree: Tree) -> Iterator[Found]:
    base, layout = tree.module(f"{FOLDER}/base.py"), tree.module(standing(tree, LAYOUT))
    names = [text(item) for item in sequence(top(base, "BLOCKS"))]
    again = top(layout, "BLOCKS")
    if [text(item) for item in sequence(again)] != names:
        yield Found(
            layout.path, again.lineno, "the harness expects other blocks than the analyses have", ", ".join(map(str, names)),
            shown(again), "name the same blocks in the same order in both",
        )  # fmt: skip
    for found in defined(tree):
        if found.prefix:
            yield from _fields(tree, found, [str(name) for name in names])


def _fields(tree: Tree, found: Defined, names: list[str]) -> Iterator[Found]:
    """Blocks and their fields: what the code writes by name stands in the schema, and the reverse."""
    path = f"{SCHEMAS}/{found.name}.schema.json"
    properties = tree.json(path).get("properties") or {}
    if list(properties) != names:
        yield Found(
            path, line_of(tree, path, '"properties"'), "the schema has other blocks than an analysis", ", ".join(names),
            ", ".join(properties), "name the six blocks, in order",
        )  # fmt: skip
    module = found.module
    known = {value for _, value in module.texts()} | {part for _, value in module.texts() for part in value.split(".")}
    written = _written(module, function(module, "compute"))
    for block in names:
        fields = (properties.get(block) or {}).get("properties") or {}
        if block not in written:
            yield Found(
                module.path, function(module, "compute").lineno, f"compute returns no block {block}", block, listed(written),
                "return all six blocks",
            )  # fmt: skip
            continue
        for field, line in written[block].items():
            if field not in fields:
                yield Found(
                    module.path, line, f"writes {block}.{field}, which the schema does not have", f"a field of {path}",
                    field, "correct the name, or describe the field in the schema",
                )  # fmt: skip
        for field in fields:
            if field not in written[block] and field not in known:
                yield Found(
                    path, line_of(tree, path, f'"{block}"', f'"{field}"'), f"the schema has {block}.{field}, which nobody writes",
                    f"the name in {module.path}", "nowhere there", "write the field, or remove it from the schema",
                )  # fmt: skip


def _written(module: Module, compute: Function) -> dict[str, dict[str, int]]:
    """Block → field → line, of the fields that are written out in code; those made by a loop are not seen."""
    found: dict[str, dict[str, int]] = {}
    for block, value in _pairs(_returned(compute)):
        fields = _pairs(_dicts(module, compute, value))
        found[str(block.value)] = {str(key.value): key.lineno for key, _ in fields}
    return found


def _returned(body: Function) -> list[ast.Dict]:
    return [n.value for n in ast.walk(body) if isinstance(n, ast.Return) and isinstance(n.value, ast.Dict)]


def _dicts(module: Module, inside: Function, value: ast.expr) -> list[ast.Dict]:
    """The dict displays that make up a block: itself, those it unpacks, and those its function returns."""
    if isinstance(value, ast.Dict):
        unpacked = [v for k, v in zip(value.keys, value.values, strict=True) if k is None]
        return [value, *(d for v in unpacked for d in _dicts(module, inside, v))]
    if isinstance(value, ast.Call) and (body := module.functions.get(called(value))) is not None:
        nested = {d for f in ast.walk(body) if f is not body and isinstance(f, ast.FunctionDef) for d in _returned(f)}
        return [d for d in _returned(body) if d not in nested]
    if isinstance(value, ast.Name):
        bound = [
            n.value for n in ast.walk(inside)
            if isinstance(n, ast.Assign) and any(isinstance(t, ast.Name) and t.id == value.id for t in n.targets)
        ]  # fmt: skip
        return [d for v in bound for d in _dicts(module, inside, v)]
    return []


def _pairs(dicts: list[ast.Dict]) -> Iterator[tuple[ast.Constant, ast.expr]]:
    for node in dicts:
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key, value


def file_kinds(tree: Tree) -> Iterator[Found]:
    """The kinds in stage_set, in the pattern that cleans up, and in the harness: file names and captured forms."""
    sets, adapter = tree.module(FILE_SETS), tree.module(standing(tree, ADAPTER))
    staged = function(sets, "stage_set")
    written = next(
        ([str(text(k)) for k in n.value.keys] for n in ast.walk(staged) if isinstance(n, ast.Assign) and isinstance(n.value, ast.Dict)),
        None,
    )  # fmt: skip
    if not written:
        raise Missing(FILE_SETS, "the table of documents in stage_set")
    if written[-1] != "complete":
        yield Found(
            FILE_SETS, staged.lineno, "the complete file, which makes a set valid, is not published last",
            "complete as the last kind", ", ".join(written), "put it last",
        )  # fmt: skip
    layout = tree.module(standing(tree, LAYOUT))
    captured = top(layout, "FORMS")
    places = [
        (FILE_SETS, top(sets, "SET_FILE").lineno, "kind", _kinds(top(sets, "SET_FILE"))),
        (adapter.path, top(adapter, "_SET_FILE").lineno, "form", _kinds(top(adapter, "_SET_FILE"))),
        (layout.path, captured.lineno, "FORMS", [str(text(item)) for item in sequence(captured)]),
    ]
    for path, line, _, kinds in places:
        if sorted(kinds) != sorted(written):
            yield Found(
                path, line, "knows other kinds of files than a run writes", listed(written), listed(kinds),
                f"name the kinds of stage_set in {FILE_SETS}",
            )  # fmt: skip


def _kinds(pattern: ast.expr) -> list[str]:
    found = next((text(n) for n in ast.walk(pattern) if text(n)), "") or ""
    group = re.search(r"\(\?P<(?:kind|form)>([a-z|]+)\)", found)
    return group[1].split("|") if group else []


RULES = (
    Rule(
        "analyses",
        "every analysis has a schema with its prefix, and every configuration reaches it",
        analyses,
        "a conversion that knew some analyses only; failed ones that counted as made: D17",
    ),
    Rule(
        "fields",
        "the fields an analysis writes are those of its schema",
        blocks,
        "the old static check never looked into blocks",
    ),
    Rule(
        "file-kinds",
        "the files written for an analysis are those the harness captures",
        file_kinds,
        "a set with fewer keys or files in one runner: D15, D23",
    ),
)
