"""Services that answer from a recording, so that everything around them runs in a second and without an ML library."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class Recorded:
    """A service of the registry whose results were recorded; it still says what it is and whether it is ready."""

    def __init__(self, real: Any, data: dict[str, Any]) -> None:
        self.real = real
        self.data = data

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def prepare(self) -> None:
        return None

    def analyse(self, media: Any, upstream: Mapping[str, Any]) -> dict[str, Any]:
        return copy.deepcopy(self.data)


def install(file: str | Path) -> None:
    """Let every service of the registry answer with what ``file``, a unified document, holds for it."""
    from rumiai_v2.services import environment, registry

    data = json.loads(Path(file).read_bytes())["ml_data"]

    def answering(name: str, make: Callable[[], Any]) -> Callable[[], Recorded]:
        return lambda: Recorded(make(), data[name])

    registry.SERVICES = {name: answering(name, make) for name, make in registry.SERVICES.items()}
    # Nothing is computed, so nothing needs a device; asking for one would import torch.
    environment.device = lambda: "cpu"
    environment.pin_threads = lambda: None


def wrap(name: str, change: Callable[[Any], None]) -> None:
    """Change every service called ``name`` when it is made."""
    from rumiai_v2.services import registry

    make = registry.SERVICES[name]

    def made() -> Any:
        service = make()
        change(service)
        return service

    registry.SERVICES = {**registry.SERVICES, name: made}
