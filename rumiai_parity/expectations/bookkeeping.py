"""What a run's report must say of itself: one decode pass, one audio extraction, and times that add up to the wall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from parity.pipeline.parts import Expectation

#: How far sums of times may lie from the wall (share of it).
SLACK = 0.1
#: Seconds of one core that decoding and looking for a device may take besides the services: where these answer from what
#: is known already, that is most of the run. On a busy machine a run gets less than a core, and takes longer for it.
DECODING = 5.0
SERVICES_STAGE = "running_ml_analysis"


def check_report(report: Mapping[str, Any], *, has_audio: bool) -> Iterator[Expectation]:
    """The counters and the sums. Imports and model loading count to the services, decoding to their stage."""
    metrics = report["processing_metrics"]
    for counter, wanted in (("decode_passes", 1), ("audio_extractions", int(has_audio))):
        got = metrics["counters"].get(counter, 0)
        yield Expectation("report", f"{wanted} {counter}", str(got), got == wanted)
    wall, stages = metrics["uptime_seconds"], metrics["stage_seconds"]
    services = sum(report["video_metrics"]["average_ml_times"].values())
    yield _adds_up("stages", sum(stages.values()), wall)
    others = sum(stages.values()) - stages[SERVICES_STAGE]
    got_of_a_core = min(1.0, max(0.01, metrics["cpu_percent"] / 100))
    yield _adds_up("services and the other stages", others + services, wall, or_seconds=DECODING / got_of_a_core)


def _adds_up(what: str, total: float, wall: float, *, or_seconds: float = 0.0) -> Expectation:
    fits = abs(total - wall) <= max(SLACK * wall, or_seconds)
    allowed = f"{SLACK:.0%} of the wall" + (f" or {or_seconds:.3g} s" if or_seconds else "")
    return Expectation("report", f"times of {what} within {allowed}", f"{total:.2f} of {wall:.2f} s", fits)
