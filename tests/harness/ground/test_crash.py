"""An error that nobody foresaw ends with 70 and leaves its traceback in a file; it is never taken for a verdict."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from unittest.mock import Mock

import pytest
from jsonschema import Draft202012Validator

from parity import crash
from parity.verdict import HarnessError, UsageError
from tests.harness.conftest import IMPORTS, ROOT, Project, fill

#: A pipeline whose ground truth cannot be held against the case ``second``, in whatever way the case says.
BROKEN = """
import os
from tests.harness.toy.pipeline import Toy

class Broken(Toy):
    def expectations(self, case, document):
        way = (case.folder / "way").read_text() if (case.folder / "way").exists() else ""
        if way == "dies":
            (case.folder / "way").unlink()
            os._exit(9)
        if way == "breaks":
            raise LookupError("half of a pair: \\ud83d, and " + os.environ["MY_TOKEN"])
        return super().expectations(case, document)

PIPELINE = Broken()
"""
TOKEN = "tok-0123456789"


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A project at parity, with captures of two cases."""
    made = fill(tmp_path_factory.mktemp("compared"))
    made.case("second")
    done = made.parity("golden", "--reason", "as it is", "--jobs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    made.write("broken.py", BROKEN)
    settings = (made.root / "parity.toml").read_text(encoding="utf-8")
    made.write("parity.toml", settings.replace("tests.harness.toy.pipeline:PIPELINE", "broken:PIPELINE"))
    return made


@pytest.fixture
def project(compared, tmp_path):
    shutil.copytree(compared.root, tmp_path / "p", symlinks=True)
    return Project(tmp_path / "p")


def again(project, *options):
    """Compare the saved captures with the pipeline that can be broken."""
    path = os.pathsep.join((IMPORTS, str(project.root)))
    return project.parity("run", "--from", "reports/captures", *options, PYTHONPATH=path, MY_TOKEN=TOKEN)


def only_crash_file(project):
    (file,) = (project.root / "reports").rglob("crash-*.txt")
    return file


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_comparison_that_breaks_costs_the_verdict_and_no_other_comparison(project, jobs):
    (project.root / "corpus/second/way").write_text("breaks")
    done = again(project, "--jobs", jobs)
    assert done.returncode == 70, done.stdout + done.stderr
    assert done.stdout.startswith("parity: crash (exit code 70): the harness itself failed, so there is no verdict\n")
    file = only_crash_file(project)
    assert file.name in done.stdout
    text = file.read_text(encoding="utf-8")
    assert text.count("Traceback (most recent call last)") == 2, "one for each configuration"
    assert "in expectations" in text and "LookupError: half of a pair: \\ud83d, and ***" in text
    report = project.report()
    schema = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text())
    Draft202012Validator(schema).validate(report)
    assert (report["verdict"], report["exit_code"]) == ("crash", 70)
    assert len(report["crashes"]) == 2
    made = {(each["check"], each["case"]) for each in report["results"]}
    assert {("golden", "second"), ("golden", "plain"), ("expectations", "plain"), ("ledger", None)} <= made
    for written in (project.root / "reports").glob("*.*"):
        assert TOKEN not in written.read_text(encoding="utf-8"), written


@pytest.mark.parametrize("holds", ["half a pair", "depth", "a folder"])
def test_whatever_a_case_holds_the_others_are_compared_and_it_is_named(project, holds):
    (file,) = (project.root / "reports/captures/second/disk").rglob("scores_*.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    if holds == "half a pair":
        document["Core"]["label"] = "half \ud83d"
        file.write_text(json.dumps(document))
    elif holds == "depth":
        file.write_text("[" * 100_000 + "]" * 100_000)
    else:
        file.unlink()
        file.mkdir()
    done = again(project, "--jobs", "2" if holds == "half a pair" else "1")
    code = {"half a pair": 3, "depth": 3, "a folder": 2}[holds]
    assert done.returncode == code, done.stdout + done.stderr
    report = project.report()
    assert report["crashes"] == [] and report["complete"]
    plain = [each["verdicts"] for each in report["results"] if each["case"] == "plain"]
    assert len(plain) == 25 and all(verdicts == ["parity"] for verdicts in plain)
    assert "second · " in done.stdout
    said = {"half a pair": "half \\ud83d", "depth": "nested too deep", "a folder": "not there"}[holds]
    assert said in " ".join(done.stdout.split())
    assert list((project.root / "reports").glob("crash-*")) == []


def test_a_worker_that_dies_costs_the_verdict_and_no_other_comparison(project):
    (project.root / "corpus/second/way").write_text("dies")
    done = again(project, "--jobs", "2")
    assert done.returncode == 70, done.stdout + done.stderr
    told = only_crash_file(project).read_text(encoding="utf-8")
    assert "expectations/second/web\nthe process that made this check ended with code 9\n" in told
    made = {(each["check"], each["case"]) for each in project.report()["results"]}
    assert {("golden", "plain"), ("expectations", "plain"), ("golden", "second")} <= made
    lacking = project.report()["not_run"]
    assert lacking == ["expectations/second/web"], "another process made what was left"


def parity(project, code, *arguments, stdout=subprocess.PIPE, **environ):
    """``parity`` after ``code`` was executed, which may break anything of it."""
    program = f"import sys\nimport click\nfrom unittest import mock\n{code}\nfrom parity.cli.main import main\nmain(prog_name='parity')"
    kept = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith(("PYTEST_", "PARITY_", "GITHUB_"))}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=project.root,
        text=True,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
        env={**kept, "PYTHONPATH": IMPORTS, **environ},
        timeout=60,
    )


def breaking(what, error):
    return f"mock.patch('parity.{what}', side_effect={error}).start()"


@pytest.mark.parametrize(
    ("broken", "arguments"),
    [
        ("decide.state.state", ("status",)),
        ("decide.decide.accept", ("accept", "--all", "--reason", "x")),
        ("report.write.read", ("report",)),
        ("pipeline.load.load_pipeline", ("diff", "reports/captures", "reports/captures")),
        ("pipeline.cases.discover", ("corpus", "list")),
        ("tools.sync.command.run", ("sync",)),
    ],
)
def test_whatever_breaks_in_any_command_ends_with_70_one_sentence_and_a_file(project, broken, arguments):
    error = f"ValueError('with {TOKEN} in it')"
    done = parity(project, breaking(broken, error), *arguments, THE_API_KEY=TOKEN)
    assert (done.returncode, done.stdout) == (70, ""), done.stderr
    (line,) = done.stderr.splitlines()
    file = only_crash_file(project)
    assert line == (
        f"parity: crash: ValueError: with *** in it; this is no verdict: its traceback is in {file}; "
        "send that file to the maintainers of the harness, with what was run"
    )
    text = file.read_text(encoding="utf-8")
    assert "ValueError: with *** in it" in text and "Traceback (most recent call last)" in text
    assert " ".join(arguments[:1]) in text
    assert file.stat().st_mode & 0o777 == 0o600


def test_where_no_file_can_be_written_among_the_reports_it_lies_in_the_temporary_folder(project, tmp_path):
    shutil.rmtree(project.root / "reports")
    (project.root / "reports").write_text("no folder")
    done = parity(
        project,
        breaking("pipeline.load.load_pipeline", "KeyError('x')"),
        "diff",
        "snapshots",
        "snapshots",
        TMPDIR=str(tmp_path),
    )
    assert done.returncode == 70
    (file,) = tmp_path.glob("parity-crash-*.txt")
    assert str(file) in done.stderr


def test_where_no_file_can_be_written_at_all_the_traceback_is_said(monkeypatch):
    monkeypatch.setattr(crash, "write_atomically", Mock(side_effect=crash.CannotWrite("no space left")))
    text = crash.told(KeyError("x"), None)
    assert text.startswith("KeyError: 'x'\nparity: crash: KeyError: 'x'; no file of it could be written: ")


def test_a_contradiction_of_the_harness_is_a_crash_and_other_errors_are_what_they_were(project):
    made = parity(
        project,
        "from parity.verdict import *\n" + breaking("decide.state.state", "HarnessError('unequal')"),
        "status",
    )
    assert made.returncode == 70
    assert "parity: crash: HarnessError: unequal; " in made.stderr and only_crash_file(project).is_file()
    made = parity(
        project, "from parity.verdict import *\n" + breaking("decide.state.state", "ContractError('x')"), "status"
    )
    assert (made.returncode, made.stderr) == (3, "parity: contract: x\n")
    assert (HarnessError.verdict, UsageError.verdict) == (70, 2)


# ── codes that are neither a verdict nor a crash ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("error", "code"), [("KeyboardInterrupt", 130), ("click.Abort", 130), ("SystemExit(5)", 5), ("SystemExit", 0)]
)
def test_what_ends_a_command_on_purpose_is_no_crash(project, error, code):
    done = parity(project, breaking("decide.state.state", error), "status")
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert list((project.root / "reports").glob("crash-*")) == []


def test_being_asked_to_stop_is_143_and_leaves_in_order(project, tmp_path):
    flag = tmp_path / "left in order"
    code = (
        "import pathlib, time\ndef wait(config):\n    print('waits', file=sys.stderr, flush=True)\n"
        f"    try: time.sleep(60)\n    finally: pathlib.Path({str(flag)!r}).touch()\n"
        "mock.patch('parity.decide.state.state', wait).start()"
    )
    program = f"import sys\nfrom unittest import mock\n{code}\nfrom parity.cli.main import main\nmain()"
    child = subprocess.Popen(
        [sys.executable, "-c", program, "status"],
        cwd=project.root,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": IMPORTS},
        text=True,
    )
    with child:
        assert child.stderr.readline() == "waits\n"
        time.sleep(0.2)  # until it sleeps
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 143
        assert child.stderr.read() == ""
    assert flag.exists()


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "command", ["status", "report -v", "--help", "report --format json", "diff reports/captures snapshots"]
)
def test_a_reader_that_leaves_early_changes_no_exit_code_and_says_nothing(project, command, unbuffered):
    environ = {**os.environ, "PYTHONPATH": IMPORTS, "PYTHONUNBUFFERED": unbuffered}
    parity = [sys.executable, "-m", "parity", *command.split()]
    whole = subprocess.run(parity, cwd=project.root, env=environ, capture_output=True, check=False)
    reading, writing = os.pipe()
    os.close(reading)
    cut = subprocess.run(parity, cwd=project.root, env=environ, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert whole.stdout
    assert (cut.returncode, cut.stderr) == (whole.returncode, whole.stderr)


def test_a_full_disk_behind_stdout_is_said_and_is_no_verdict(project):
    with open("/dev/full", "w") as full:
        done = parity(project, "", "status", stdout=full)
        assert done.returncode == 74
        assert done.stderr == (
            "parity: stdout could not be written: No space left on device; what stands there is not complete\n"
        )
        # A verdict stays what it is: it says more than that it could not be told.
        assert parity(project, "", "expect", "--from", "nowhere", stdout=full).returncode == 2


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&-", ">&- 2>&- <&-"])
def test_streams_that_are_closed_from_the_start_change_nothing(project, closed):
    def run(rest):
        command = f"{sys.executable} -m parity accept --all --reason x {rest}"
        environ = {**os.environ, "PYTHONPATH": IMPORTS}
        environ.pop("CI", None)
        return subprocess.run(command, shell=True, cwd=project.root, env=environ, capture_output=True, check=False)

    assert (run("").returncode, run(closed).returncode) == (2, 2), "nothing is pending"
    assert list((project.root / "reports").glob("crash-*")) == []


def test_without_what_it_needs_it_is_no_drift(tmp_path):
    done = subprocess.run(
        [sys.executable, "-S", "-m", "parity", "run"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": IMPORTS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert re.fullmatch(
        r"parity: usage: No module named '\w+': install what it needs with `make setup`.*\n", done.stderr
    )
