"""The terminal side of a run: labelled lines on stdout, a bar with time left on stderr, logs on stderr."""

from __future__ import annotations

import logging
import os
import sys
from typing import IO, Any

from rumiai_v2.progress import PERCENT, overall


def claim_stdout() -> IO[str]:
    """Keep the real stdout for ourselves and send whatever else writes to it (native code included) to stderr."""
    sys.stdout.flush()
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return ours


def set_up_logging(level: str) -> None:
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    logging.getLogger("rumiai_v2").setLevel(level)


class ConsoleProgress:
    """Prints ``📊 <label>... (<n>%)`` lines to ``out``; on a terminal a progress bar on stderr besides."""

    def __init__(self, out: IO[str]) -> None:
        self.out = out
        self.label = ""
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> ConsoleProgress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

            self.bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f}%"),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.bar.start()
            self.task = self.bar.add_task("starting", total=100.0)
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def stage(self, label: str) -> None:
        self.label = label
        self.note(f"📊 {label}... ({PERCENT[label]}%)")
        self.advance(0.0)

    def advance(self, fraction: float, doing: str = "") -> None:
        if self.bar is not None:
            text = f"{self.label}: {doing}" if doing else self.label
            self.bar.update(self.task, completed=overall(self.label, fraction), description=text)

    def note(self, text: str) -> None:
        if self.bar is not None and self.out.isatty():
            self.bar.console.print(text, markup=False, highlight=False)  # above the bar, on the same screen
            return
        self.out.write(text + "\n")
        self.out.flush()
