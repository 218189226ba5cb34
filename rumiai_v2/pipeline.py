"""The stages behind every source, in order; each is a function with a JSON boundary.

media → services → timeline → temporal markers → analyses. Nothing here knows where the video came from.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from rumiai_v2.analyses.base import Analysis
from rumiai_v2.errors import RumiError, ServiceError, UsageError, WeightsError
from rumiai_v2.media.types import FrameObserver, Media
from rumiai_v2.metrics import Metrics
from rumiai_v2.models.ml_result import MLResult
from rumiai_v2.redact import redacted
from rumiai_v2.results import Computed, Results
from rumiai_v2.services.base import Service
from rumiai_v2.services.request import request_for

log = logging.getLogger(__name__)

ServiceRegistry = Mapping[str, Callable[[], Service]]


def select(registry: ServiceRegistry, only: Iterable[str] | None) -> list[str]:
    """Names of the services to run, in registry order; ``UsageError`` for unknown names and unmet needs."""
    if only is None:
        return list(registry)
    wanted = list(only)
    unknown = [name for name in wanted if name not in registry]
    if unknown or not wanted:
        raise UsageError(f"--services: expected names out of {', '.join(registry)}; got {', '.join(unknown) or 'none'}")
    return [name for name in registry if name in wanted]


@dataclass
class ServiceRuns:
    """Runs the selected services over one video, one after the other, and keeps what each said.

    ``source`` answers what the services are asked: by computing, or with what is known already.
    With ``allow_partial`` a failure is recorded and the others go on; without, it ends the run (``ServiceError``).
    """

    registry: ServiceRegistry
    only: list[str]
    allow_partial: bool
    metrics: Metrics
    source: Results = field(default_factory=Computed)
    results: dict[str, MLResult] = field(default_factory=dict)
    _made: dict[str, Service] = field(default_factory=dict)
    _seconds: dict[str, float] = field(default_factory=dict)
    _requests: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> list[FrameObserver]:
        """Make the services and load what must see every frame of the decode pass."""
        observers: list[FrameObserver] = []
        for name in self.only:
            with self._watch(name):
                service = self.registry[name]()
                self._made[name] = service
                if not self.source.computes:
                    continue
                self._check_ready(service)
                observer = service.prepare()
                if observer is not None:
                    observers.append(_Watched(name, observer, self))
        return observers

    def analyse(self, media: Media, advance: Callable[[float, str], None]) -> dict[str, MLResult]:
        """The results of all services of the registry, in its order."""
        self.source.begin(media)
        for done, name in enumerate(self.only):
            if name in self.results:
                continue  # failed while preparing or watching
            advance(done / len(self.only), name)
            service = self._made[name]
            with self._watch(name):
                upstream = self._upstream(service)
                request = request_for(service, media, {need: self._requests[need] for need in upstream})
                self._requests[name] = request.digest
                data = self.source.answer(request, partial(service.analyse, media, upstream))
                self.results[name] = MLResult(name, "run", data)
            self.metrics.guard_memory()
        advance(1.0, "")
        for name, result in self.results.items():
            self.results[name] = replace(result, seconds=self._seconds.get(name, 0.0), request=self._requests.get(name))
        return {name: self.results.get(name, MLResult(name, "not_run")) for name in self.registry}

    def _upstream(self, service: Service) -> dict[str, dict[str, Any]]:
        missing = [need for need in service.needs if need not in self.results or not self.results[need].success]
        if missing:
            raise ServiceError(
                f"service {service.name}: needs the results of {', '.join(missing)}, which did not run; add them to --services",
                service=service.name,
            )
        return {need: self.results[need].data for need in service.needs}

    def _check_ready(self, service: Service) -> None:
        problem = service.describe().problem
        if problem:
            raise WeightsError(f"service {service.name}: {problem}", service=service.name)

    @contextmanager
    def _watch(self, name: str) -> Iterator[None]:
        """Time a piece of a service's work, and turn whatever it raises into a recorded or fatal failure."""
        begun = time.perf_counter()
        try:
            yield
        except (Exception, SystemExit) as error:  # a library that ends the process is a service that failed
            self._fail(name, error)
        finally:
            self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - begun

    def _fail(self, name: str, error: BaseException) -> None:
        if isinstance(error, ServiceError):
            failure = error
        else:
            log.debug("service %s failed", name, exc_info=error)
            failure = ServiceError(
                f"service {name}: failed while analysing the video ({type(error).__name__}: {error}); "
                "see `python -m rumiai_v2 doctor`, or carry on without it with --allow-partial",
                service=name,
            )
        self.results[name] = MLResult(name, "failed", error=str(failure))
        if not self.allow_partial:
            raise failure from error
        log.warning("%s", failure)


@dataclass
class _Watched:
    """A service's frame observer whose time and failures count to that service, not to the decoder."""

    name: str
    observer: FrameObserver
    runs: ServiceRuns

    def see(self, frame: Any, timestamp: float) -> None:
        if self.name not in self.runs.results:
            with self.runs._watch(self.name):
                self.observer.see(frame, timestamp)


@dataclass(frozen=True)
class AnalysisOutcome:
    """``ml_form`` is None when the analysis raised; ``error`` then says what."""

    analysis: Analysis
    ml_form: dict[str, Any] | None
    error: str | None
    seconds: float


def run_analysis(analysis: Analysis, unified: Mapping[str, Any]) -> AnalysisOutcome:
    """Compute one analysis; whatever it raises is kept as its error, so that the others can go on."""
    begun = time.perf_counter()
    try:
        ml_form = analysis.compute(unified)
    except RumiError:
        raise
    except (Exception, SystemExit) as error:
        log.error("analysis %s failed", analysis.name, exc_info=error)
        said = redacted(f"{type(error).__name__}: {error}")
        return AnalysisOutcome(analysis, None, said, time.perf_counter() - begun)
    return AnalysisOutcome(analysis, ml_form, None, time.perf_counter() - begun)
