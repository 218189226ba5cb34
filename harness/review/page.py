"""The report of the last run as a page, drawn anew when another run has ended."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from harness.config import Config
from harness.review.desk import Refused


@dataclass(frozen=True)
class Shown:
    """A page, the run that it shows, and what a browser may load in it."""

    html: str
    run_id: str
    policy: str


class Page:
    """Draws the report in review mode; drawing takes seconds, so a page is kept until its files change."""

    def __init__(self, config: Config, token: str) -> None:
        self.config, self.token = config, token
        self._lock = threading.Lock()
        self._kept: tuple[Any, Shown] | None = None

    def current(self) -> Shown:
        """The page of the last run; without a report, an error that says how to get one."""
        from harness.decide import decide

        with self._lock:
            run_id = decide.state(self.config)["run_id"]
            key = (run_id, *self._files())
            if self._kept is None or self._kept[0] != key:
                self._kept = (key, self._draw(run_id))
            return self._kept[1]

    def _files(self) -> tuple[Any, ...]:
        """What changes when a run replaces its reports."""
        from harness.report import build, write

        found = []
        for name in (build.FILE_NAME, write.DIFFERENCES):
            file = self.config.reports / name
            try:
                stat = file.stat()
            except FileNotFoundError as error:
                where = self.config.relative(file)
                text = f"no report in {where}: run `make parity`, or wait for the run that is going on"
                raise Refused(text, 503) from error
            found.append((stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(found)

    def _draw(self, run_id: str) -> Shown:
        from harness.report import write
        from harness.report.page import payload, render

        report = write.read(self.config)
        contents = payload.payload(self.config, report, write.read_differences(self.config))
        html = render.html(contents, review={"token": self.token, "run_id": run_id})
        # As an element of the page, where it stands too, a policy cannot say who may frame the page.
        return Shown(html, run_id, f"{render.policy(deciding=True)}; frame-ancestors 'none'")
