"""How the checks are shared out among workers: each run on its own, all comparisons of one case together.

Runs of one case that share what they compute are one piece of work: beside each other, the second would wait for the first.
"""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling

#: Separates case, configuration and artifact in the id of a test.
SEPARATOR = ":"


def scope_of(node_id: str, sharing: Set[str] = frozenset()) -> str:
    """The group of the test ``node_id``; tests of one group run on one worker, in order. ``sharing``: names of cases.

    Comparisons of one case share what they have computed, and recorded goldens must be on disk before what is
    derived from them is compared.
    """
    name, _, parameters = node_id.rpartition("::")[2].partition("[")
    case = parameters.rstrip("]").split(SEPARATOR)[0]
    if name == "test_pipeline_runs" and case in sharing:
        return f"{name}[{case}]"
    return node_id if name == "test_pipeline_runs" or not parameters else case


class CaseScheduling(LoadScopeScheduling):
    """Scheduling by ``scope_of``."""

    sharing: Set[str] = frozenset()

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid, self.sharing)

    def remove_node(self, node: Any) -> str | None:
        """Take a worker out; the check in which it died, None where it had nothing left to do.

        That check is not made again: it would kill the next worker, too. What else was given to it others do.
        """
        units = self.assigned_work.pop(node)
        died = next((name for unit in units.values() for name, done in unit.items() if not done), None)
        if died is None:
            return None
        for scope, unit in units.items():
            if rest := {name: False for name, done in unit.items() if not done and name != died}:
                self.workqueue[scope] = rest
        for other in self.assigned_work:
            self._reschedule(other)
        return died

    def _reschedule(self, node: Any) -> None:
        if node in self.registered_collections:  # one that has just been started is given work when it is ready
            super()._reschedule(node)


def make(config: Any, log: Any) -> CaseScheduling | None:
    """The scheduler of a session that asked for ``--dist loadgroup``."""
    if config.getoption("dist") != "loadgroup":
        return None
    scheduling = CaseScheduling(config, log)
    if not config.getoption("--parity-from"):
        scheduling.sharing = _sharing(config)
    return scheduling


def _sharing(config: Any) -> Set[str]:
    """The cases whose runs share what they compute."""
    from parity.pipeline import cases, settings
    from parity.pipeline.load import load_pipeline
    from parity.run.reuse import mode_of
    from parity.verdict import ParityError

    option = config.getoption
    try:
        project = settings.load(Path(option("--parity-config") or settings.find()))
        pipeline = load_pipeline(project)
        found = cases.select(project, option("--parity-case"))
        return {case.name for case in found if mode_of(project, pipeline, case, option("--parity-ml")) == "shared"}
    except ParityError:
        return frozenset()  # the collection of the tests names it
