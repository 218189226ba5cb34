"""Who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from parity.tools.sync.code import Module, shown
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Tree
from rumiai_parity.sync_rules.places import HARNESS, KNOWLEDGE, PACKAGE, listed, standing

#: What tests the pipeline.
TESTERS = ("harness", "parity", KNOWLEDGE)
SERVICES = f"{PACKAGE}/services"
#: Libraries of the services: loading one takes seconds, and what is computed with it outside its service no capture shows.
ML = {
    "torch", "torchvision", "ultralytics", "mediapipe", "easyocr", "whisper", "scenedetect", "librosa", "feat", "h5py", "lap",
    "transformers", "tensorflow", "keras",
}  # fmt: skip
#: Package or module of the pipeline → what else of the pipeline it may import; the longest that names a file counts.
#: `entry`, `cli` and `runner` put it all together.
BELOW: dict[str, set[str]] = {
    "redact": set(),
    "errors": {"redact"},
    "metrics": set(),
    "progress": set(),
    "shown": set(),
    "failure": {"crash", "errors", "redact"},
    "crash": {"redact", "settings", "shown"},
    "console": {"progress", "redact", "shown"},
    "settings": {"errors"},
    "models": {"redact"},
    "media": {"errors"},
    "analyses": {"errors"},
    "services": {"analyses", "errors", "media"},
    "timeline": {"analyses", "models"},
    "outputs": {"errors", "metrics", "models", "pipeline", "redact", "services"},
    "results": {"errors", "media", "services", "settings", "sources"},
    "pipeline": {"analyses", "errors", "media", "metrics", "models", "redact", "results", "services"},
    "sources": {"errors", "media", "models", "outputs", "redact", "settings", "shown"},
    "sources/older": {"errors", "models", "redact", "sources", "timeline"},
}
TOP = {"__init__", "__main__", "cli", "entry", "runner"}
#: What the package itself defines.
CONSTANTS = {"CONTRACT_VERSION"}


def layers(tree: Tree) -> Iterator[Found]:
    yield from _below(tree)
    for module in tree.modules(PACKAGE):
        for node, name in _imported(module):
            if name in TESTERS:
                yield Found(
                    module.path, node.lineno, "the pipeline imports the harness that tests it", f"no import of {listed(TESTERS)}",
                    shown(node), "move what both need into the pipeline",
                )  # fmt: skip
            elif name in ML and not module.path.startswith(f"{SERVICES}/"):
                yield Found(
                    module.path, node.lineno, f"uses {name} outside the services", f"ML libraries in {SERVICES} only",
                    shown(node), "let a service compute it",
                )  # fmt: skip
    harness, knowledge = standing(tree, HARNESS), standing(tree, KNOWLEDGE)
    for path in tree.below(harness, ".py"):
        if path.startswith(f"{knowledge}/") or PACKAGE.encode() not in tree.read(path):
            continue
        module = tree.module(path)
        for node, name in _imported(module):
            if name == PACKAGE:
                yield Found(
                    module.path, node.lineno, "the general harness imports the pipeline", f"such imports in {knowledge} only",
                    shown(node), "ask the pipeline through parity.pipeline.parts",
                )  # fmt: skip


def _below(tree: Tree) -> Iterator[Found]:
    """Imports within the pipeline lead downwards, so that nothing below can learn what stands above it."""
    for module in tree.modules(PACKAGE):
        parts = module.path.removeprefix(f"{PACKAGE}/").removesuffix(".py").split("/")
        layer = next((name for n in (2, 1) if (name := "/".join(parts[:n])) in BELOW), parts[0])
        if layer not in BELOW and layer not in TOP:
            yield Found(
                module.path, 1, f"{layer} stands in no layer", "a line in the table of layers", "none",
                "say there what it may import",
            )  # fmt: skip
            continue
        for node, target in _within(module):
            below = BELOW.get(layer, {*BELOW, *TOP})
            if target not in {*below, layer, parts[0]}:
                yield Found(
                    module.path, node.lineno, f"{layer} imports {target}, which is not below it",
                    f"of {PACKAGE} only {listed(below)}", shown(node), "take what it needs as an argument",
                )  # fmt: skip


def _within(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Imports of the pipeline's own packages and modules; a relative one is named by its dots, so that it is in no layer."""
    for node, name, item in module.imports():
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node, "." * node.level + name
        elif name == PACKAGE and item not in CONSTANTS:
            yield node, item or PACKAGE
        elif name.startswith(f"{PACKAGE}."):
            yield node, name.split(".")[1]


def _imported(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    for node, name, _ in module.imports():
        yield node, name.partition(".")[0]


RULES = (
    Rule(
        "layers",
        "each package imports what lies below it, none the harness, and ML libraries stay in the services",
        layers,
        "imports that one runner lacked: D9",
    ),
)
