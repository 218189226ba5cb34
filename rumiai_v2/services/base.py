"""The protocol every ML service follows, and what it tells about itself."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, Protocol

from rumiai_v2.media.types import FrameObserver, Media


@dataclass(frozen=True)
class WeightInfo:
    """One model file: where it came from (``setting``, ``cache``, ``offline_pack``, ``download``) and its hash."""

    name: str
    sha256: str
    source: str | None
    path: str | None


@dataclass(frozen=True)
class ServiceInfo:
    """What runs: goes to the report and to ``doctor``. ``problem`` says why it is not ready and what to do."""

    service: str
    library: str
    version: str | None
    weights: tuple[WeightInfo, ...]
    device: str
    problem: str | None = None


#: What a service can look at: the sampled frames, every decoded frame, the sound.
Input = Literal["frames", "every_frame", "audio"]

_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")


def constants(*modules: ModuleType) -> dict[str, Any]:
    """The constants that ``modules`` define and JSON can hold, as they are now: ``module.NAME`` → value.

    A service's parameters are these, so that a constant is stated once, where it is used. What a module imports is
    none of its own: a change of an import changes nothing that a service is asked.
    """
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in modules
        for name in _defined(module)
        if _plain(value := vars(module)[name])
    }


@functools.cache
def _defined(module: ModuleType) -> list[str]:
    """The names of constants that the module's source assigns at its top level, sorted."""
    body = ast.parse(Path(str(module.__file__)).read_bytes()).body
    targets = [target for each in body if isinstance(each, ast.Assign) for target in each.targets]
    targets += [each.target for each in body if isinstance(each, ast.AnnAssign) and each.value is not None]
    names = {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return sorted(name for name in names if _CONSTANT.fullmatch(name))


def _plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _plain(each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return all(_plain(each) for each in value)
    return value is None or isinstance(value, str | int | float)


class Service(Protocol):
    """One ML library. A service is made for one video and then thrown away.

    ``needs`` names the services whose results ``analyse`` gets in ``upstream`` (the stage graph), ``reads`` what of
    the media it looks at besides the duration and the shape of the picture.
    Nothing heavy is imported before ``prepare``; imports and model loading happen in ``prepare`` or ``analyse``.
    """

    name: str
    needs: tuple[str, ...]
    reads: tuple[Input, ...]

    def describe(self) -> ServiceInfo:
        """What would run, without loading a model or importing the library."""
        ...

    def parameters(self) -> dict[str, Any]:
        """Everything besides media, weights and libraries that changes the result (JSON)."""
        ...

    def prepare(self) -> FrameObserver | None:
        """Called before the decode pass; an observer that is returned sees every frame of it."""
        ...

    def analyse(self, media: Media, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """The service's JSON document for this video; raises on failure, returns empty lists for no detections."""
        ...
