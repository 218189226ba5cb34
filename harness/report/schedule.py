"""How the checks are shared out among workers: each run on its own, all comparisons of one case together."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

#: Separates case, configuration and artifact in the id of a test.
SEPARATOR = ":"


def scope_of(node_id: str) -> str:
    """The group of the test ``node_id``; tests of one group run on one worker, in order.

    Comparisons of one case share what they have computed, and recorded goldens must be on disk before what is
    derived from them is compared.
    """
    name, _, parameters = node_id.rpartition("::")[2].partition("[")
    if name == "test_pipeline_runs" or not parameters:
        return node_id
    return parameters.rstrip("]").split(SEPARATOR)[0]


class CaseScheduling(LoadScopeScheduling):
    """Scheduling by ``scope_of``."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def make(config: Any, log: Any) -> CaseScheduling | None:
    """The scheduler of a session that asked for ``--dist loadgroup``."""
    return CaseScheduling(config, log) if config.getoption("dist") == "loadgroup" else None
