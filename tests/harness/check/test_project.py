"""The schemas of a project and the tolerance classes they name fit together, or the one that does not is named."""

from __future__ import annotations

import pytest

from parity.check import rules
from parity.pipeline import settings
from parity.pipeline.load import load_pipeline
from parity.verdict import ContractError

SCHEMA = "schemas/scores.schema.json"


def tolerances(project):
    config = settings.load(project.root / "parity.toml")
    return rules.tolerances_of(config, rules.all_schemas(config, load_pipeline(config)))


def test_every_class_that_a_schema_names_is_there(project):
    assert "ratio" in tolerances(project)


@pytest.mark.parametrize("annotation", [{"class": "nope"}, {"flip": {"class": "nope"}}])
def test_a_class_that_is_not_there_is_named_before_anything_differs(project, annotation):
    schema = project.read(SCHEMA)
    schema["properties"]["Core"]["properties"]["mean"]["x-parity"].update(annotation)
    project.write(SCHEMA, schema)
    kind = "flip rule" if "flip" in annotation else "tolerance class"
    with pytest.raises(
        ContractError,
        match=rf"scores\.schema\.json#/properties/Core/properties/mean: unknown {kind} 'nope'; schemas/tolerances\.json has",
    ):
        tolerances(project)


def test_a_run_ends_with_contract_when_a_class_is_not_there(project):
    schema = project.read(SCHEMA)
    schema["properties"]["Core"]["properties"]["mean"]["x-parity"]["class"] = "nope"
    project.write(SCHEMA, schema)
    project.case("plain")
    done = project.parity("run", "--jobs", "1")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "unknown tolerance class 'nope'" in done.stdout + done.stderr
