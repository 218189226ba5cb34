"""Where things stand in this project, and what several rules ask of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from parity.tools.sync.code import Function, Module, text
from parity.tools.sync.tree import Missing, Tree

PACKAGE = "rumiai_v2"
CLI = f"{PACKAGE}/cli.py"
ENTRY = f"{PACKAGE}/entry.py"
RUNNER = f"{PACKAGE}/runner.py"
ERRORS = f"{PACKAGE}/errors.py"
SETTINGS = f"{PACKAGE}/settings.py"
COMPILED = f"{PACKAGE}/services/compiled.py"
WEIGHT_FILE = f"{PACKAGE}/services/weight_file.py"
SOURCES = f"{PACKAGE}/sources"
KNOWLEDGE = "rumiai_parity"
ADAPTER = f"{KNOWLEDGE}/pipeline.py"
LAYOUT = f"{KNOWLEDGE}/layout.py"
HARNESS = "harness/parity"
#: Where something stands now → where it stood in older commits, which are judged, too (history, hooks).
BEFORE = {
    WEIGHT_FILE: f"{PACKAGE}/services/weights.py",
    COMPILED: f"{PACKAGE}/services/environment.py",
    ADAPTER: "harness/pipelines/rumiai/pipeline.py",
    LAYOUT: "harness/pipelines/rumiai/pipeline.py",
    f"{HARNESS}/cli/main.py": "harness/cli.py",
    f"{HARNESS}/cli": "harness/commands",
    HARNESS: "harness",
    KNOWLEDGE: "harness/pipelines/rumiai",
}
SCHEMAS = "schemas"
#: The commands that run the pipeline; the first two are the configurations that must agree.
COMMANDS = ("production", "local", "replay")


def standing(tree: Tree, place: str) -> str:
    """Where a file or folder stands in this tree: where it does now, or where ``BEFORE`` says."""
    there = [each for each in (place, BEFORE.get(place, place)) if each in tree or tree.below(each)]
    return there[0] if there else place


def function(module: Module, name: str) -> Function:
    """A function by its qualified name; ``Missing`` where the module has none."""
    found = module.functions.get(name)
    if found is None:
        raise Missing(module.path, f"the function {name}")
    return found


def top(module: Module, name: str) -> ast.expr:
    """What a name at the top of a module is bound to; ``Missing`` where it is not."""
    found = module.assigned(name)
    if found is None:
        raise Missing(module.path, f"the name {name}")
    return found


def runner_class(tree: Tree) -> str:
    """Qualified name of the class in runner.py that has the state of a run."""
    module = tree.module(RUNNER)
    found = next((name for name in module.classes if f"{name}.execute" in module.functions), None)
    if found is None:
        raise Missing(RUNNER, "a class with a method execute")
    return found


def source_classes(tree: Tree) -> dict[str, str]:
    """Class that each command's source is made of: class name → command."""
    cli = tree.module(CLI)
    found: dict[str, str] = {}
    for command in COMMANDS:
        for node in ast.walk(function(cli, command)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}.sources"):
                found |= {alias.name: command for alias in node.names}
    if not found:
        raise Missing(CLI, f"commands that import their source from {PACKAGE}.sources")
    return found


def schema_at(tree: Tree, file: str, *keys: str) -> dict[str, Any]:
    """The properties of an object in a schema, found by the names of the properties around it."""
    path = f"{SCHEMAS}/{file}"
    node = tree.json(path)
    for key in keys:
        node = (node.get("properties") or {}).get(key)
        if node is None:
            raise Missing(path, f"the property {'.'.join(keys)}")
        if "$ref" in node:
            node = _resolved(tree, path, node["$ref"])
    properties: dict[str, Any] = node.get("properties") or {}
    return properties


def _resolved(tree: Tree, path: str, ref: str) -> dict[str, Any]:
    file, _, pointer = ref.partition("#")
    node: dict[str, Any] = tree.json(f"{SCHEMAS}/{file}" if file else path)
    for part in pointer.strip("/").split("/") if pointer else ():
        node = node.get(part, {})
    return node


def line_of(tree: Tree, path: str, *words: str) -> int:
    """The first line from 1 in which the words stand, each in its turn after the one before; 1 where they do not."""
    lines = tree.lines(path)
    at = 0
    for word in words:
        at = next((n for n in range(at, len(lines)) if word in lines[n]), -1)
        if at < 0:
            return 1
    return at + 1


def listed(names: Iterable[object]) -> str:
    """Names for a message, sorted; "none" for no names."""
    return ", ".join(sorted(map(str, names))) or "none"


def resolved(module: Module, node: ast.expr | None) -> str | None:
    """A text given as a literal or as a name bound to one at the top of the module."""
    return text(module.assigned(node.id)) if isinstance(node, ast.Name) else text(node)
