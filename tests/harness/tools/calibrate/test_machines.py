"""Goldens of another kind of machine are compared all the same; the report says so, with what calibration knows."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from parity.pipeline import settings
from parity.pipeline.load import load_pipeline
from parity.report import words
from parity.tools.calibrate import machines
from tests.harness.conftest import ROOT

SCHEMA = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text())
ROWS = Draft202012Validator({"$defs": SCHEMA["$defs"], **SCHEMA["properties"]["machines"]})
AMD4, AMD3, INTEL4 = "x86-64-v4 AMD", "x86-64-v3 AMD", "x86-64-v4 Intel"


def told(cpu, threads=1):
    processor = None if cpu is None else {"model": "m", "vendor": "v", "class": cpu, "instruction_sets": []}
    return {"cpu": processor, "threads": threads}


@pytest.fixture
def config(tmp_path):
    """The project's settings, with no goldens yet."""
    return replace(settings.load(ROOT / "parity.toml"), snapshots=tmp_path / "snapshots")


def recorded(config, case, cpu, threads=1):
    """Goldens of ``case`` that say where they were recorded."""
    file = config.snapshots / case / "provenance.json"
    file.parent.mkdir(parents=True)
    untold = dict.fromkeys(("python", "system", "machine", "cpu", "cpus", "threads"))
    made = {
        "format": "parity-provenance/1",
        "run_id": "run",
        "recorded": "2026-11-01T12:00:00+00:00",
        "configuration": "local",
        "code": {"commit": None, "changed": None},
        **untold,
        "packages": {},
        "weights": {},
        "agreed": 1,
    }
    file.write_text(json.dumps(made | told(cpu, threads)))


def compared(config, *runs):
    rows = machines.compared(
        config,
        load_pipeline(config),
        [{"case": case, "configuration": "local", "provenance": told(*where)} for case, *where in runs],
    )
    ROWS.validate(rows)
    return rows


def said(rows):
    return words.machines({"machines": rows})


def test_goldens_of_the_runs_own_class_are_said_once_on_the_page_and_not_at_the_terminal(config):
    for case in ("a", "b"):
        recorded(config, case, AMD4)
    (row,) = rows = compared(config, ("a", AMD4), ("b", AMD4))
    assert (row["same"], row["calibrated"], row["cases"], row["spread"]) == (True, False, ["a", "b"], [])
    assert row["sentence"] == ("the goldens of 2 cases were recorded on x86-64-v4 AMD, where this run was computed too")
    assert said(rows) is None


def test_goldens_of_a_calibrated_class_come_with_its_spread_beside_what_is_allowed(config):
    recorded(config, "a", AMD3)
    (row,) = rows = compared(config, ("a", AMD4))
    assert (row["same"], row["calibrated"], row["conditions"]) == (False, True, ["avx2"])
    seen = {each["class"]: each for each in row["spread"]}
    data = json.loads((ROOT / "golden/calibration.json").read_text())
    (avx2,) = (each for each in data["conditions"] if each["name"] == "avx2")
    assert {name: each["abs"] for name, each in seen.items()} == {k: v["abs"] for k, v in avx2["classes"].items()}
    allowed = json.loads((ROOT / "schemas/tolerances.json").read_text())["classes"]
    assert (seen["box"]["unit"], seen["box"]["allowed_abs"]) == ("px", allowed["box"]["abs"])
    assert row["sentence"].startswith(
        "the goldens of a were recorded on x86-64-v3 AMD, this run was computed on x86-64-v4 AMD; compared all the same: "
        f"calibrated ({data['provenance']['machine']['cpu']}, {data['provenance']['date']}): AVX2 instead of AVX-512 in all "
        "libraries that let it be chosen moved box by up to 0.00024 px (allowed 0.05), "
    )
    assert said(rows) == (
        "machines: goldens of 1 case were recorded on x86-64-v3 AMD, this run was computed on x86-64-v4 AMD: its spread is "
        "calibrated"
    )


def test_the_spread_holds_in_both_directions(config):
    recorded(config, "a", AMD4)
    (row,) = compared(config, ("a", AMD3))
    assert row["calibrated"] and row["conditions"] == ["avx2"]


@pytest.mark.parametrize(
    ("golden", "run"),
    [
        (INTEL4, AMD4),
        ("x86-64-v3 Intel", AMD4),
        ("x86-64-v2 AMD", AMD4),
        ("x86-64-v2 AMD", AMD3),
        ("aarch64 ARM", AMD4),
    ],
)
def test_goldens_of_a_class_that_was_never_calibrated_say_so_loudly(config, golden, run):
    recorded(config, "a", golden)
    (row,) = rows = compared(config, ("a", run))
    assert (row["same"], row["calibrated"], row["spread"]) == (False, False, [])
    assert row["sentence"] == (
        f"the goldens of a were recorded on {golden}, this run was computed on {run}; compared all the same: never "
        "calibrated on this class, so a difference may be the machine's; `parity calibrate` measures it"
    )
    assert said(rows).endswith(f"on {golden}, this run was computed on {run}: never calibrated on this class")


def test_other_threads_are_another_machine_with_a_condition_of_its_own(config):
    recorded(config, "a", AMD4, 2)
    recorded(config, "b", AMD4, 8)
    recorded(config, "c", AMD3, 2)
    two, eight, both = compared(config, ("a", AMD4), ("b", AMD4), ("c", AMD4))
    assert (two["conditions"], two["calibrated"]) == (["threads-2"], True)
    assert "recorded on x86-64-v4 AMD, 2 threads, this run was computed on x86-64-v4 AMD, 1 thread;" in two["sentence"]
    assert (eight["conditions"], eight["calibrated"]) == ([], False)
    assert both["conditions"] == ["avx2", "threads-2"]
    by_class = {each["class"]: each["abs"] for each in both["spread"]}
    assert by_class["box"] == max(
        each["abs"] for row in (two, *compared_avx2(config)) for each in row["spread"] if each["class"] == "box"
    )


def compared_avx2(config):
    recorded(config, "d", AMD3)
    return compared(config, ("d", AMD4))


def test_goldens_that_do_not_say_where_they_come_from_are_named_where_a_ledger_is_kept(config):
    (config.snapshots / "a").mkdir(parents=True)
    (row,) = rows = compared(config, ("a", AMD4), ("never recorded", AMD4))
    assert (row["same"], row["golden"]["class"], row["cases"]) == (False, None, ["a"])
    assert row["sentence"].endswith(
        "whether the machines differ cannot be told; accepting a run of today notes it down"
    )
    assert "recorded on an unknown CPU class" in said(rows)
    assert compared(replace(config, ledger=None), ("a", AMD4)) == []


def test_a_run_of_an_earlier_day_does_not_tell_its_machine(config):
    recorded(config, "a", AMD4)
    (row,) = compared(config, ("a", None, None))
    assert not row["same"] and "this run was computed on an unknown CPU class" in row["sentence"]


def test_provenance_that_cannot_be_read_costs_nothing_and_is_named(config):
    recorded(config, "a", AMD4)
    (config.snapshots / "a/provenance.json").write_text("{")
    (row,) = compared(config, ("a", AMD4))
    assert not row["same"]
    assert "where the goldens of a were recorded cannot be told" in row["sentence"]
    assert "a/provenance.json: cannot be read as provenance" in row["sentence"]


def test_a_project_without_a_calibration_says_why_nothing_is_known(config, tmp_path):
    (tmp_path / "parity.toml").write_text("[parity]\n")
    config = replace(config, file=tmp_path / "parity.toml")
    recorded(config, "a", AMD3)
    (row,) = compared(config, ("a", AMD4))
    assert "never calibrated on this class (" in row["sentence"] and "[calibration]" in row["sentence"]


def test_many_cases_are_counted(config):
    names = [f"case{number}" for number in range(9)]
    for name in names:
        recorded(config, name, INTEL4)
    (row,) = compared(config, *((name, AMD4) for name in names))
    assert row["cases"] == names
    assert "the goldens of case0, case1, case2, case3, case4 and 4 more were recorded" in row["sentence"]
