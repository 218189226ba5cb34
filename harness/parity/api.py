"""The public face of the harness for programs: what a pipeline is made of, a comparison of two sides, and a whole run.

Everything else may move from one release to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parity.check.rules import Rules
from parity.pipeline import settings
from parity.pipeline.case import Case
from parity.pipeline.load import load_pipeline
from parity.pipeline.parts import Artifact, Expectation, Found, Job, Pipeline, Stage
from parity.session import session
from parity.tools.diff import report
from parity.tools.diff.pair import Options
from parity.tools.diff.pairs import Comparer
from parity.verdict import ContractError, ParityError, PipelineError, UsageError, Verdict

__all__ = [
    "Artifact", "Case", "ContractError", "Expectation", "Found", "Job", "ParityError", "Pipeline", "PipelineError", "Stage",
    "UsageError", "Verdict", "compare", "run",
]  # fmt: skip


def compare(
    expected: str | Path,
    actual: str | Path,
    *,
    config: str | Path | None = None,
    schema: str | None = None,
    tolerances: bool | None = None,
    fields: Sequence[str] = (),
) -> dict[str, Any]:
    """Two captures, folders of outputs or files compared as ``parity diff`` does; its JSON document (``verdict``,
    ``exit_code``, ``pairs`` with every difference).

    ``config``: the settings (None: the nearest ``parity.toml``). ``schema``: the id to read both files by; "none" for without.
    ``tolerances``: False compares exactly, None as the media say. Raises ``ParityError`` with what is wrong with the input.
    """
    project = settings.load(config)
    pipeline = load_pipeline(project)
    options = Options(fields=tuple(fields), tolerances=tolerances, schema=schema)
    found, pairs = Comparer(Rules(project, pipeline), options).compared(Path(expected), Path(actual))
    return report.build(pairs, found, config=project, pipeline=pipeline, options=options, limit=None)


def run(
    *, config: str | Path | None = None, cases: Sequence[str] = (), captures: str | Path | None = None, jobs: int = 1
) -> dict[str, Any]:
    """Run the pipeline on ``cases`` (empty: on all), compare, and leave a report behind; that report (``verdict``,
    ``exit_code``, ``causes``, ``results``).

    ``captures``: saved captures to compare instead. ``jobs``: processes side by side. Raises ``ParityError`` where nothing
    could be compared.
    """
    project = settings.load(config)
    return session.run(project, session.Asked(cases, captures, jobs=jobs)).report
