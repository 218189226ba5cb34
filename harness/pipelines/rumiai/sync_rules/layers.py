"""Who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from harness.pipelines.rumiai.sync_rules.places import PACKAGE
from harness.sync.code import Module, shown
from harness.sync.rules import Found, Rule
from harness.sync.tree import Tree

HARNESS = "harness"
ADAPTER = f"{HARNESS}/pipelines/rumiai"
SERVICES = f"{PACKAGE}/services"
#: Libraries of the services: loading one takes seconds, and what is computed with it outside its service no capture shows.
ML = {
    "torch", "torchvision", "ultralytics", "mediapipe", "easyocr", "whisper", "scenedetect", "librosa", "feat", "h5py", "lap",
    "transformers", "tensorflow", "keras",
}  # fmt: skip


def layers(tree: Tree) -> Iterator[Found]:
    for module in tree.modules(PACKAGE):
        for node, name in _imported(module):
            if name == HARNESS:
                yield Found(
                    module.path, node.lineno, "the pipeline imports the harness that tests it", "no import of harness",
                    shown(node), "move what both need into the pipeline",
                )  # fmt: skip
            elif name in ML and not module.path.startswith(f"{SERVICES}/"):
                yield Found(
                    module.path, node.lineno, f"uses {name} outside the services", f"ML libraries in {SERVICES} only",
                    shown(node), "let a service compute it",
                )  # fmt: skip
    for path in tree.below(HARNESS, ".py"):
        if path.startswith(f"{ADAPTER}/") or PACKAGE.encode() not in tree.read(path):
            continue
        module = tree.module(path)
        for node, name in _imported(module):
            if name == PACKAGE:
                yield Found(
                    module.path, node.lineno, "the general harness imports the pipeline", f"such imports in {ADAPTER} only",
                    shown(node), "ask the pipeline through harness.pipelines.base",
                )  # fmt: skip


def _imported(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    for node, name, _ in module.imports():
        yield node, name.partition(".")[0]


RULES = (
    Rule(
        "layers",
        "the pipeline knows no harness, and ML libraries stay in the services",
        layers,
        "imports that one runner lacked: D9",
    ),
)
