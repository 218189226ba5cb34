"""What one ML service said about one video."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

ServiceStatus = Literal["run", "not_run", "failed"]


@dataclass(frozen=True)
class MLResult:
    """``data`` is the service's JSON document; it is empty unless ``status`` is ``run``.

    ``seconds`` counts imports, model loading and inference. ``request`` is the digest of what was asked, None for a
    service that was not asked.
    """

    service: str
    status: ServiceStatus
    data: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    seconds: float = 0.0
    request: str | None = None

    @property
    def success(self) -> bool:
        return self.status == "run"
