"""Documents that conform to a schema of ``schemas/``, of any size, with the shape of real ones; and changed copies.

Values are drawn from what the schema allows; lists that detectors fill have the lengths of a real analysis of 80 s per
unit (about 0.6 MB, 16,000 leaves, 8,600 real numbers, 1,200 detections), so a document of 10 units is 800 s of video.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from parity.contract.nodes import Node
from parity.contract.registry import Schemas

#: Items per unit of the lists that make a document large, by the last two keys of their path.
LENGTHS = {
    "yolo.objectAnnotations": 1200,
    "mediapipe.poses": 6,
    "mediapipe.faces": 3,
    "mediapipe.gaze": 4,
    "mediapipe.hands": 360,
    "mediapipe.gestures": 345,
    "ocr.textAnnotations": 9,
    "whisper.segments": 3,
    "segments.words": 4,
    "timeline.entries": 30,
    "emotion_detection.emotions": 2,
}
SECONDS = 80.0

_PATTERNS: dict[str, Callable[[random.Random], str]] = {
    r"^obj_\d+$": lambda rng: f"obj_{rng.randint(1, 40)}",
    r"^[0-9a-f]{64}$": lambda rng: f"{rng.getrandbits(256):064x}",
    r"^\d+\.\d+\.\d+$": lambda rng: "2.0.0",
    r"^[a-z]{2,3}$": lambda rng: rng.choice(("en", "de", "fil")),
    r"^\d+s$": lambda rng: f"{rng.randint(0, 79)}s",
}
_WORDS = ("person", "cup", "book", "slow", "water", "breathe", "today", "walk", "phone", "chair", "light", "open")


def document(schemas: Schemas, schema_id: str, *, units: int, seed: int = 1) -> Any:
    """One valid document of ``schema_id``; equal arguments give equal documents."""
    maker = _Maker(schemas, units, random.Random(seed))
    return maker.make(schemas.get(schema_id), schema_id, (), 0.0)


class _Maker:
    def __init__(self, schemas: Schemas, units: int, rng: random.Random) -> None:
        self.schemas, self.units, self.rng = schemas, units, rng

    def make(self, schema: Mapping[str, Any], home: str, path: tuple[str, ...], at: float) -> Any:
        """A value of ``schema``, which stands in the document ``home``; ``at`` is the time of the item it is in."""
        if "$ref" in schema:
            target, where = self._target(schema["$ref"], home)
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            return self.make({**target, **beside}, where, path, at)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                full = [part for part in schema[word] if part.get("type") != "null" and part.get("properties") != {}]
                return self.make(self.rng.choice(full) if path[-1:] == ("entries",) else full[0], home, path, at)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.rng.choice([value for value in schema["enum"] if value is not None])
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        kind = next(each for each in types if each != "null")
        return getattr(self, f"_{kind}")(schema, home, path, at)

    def _target(self, reference: str, home: str) -> tuple[Mapping[str, Any], str]:
        resolved = self.schemas.registry.resolver(base_uri=home).lookup(reference)
        return resolved.contents, urljoin(home, reference.partition("#")[0])

    def _object(self, schema: Mapping[str, Any], home: str, path: tuple[str, ...], at: float) -> dict[str, Any]:
        wanted = schema.get("required", ())
        return {key: self.make(schema["properties"][key], home, (*path, key), at) for key in wanted}

    def _array(self, schema: Mapping[str, Any], home: str, path: tuple[str, ...], at: float) -> list[Any]:
        if "prefixItems" in schema:
            return [self.make(part, home, path, at) for part in schema["prefixItems"]]
        low, high = schema.get("minItems", 0), schema.get("maxItems", math.inf)
        length = LENGTHS.get(".".join(path[-2:]), 2)
        length = length if path[-1] == "words" or length == 2 else length * self.units
        length = int(max(low, min(high, length)))
        box = schema.get("x-parity", {}).get("box")
        if box or (low == high == 4):
            x, y = self.rng.uniform(0, 400), self.rng.uniform(0, 800)
            return [x, y, x + self.rng.uniform(20, 200), y + self.rng.uniform(20, 200)]
        align = schema.get("x-parity", {}).get("align")
        if align is None:
            return [self.make(schema["items"], home, path, at) for _ in range(length)]
        span = SECONDS * self.units if not at else 2.0
        # Three items of each moment, as a detector that finds several things on every frame.
        times = [at + (i // 3) * 3 * span / max(1, length) for i in range(length)]
        return [self.make(schema["items"], home, path, time) for time in times]

    def _number(self, schema: Mapping[str, Any], home: str, path: tuple[str, ...], at: float) -> float:
        if schema.get("x-parity", {}).get("media_time"):
            return at
        low = schema.get("minimum", schema.get("exclusiveMinimum", schema.get("maximum", 1) - 1))
        high = min(schema.get("maximum", low + 100), low + 1000)
        # Well inside the bounds, so that a changed value is valid too.
        return self.rng.uniform(low + (high - low) / 4, high - (high - low) / 4)

    def _integer(self, schema: Mapping[str, Any], home: str, path: tuple[str, ...], at: float) -> int:
        low = schema.get("minimum", 0)
        return self.rng.randint(low, schema.get("maximum", low + 1000))

    def _string(self, schema: Mapping[str, Any], home: str, path: tuple[str, ...], at: float) -> str:
        if "pattern" in schema:
            return _PATTERNS[schema["pattern"]](self.rng)
        if "maxLength" in schema:
            return ""
        words = 5 if path[-1] == "text" else 1
        return " ".join(self.rng.choice(_WORDS) for _ in range(words))

    def _boolean(self, schema: Mapping[str, Any], home: str, path: tuple[str, ...], at: float) -> bool:
        return self.rng.random() < 0.5


def reals(value: Any, node: Node | None) -> Iterator[tuple[Any, Any, Node]]:
    """(container, key, node) of every real number in ``value``."""
    node = node.choose(value) if node is not None else None
    if node is None or not isinstance(value, dict | list):
        return
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        child = node.child(key) if isinstance(value, dict) else node.item(key)
        if isinstance(item, float) and child is not None and child.values is None:
            yield value, key, child.choose(item) or child
        else:
            yield from reals(item, child)


def changed(original: Any, node: Node, *, share: float, seed: int = 2) -> Any:
    """A copy in which that share of all real numbers differs by 0.01."""
    made = copy.deepcopy(original)
    places = list(reals(made, node))
    for container, key, _ in random.Random(seed).sample(places, int(share * len(places))):
        container[key] += -0.01 if container[key] > 0.5 else 0.01
    return made


def jittered(original: Any, node: Node, allowed: Callable[[str], float], *, seed: int = 3) -> Any:
    """A copy in which every real number that has a tolerance differs by less than it; ``allowed``: by its class."""
    made, rng = copy.deepcopy(original), random.Random(seed)
    for container, key, leaf in reals(made, node):
        step = allowed(leaf.rule.kind) * rng.uniform(0.1, 0.9)
        container[key] += -step if container[key] > 0.5 else step
    return made


def with_insertion(original: Any) -> Any:
    """A copy with one detection more, the fourth."""
    made = copy.deepcopy(original)
    detections = made["ml_data"]["yolo"]["objectAnnotations"]
    left, top, right, bottom = detections[3]["bbox"]
    detections.insert(
        3, {**detections[3], "className": "zebra", "class": "zebra", "bbox": [left / 9, top, right, bottom]}
    )
    return made
