"""Runs that meet in one checkout: each has its own verdict and report, and nothing is decided under a comparison."""

from __future__ import annotations

import html
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace

import pytest

from parity.decide import decide
from parity.decide.select import Selection
from parity.pipeline import settings
from parity.run import runs
from tests.harness.conftest import IMPORTS, Project
from tests.harness.whole import pairs


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Project:
    return pairs.checkout(tmp_path_factory.mktemp("checkout"))


def test_pairs_of_runs_are_each_told_their_own_verdict_and_report(checkout):
    for more in ((), (), ("--from", "reports/captures")):
        if more:  # all that both compare lies in one saved run
            assert checkout.parity("run", "--jobs", "1", "-q").returncode == 1
        ended = pairs.pair(checkout, *more)
        if more:
            assert [each.code for each in ended] == [0, 1]
            assert [each.report["cases"] for each in ended] == [["plain"], ["drifts"]]
            assert len({each.report["from"] for each in ended}) == 1
        else:
            assert [each.wrong for each in ended] == [None, None]
        assert checkout.report()["run_id"] in {each.report["run_id"] for each in ended}
        assert len({each.report["run_id"] for each in ended}) == 2


def test_what_waits_belongs_to_its_run_and_accept_names_the_run_that_it_decides_on(checkout, tmp_path):
    shutil.copytree(checkout.root, tmp_path / "p", symlinks=True)
    project = Project(tmp_path / "p")
    assert project.parity("run", "--case", "drifts", "--jobs", "1", "-q").returncode == 1
    drifted = project.report()["run_id"]
    assert project.parity("run", "--case", "plain", "--jobs", "1", "-q").returncode == 0
    clean = project.report()["run_id"]
    assert project.parity("status").stdout == f"nothing is pending (run {clean})\n"
    nothing = project.parity("accept", "--all", "--reason", "meant")
    assert (nothing.returncode, "nothing is pending" in nothing.stderr) == (2, True)
    told = project.parity("status", "--run", drifted)
    assert f"wait for a decision (run {drifted})" in told.stdout
    short = drifted.partition("-")[2]
    made = project.parity("accept", "--all", "--reason", "meant", "--run", short)
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith(f"run {drifted}: accepted ")
    again = f"parity run --from reports/runs/{drifted}/captures --case drifts"
    assert f"`{again}` compares again" in made.stdout
    assert project.parity(*again.split()[1:], "--jobs", "1", "-q").returncode == 0


def test_a_printed_command_acts_on_the_run_it_was_printed_for_whichever_is_the_last(checkout, tmp_path):
    """Both runs find the same cause, so its id alone does not tell them apart."""
    shutil.copytree(checkout.root, tmp_path / "p", symlinks=True)
    project = Project(tmp_path / "p")
    first, last = (_drifted(project, mean) for mean in (0.75, 0.875))
    assert first.causes == last.causes
    assert project.report()["run_id"] == last.run_id != first.run_id
    named = ("--run", first.run_id)
    shown = [project.parity("report", *named, *more).stdout for more in ((), ("-q",), ("--format", "markdown"))]
    shown.append(project.parity("status", *named).stdout)
    page = project.parity("report", *named, "--format", "html").stdout
    shown += re.findall(r"parity accept --cause[^<`]*", page)
    for text in map(html.unescape, shown):
        printed = re.findall(r"parity (?:accept|review|status|reject|report)\b[^\n<`]*", text)
        assert printed
        assert [each for each in printed if f"--run {first.run_id.partition('-')[2]}" not in each] == []
    (command,) = re.findall(r"parity (accept .*)", first.said)
    made = project.parity(*shlex.split(command))
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith(f"run {first.run_id}: accepted ")
    assert project.read("snapshots/drifts/scores.json")["Core"]["mean"] == 0.75


@dataclass(frozen=True)
class Drifted:
    run_id: str
    causes: list[str]
    said: str


def _drifted(project: Project, mean: float) -> Drifted:
    project.case("drifts", mean=mean)
    done = project.parity("run", "--case", "drifts", "--jobs", "1", "-q")
    assert done.returncode == 1, done.stdout
    report = project.report()
    return Drifted(report["run_id"], [each["id"] for each in report["causes"]], done.stdout)


@pytest.mark.parametrize(
    ("asked", "named"), [("202612", "20261201T000001Z-202612"), ("20261201T000002Z", "20261201T000002Z-abcdef")]
)
def test_what_a_command_is_printed_with_names_one_run_though_others_begin_so(tmp_path, asked, named):
    config = settings.load(pairs.fill(tmp_path).root / "parity.toml")
    for each in ("20261201T000001Z-202612", "20261201T000002Z-abcdef", "20261201T000003Z-fedcba"):
        (config.reports / runs.RUNS / each).mkdir(parents=True)
        (config.reports / runs.RUNS / each / runs.REPORT).write_text("{}")
    assert runs.chosen(config, asked).run.name == named


def test_commands_read_the_run_that_is_named_and_list_what_there_is_otherwise(checkout):
    config = settings.load(checkout.root / "parity.toml")
    newest, *_, oldest = runs.ids(config)
    assert newest != oldest
    case = [f"--case={checkout.read(f'reports/runs/{oldest}/parity.json')['cases'][0]}"]
    for command in (["report", "-q"], ["status"], ["expect", *case], ["schema", "leaves", *case]):
        done = checkout.parity(*command, "--run", oldest)
        assert "parity: usage" not in done.stderr, done.stderr
        done = checkout.parity(*command, "--run", "1999")
        assert done.returncode == 2
        assert f"--run 1999: no run with a report is called so; there are, the newest first: {newest}" in done.stderr
        done = checkout.parity(*command, "--run", newest[:2])
        assert f"--run {newest[:2]}: fits " in done.stderr
        assert oldest in done.stderr
    assert checkout.parity("report", "--run", oldest).stdout.rstrip().endswith(f"reports/runs/{oldest}/parity.json")
    done = checkout.parity("expect", "--run", oldest, "--from", "reports/captures")
    assert (done.returncode, "leave out one" in done.stderr) == (2, True)


def test_while_goldens_are_compared_nothing_is_accepted(checkout, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    config = settings.load(checkout.root / "parity.toml")
    assert checkout.parity("run", "--case", "drifts", "--jobs", "1", "-q").returncode == 1
    golden = checkout.root / "snapshots/drifts/scores.json"
    before = golden.read_bytes()
    with runs.comparing(config), pytest.raises(runs.Busy, match="a run is going on"):
        decide.accept(config, Selection(everything=True), reason="meant", author="toy keeper")
    assert golden.read_bytes() == before


def test_runs_of_long_ago_are_removed_but_none_that_somebody_reads_or_compared(checkout, tmp_path, monkeypatch):
    ids = (f"20261201T{number:06d}Z-abcdef" for number in itertools.count())
    monkeypatch.setattr(runs, "new_id", lambda: next(ids))
    shutil.copytree(checkout.root, tmp_path / "p", symlinks=True)
    config = replace(settings.load(tmp_path / "p/parity.toml"), keep=4)
    shutil.rmtree(config.reports / runs.RUNS)
    (config.reports / runs.LATEST).unlink()
    made = [_finished(config) for _ in range(2)]
    # Compares what the first left, so that this stays as long as it does.
    of_saved = _finished(config, compared=made[0] / "captures")
    code = "import sys, time; from parity.pipeline import settings; from parity.run import runs; "
    code += "runs.chosen(settings.load(settings.find()), sys.argv[1])"
    reader = subprocess.Popen(
        [sys.executable, "-c", f"{code}; print('reads', flush=True); time.sleep(60)", made[1].name],
        cwd=config.root,
        env={**os.environ, "PYTHONPATH": IMPORTS},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert reader.stdout.readline() == "reads\n"
        for _ in range(2):
            newest = _finished(config)
        there = {place.name for place in runs._folders(config)}
        assert {made[0].name, made[1].name, of_saved.name, newest.name} <= there
    finally:
        reader.kill()
        reader.wait()
    for _ in range(6):
        newest = _finished(config)
        _let_go()
    runs.begin(config)
    assert not any(place.exists() for place in (*made, of_saved))
    assert len(runs._folders(config)) == config.keep
    assert runs.chosen(config).run == newest


def _let_go() -> None:
    for file in runs._held.values():
        os.close(file)
    runs._held.clear()


def _finished(config, compared=None):
    """A run that ended with a report, which nobody holds any more."""
    made = runs.begin(config, compared=compared)
    (made.run / runs.REPORT).write_text("{}")
    runs.publish(made)
    _let_go()
    return made.run


def test_what_is_no_run_is_named(checkout, tmp_path):
    done = checkout.parity("report", "--run", "../captures")
    assert (done.returncode, "no run with a report is called so" in done.stderr) == (2, True)
    done = checkout.parity("report", "--run", "")
    assert done.returncode == 2
    checkout.write("few.toml", (checkout.root / "parity.toml").read_text().replace("keep = 40", "keep = 0"))
    done = checkout.parity("--config", "few.toml", "report")
    assert (done.returncode, "keep must be a number of runs, 1 or more, got 0" in done.stderr) == (2, True)


def test_a_file_system_without_links_has_files_that_name_the_place(checkout, tmp_path, monkeypatch):
    shutil.copytree(checkout.root, tmp_path / "p", symlinks=True)
    project = Project(tmp_path / "p")
    shutil.rmtree(project.root / "reports")
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import pathlib\n"
        "def refused(self, *given, **more):\n    raise PermissionError(1, 'Operation not permitted', str(self))\n"
        "pathlib.Path.symlink_to = refused\n"
    )
    environment = {"PYTHONPATH": f"{site}{os.pathsep}{IMPORTS}"}
    assert project.parity("run", "--case", "plain", "--jobs", "1", "-q", **environment).returncode == 0
    latest = project.root / "reports/latest"
    assert latest.is_file()
    assert not latest.is_symlink()
    for place in ("reports/captures", "reports/latest/captures"):
        done = project.parity("run", "--from", place, "--case", "plain", "--jobs", "1", "-q", **environment)
        assert done.returncode == 0, done.stderr
    done = project.parity("diff", "reports/captures/plain/web", "reports/latest/captures/plain/disk", **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.parity("report", "-q", **environment).stdout.startswith("parity: parity ")


def test_reports_of_before_there_were_runs_are_put_aside_not_read(checkout, tmp_path):
    shutil.copytree(checkout.root, tmp_path / "p", symlinks=True)
    project = Project(tmp_path / "p")
    shutil.rmtree(project.root / "reports")
    (project.root / "reports/captures/plain/web").mkdir(parents=True)
    (project.root / "reports/parity.json").write_text("{}")
    done = project.parity("report")
    assert (done.returncode, "no run in reports: make one with `parity run`" in done.stderr) == (2, True)
    assert project.parity("run", "--case", "plain", "--jobs", "1", "-q").returncode == 0
    assert (project.root / "reports/captures").is_symlink()
    assert [each.name for each in (project.root / "reports").glob("captures-before-*/plain/*")] == ["web"]
