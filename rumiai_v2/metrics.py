"""Counters and clocks of one run: what the report is made from."""

from __future__ import annotations

import gc
import logging
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil

log = logging.getLogger(__name__)

#: Above these the memory guard collects garbage: process size (GiB) and system load (%).
GUARD_PROCESS_GB = 4.0
GUARD_SYSTEM_PERCENT = 90.0


@dataclass
class Metrics:
    """``counters`` keep what happened how often; ``finished`` and ``running`` are the clocks of the stages."""

    counters: dict[str, int] = field(default_factory=dict)
    finished: dict[str, float] = field(default_factory=dict)
    running: dict[str, float] = field(default_factory=dict)
    _started: float = field(default_factory=time.perf_counter)
    _process: psutil.Process = field(default_factory=psutil.Process)

    def __post_init__(self) -> None:
        self._process.cpu_percent()  # the first call only sets the reference point

    def count(self, name: str, amount: int = 1) -> None:
        self.counters[name] = self.counters.get(name, 0) + amount

    @contextmanager
    def stage(self, label: str) -> Iterator[None]:
        """Time a stage."""
        self.running[label] = time.perf_counter()
        try:
            yield
        finally:
            self.finished[label] = time.perf_counter() - self.running.pop(label)

    @property
    def stage_seconds(self) -> dict[str, float]:
        """Wall clock per stage (s); a stage in progress counts up to now."""
        now = time.perf_counter()
        return self.finished | {label: now - begun for label, begun in self.running.items()}

    @property
    def uptime(self) -> float:
        return time.perf_counter() - self._started

    def guard_memory(self) -> None:
        """Collect garbage when the process or the system runs full."""
        process_gb = self._process.memory_info().rss / 2**30
        if process_gb > GUARD_PROCESS_GB or psutil.virtual_memory().percent > GUARD_SYSTEM_PERCENT:
            log.warning("memory guard: %.1f GiB in this process, collecting garbage", process_gb)
            gc.collect()

    def snapshot(self) -> dict[str, Any]:
        """Everything known by now (JSON)."""
        memory = self._process.memory_info()
        return {
            "uptime_seconds": self.uptime,
            "counters": dict(sorted(self.counters.items())),
            "gauges": {},
            "active_timers": list(self.running),
            "memory": {
                "rss_mb": memory.rss / 2**20,
                "vms_mb": memory.vms / 2**20,
                "percent": self._process.memory_percent(),
            },
            "cpu_percent": self._process.cpu_percent(),
        }

    def memory_usage(self) -> dict[str, Any]:
        """Real sizes (GiB); the peak is the operating system's own high-water mark."""
        return {
            "final_process_gb": self._process.memory_info().rss / 2**30,
            "peak_process_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
            "system_percent": psutil.virtual_memory().percent,
            "system_total_gb": psutil.virtual_memory().total / 2**30,
        }
