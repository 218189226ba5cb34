"""What an analysis computes, and that it keeps its contract."""

from __future__ import annotations

from rumiai_v2.analyses.base import Analysis
from tests.analyses.documents import Json
from tests.schema_check import unexplained_nulls, validate


def computed(analysis: Analysis, document: Json) -> Json:
    """The result of ``analysis`` on ``document``, valid by its schema and with a reason for every null."""
    result = analysis.compute(document)
    validate(result, f"{analysis.name}.schema.json", strict=True)
    assert unexplained_nulls(result) == []
    return result
