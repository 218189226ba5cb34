"""The toy, asleep: its program waits for minutes beside a helper that it has started."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from parity.pipeline.case import Case
from parity.pipeline.parts import Job
from tests.harness.toy.pipeline import Toy

#: Both are named so that a test finds them.
PROGRAM = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(300)  # sleeper's helper"])
time.sleep(300)  # sleeper
"""


class Sleeping(Toy):
    @contextmanager
    def job(self, case: Case, configuration: str) -> Iterator[Job]:
        with super().job(case, configuration) as job:
            yield replace(job, argv=(sys.executable, "-S", "-c", PROGRAM), timeout_s=250)


PIPELINE = Sleeping()
