"""The report of a run as a page; that of the last is drawn anew when another run has ended."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from parity.pipeline.settings import Config
from parity.tools.review.desk import Refused


@dataclass(frozen=True)
class Shown:
    """A page, the run that it shows, and what a browser may load in it."""

    html: str
    run_id: str
    policy: str


class Page:
    """Draws the report in review mode; drawing takes seconds, so a page is kept until another run is the last."""

    def __init__(self, config: Config, token: str) -> None:
        self.config, self.token = config, token
        self._lock = threading.Lock()
        self._kept: Shown | None = None

    def current(self) -> Shown:
        """The page of the run; without one, an error that says how to get one."""
        from parity.run import runs

        with self._lock:
            try:
                config = runs.current(self.config)
            except runs.Lost as error:
                raise Refused(str(error), 503) from error
            if config.run is None:
                raise Refused(f"no run in {config.relative(config.reports)}: make one with `parity run`", 503)
            if self._kept is None or self._kept.run_id != config.run.name:
                self._kept = self._draw(config, config.run.name)
            return self._kept

    def _draw(self, config: Config, run_id: str) -> Shown:
        from parity.report import write
        from parity.report.page import payload, render

        report = write.read(config)
        contents = payload.payload(config, report, write.read_differences(config))
        html = render.html(contents, review={"token": self.token, "run_id": run_id})
        # As an element of the page, where it stands too, a policy cannot say who may frame the page.
        return Shown(html, run_id, f"{render.policy(deciding=True)}; frame-ancestors 'none'")
