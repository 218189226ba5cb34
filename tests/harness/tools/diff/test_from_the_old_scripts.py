"""Every command on docs/from-the-old-scripts.md runs, on a project with captures and two plain folders."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from parity.verdict import Verdict
from tests.harness.tools.diff.conftest import ROOT
from tests.harness.tools.diff.deployed import FORMS, Folder, write

PAGE = (ROOT / "docs/from-the-old-scripts.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]

#: What a command ends with here, where that is not parity: the plain folders are of an older contract and differ.
ENDS = {
    "parity diff prod mine --any-contract": Verdict.DRIFT,
    "parity diff prod mine --stamp 20250811 --any-contract": Verdict.DRIFT,
    "parity diff prod mine --media different --any-contract": Verdict.DRIFT,
    "parity diff prod mine": Verdict.CONTRACT,
    "parity diff prod mine --analysis creative_density.ml": Verdict.CONTRACT,
    "parity diff prod mine --field '*avgDensity'": Verdict.DRIFT,
    "parity diff prod mine --field densityDynamics.densityCurve": Verdict.PARITY,
}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A folder with what the page says: settings, goldens, captures, ``prod``, ``mine``, a form and its outputs."""
    from parity.pipeline import settings
    from parity.pipeline.load import load_pipeline
    from parity.tools.diff import sides

    root = tmp_path_factory.mktemp("page")
    for name in ("golden", "schemas", "tests", "docs"):
        (root / name).symlink_to(ROOT / name)
    (root / "parity.toml").write_text((ROOT / "parity.toml").read_text())
    config = settings.load(root / "parity.toml")
    pipeline = load_pipeline(config)
    golden = sides.read(config.snapshots / "tutorial", config, pipeline)
    for configuration in pipeline.configurations:
        capture(root / "reports/captures/tutorial" / configuration, "tutorial", configuration, golden.documents)
    for name, local in (("prod", False), ("mine", True)):
        made = Folder(root / name, local=local)
        made.results["creative_density"]["densityCoreMetrics"]["avgDensity"] += local
        made.save()
    write(root / "golden_v2_tutorial_1.json", {"scene_count": {"your_count": 3}})
    for artifact, document in golden.documents.items():
        name, _, form = artifact.partition(".")
        if form in FORMS:
            write(root / f"insights/1/{name}/{name}_{form}_20260101_120000.json", document)
    write(root / "insights/1/report_20260101_120000.json", golden.documents["report"])
    write(root / "unified_analysis/1.json", golden.documents["unified"])
    return root


def capture(folder: Path, case: str, configuration: str, documents: dict) -> None:
    """A capture that holds these documents; clocks, which goldens do not tell, stand still."""
    for name, document in documents.items():
        write(folder / f"{name}.json", json.dumps(document).replace('"<volatile>"', "0"))
    write(
        folder / "capture.json",
        {
            "format": "parity-capture/1",
            "case": case,
            "configuration": configuration,
            "run_id": "1",
            "argv": [],
            "exit_code": 0,
            "failure": None,
            "started": "2026-01-01T00:00:00+00:00",
            "seconds": 1.0,
            "problems": [],
            "files": {name: f"{name}.json" for name in documents},
            "provenance": {},
            "stamps": [],
        },
    )


def test_the_page_has_commands_for_all_four_scripts():
    sections = re.findall(r"^## (\w+\.py)$", PAGE, re.MULTILINE)
    assert sections == ["verify_sync.py", "compare_ml_results.py", "compare_golden.py", "compare_outputs.py"]
    parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    assert all("```sh" in part and "|---|---|---|" in part for part in parts)
    assert set(ENDS) <= set(COMMANDS)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_of_the_page_runs(line, project, monkeypatch, _schemas_read_once):
    from parity.cli.main import main

    program, *arguments = shlex.split(line)
    assert program == "parity"
    # The static check reads the source of this project; everything else works on files beside the settings.
    monkeypatch.chdir(ROOT if arguments == ["sync"] else project)
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert done.exit_code != Verdict.USAGE, done.output
    assert done.output.strip()
    if line in ENDS:
        assert done.exit_code == ENDS[line], done.output


@pytest.mark.parametrize("line", [line for line in COMMANDS if "json" in line and "--format" in line])
def test_the_command_for_a_program_prints_json(line, project, monkeypatch, _schemas_read_once):
    from parity.cli.main import main

    monkeypatch.chdir(project)
    assert json.loads(CliRunner().invoke(main, shlex.split(line)[1:]).output)["format"] == "parity-diff/1"


def test_every_page_and_option_that_the_page_names_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
    text = CliRunner().invoke(_main(), ["diff", "--help"]).output
    named = {option for line in COMMANDS if line.startswith("parity diff") for option in re.findall(r"--[a-z-]+", line)}
    assert all(option in text for option in named | {"--stamp", "--limit"})


def _main():
    from parity.cli.main import main

    return main
