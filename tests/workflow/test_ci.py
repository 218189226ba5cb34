"""The GitHub workflows: everything they call exists, what they upload is there, and every verdict is told as it is."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from parity.cli.main import main
from parity.verdict import Verdict
from scripts.check_system import LIBRARIES
from tests.harness.conftest import ROOT, Project

WORKFLOWS = ("parity", "nightly")
SET_UP = ".github/actions/set-up/action.yml"
#: What stands before a command and starts it.
PREFIXES = ("env", "-u", "scripts/without_network")
#: What GitHub fills in before a shell sees it.
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


def load(path: str) -> dict[str, Any]:
    # In YAML 1.1 the key `on` is a truth value, to GitHub it is a word.
    document = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


def workflow(name: str) -> dict[str, Any]:
    return load(f".github/workflows/{name}.yml")


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in WORKFLOWS:
        for job, given in workflow(name)["jobs"].items():
            yield name, job, given


def all_steps() -> list[tuple[str, dict[str, Any]]]:
    steps = [(f"{name}.{job}", step) for name, job, given in jobs() for step in given["steps"]]
    return steps + [("set-up", step) for step in load(SET_UP)["runs"]["steps"]]


RUNS = [pytest.param(step["run"], id=f"{place}-{step['name']}") for place, step in all_steps() if "run" in step]


def step_of(name: str, job: str, called: str) -> dict[str, Any]:
    return next(step for step in workflow(name)["jobs"][job]["steps"] if step["name"] == called)


# ── what they may and must ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_read_alone_runs_once_at_a_time_and_ends(name):
    given = workflow(name)
    assert given["permissions"] == {"contents": "read"}
    assert given["concurrency"]["group"].startswith(name)
    assert given["defaults"]["run"]["shell"] == "bash", "a container's default is sh, in which a pipe hides a failure"
    for job in given["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 120
        assert job.get("permissions", {}) in ({}, {"issues": "write"})
        assert ("permissions" in job) <= ("container" not in job), "who may write installs nothing"


def test_every_action_is_pinned_and_the_checkout_keeps_no_token():
    used = [step["uses"] for _, step in all_steps() if "uses" in step]
    assert len(used) >= 6
    for name in used:
        assert re.fullmatch(r"actions/[a-z/-]+@(v\d+|[0-9a-f]{40})", name) or (ROOT / name / "action.yml").is_file(), (
            name
        )
    for _, step in all_steps():
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_sync_comes_before_anything_is_installed():
    for name, job in (("parity", "parity"), ("nightly", "fresh")):
        names = [step.get("run", step.get("uses")) for step in workflow(name)["jobs"][job]["steps"]]
        assert names.index("python3 -m harness.sync") < names.index("./.github/actions/set-up")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_whatever_a_step_refers_to_was_made_before(name):
    given = workflow(name)
    for job in given["jobs"].values():
        known: list[str] = []
        for step in job["steps"]:
            for expression in EXPRESSION.findall(json.dumps(step)):
                for used in re.findall(r"steps\.(\w+)\.", expression):
                    assert used in known, f"{step['name']}: {expression}"
                for needed, output in re.findall(r"needs\.(\w+)\.outputs\.(\w+)", expression):
                    assert needed == job["needs"] and output in given["jobs"][needed]["outputs"]
            known += [step["id"]] if "id" in step else []


def test_nightly_runs_on_a_schedule_and_computes_everything_fresh():
    (at,) = workflow("nightly")["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", at["cron"])
    assert "-m parity run --ml fresh" in step_of("nightly", "fresh", "Run everything fresh, and compare")["run"]


# ── what they call ───────────────────────────────────────────────────────────────────────────────────────────


def commands(script: str) -> Iterator[list[str]]:
    """The simple commands of a script, as words."""
    for line in script.replace("\\\n", " ").splitlines():
        for part in re.split(r"\|\||&&|;", line):
            words = shlex.split(EXPRESSION.sub("VALUE", part), comments=True)
            while words and (words[0] in (*PREFIXES, "then", "else") or words[0].startswith(("GITHUB_", "CI"))):
                words = words[1:]
            if words:
                yield words


@pytest.mark.parametrize("script", RUNS)
def test_every_script_is_a_shell_script_whose_commands_exist(script):
    checked = subprocess.run(["bash", "-n"], input=EXPRESSION.sub("VALUE", script), text=True, capture_output=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    for words in commands(script):
        match words:
            case ["make", target] | ["make", "--old-file=setup", target, "PY=python3"]:
                assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), (
                    f"no make target {target}"
                )
            case ["python3", path, *_] if path.endswith(".py"):
                assert (ROOT / path).is_file(), path
            case ["python3", "-m", "pip", "install", "--quiet", "--constraint", lock, "./harness[test]"]:
                assert (ROOT / lock).is_file(), lock
            case [".venv/bin/python" | "python3", "-m", module, *arguments]:
                assert_is_harness(module, arguments)
            case ["apt-get", "install", *packages]:
                wanted = {*LIBRARIES.values(), "chromium", "iproute2"}
                assert {name for name in packages if not name.startswith("-")} == wanted
            case [name, *_]:
                known = {"git", "gh", "apt-get", "echo", "if", "fi", "code=0", "code=$?"}
                assert name in known or name.startswith(("title=", "text=", "number=")), name


def assert_is_harness(module: str, arguments: list[str]) -> None:
    """Whether a subcommand of parity takes these arguments."""
    if module == "harness.sync":
        assert arguments == []
        return
    assert module == "parity"
    context = click.Context(main)
    command = main.get_command(context, arguments[0])
    assert command is not None, arguments[0]
    command.make_context(arguments[0], arguments[1:], parent=context)  # raises for an option that is none


def test_every_cache_is_keyed_by_files_that_exist():
    patterns = re.findall(r"hashFiles\('([^']+)'\)", (ROOT / SET_UP).read_text(encoding="utf-8"))
    assert sorted(set(patterns)) == ["locks/*", "rumiai_v2/services/weights.py"]
    for pattern in patterns:
        assert list(ROOT.glob(pattern)), pattern


# ── what they upload ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def drifting(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A toy project after a run in which one of two cases differs between the configurations."""
    from tests.harness.conftest import fill

    made = fill(tmp_path_factory.mktemp("drifting"))
    made.case("drifts", faults={"web": {"set": {"Core/mean": 0.75}}})
    assert made.parity("run", "--jobs", "1").returncode == 1
    return made


def uploads(name: str, job: str, called: str) -> list[str]:
    return step_of(name, job, called)["with"]["path"].split()


def test_what_is_uploaded_is_what_a_run_leaves(drifting):
    fixed = [path for path in uploads("parity", "parity", "Upload the reports") if path.startswith("reports/")]
    assert len(fixed) == 8
    assert [path for path in fixed if not (drifting.root / path).exists()] == ["reports/crash-*.txt"]
    every = uploads("nightly", "fresh", "Upload the reports and all captures")
    assert every == [*fixed, "reports/latest/captures/"]


def captures(report: Path, output: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-I", ROOT / "scripts/ci/captures.py", report],
        text=True,
        capture_output=True,
        check=True,
        env={"GITHUB_OUTPUT": str(output)},
    )
    first, *paths, last, _ = output.read_text().split("\n")
    assert (first, last) == ("paths<<END-OF-PATHS", "END-OF-PATHS")
    assert done.stdout.split("\n")[:-1] == (paths or ["every case is at parity: no capture is kept"])
    return paths


def test_captures_of_failing_cases_alone_are_kept_and_compare_again_elsewhere(drifting, tmp_path):
    report = drifting.report()
    (tmp_path / "one.json").write_text(
        json.dumps(report | {"results": [each for each in report["results"] if each["check"] == "configurations"]})
    )
    paths = captures(tmp_path / "one.json", tmp_path / "output")
    assert paths == ["reports/latest/captures/drifts/"]
    shutil.copytree(drifting.root, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("reports"), symlinks=True)
    shutil.copytree(drifting.root / paths[0], tmp_path / "downloaded/captures/drifts")
    elsewhere = Project(tmp_path / "elsewhere")
    done = elsewhere.parity("run", "--from", str(tmp_path / "downloaded/captures"), "--case", "drifts", "--jobs", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Core.mean" in done.stdout


def test_at_parity_no_capture_is_kept_and_without_a_report_all_are(tmp_path):
    (tmp_path / "fine.json").write_text(json.dumps({"results": [{"case": "a", "verdicts": ["parity"]}]}))
    assert captures(tmp_path / "fine.json", tmp_path / "1") == []
    assert captures(tmp_path / "none.json", tmp_path / "2") == ["reports/runs/"]
    (tmp_path / "broken.json").write_text('{"results": [')
    assert captures(tmp_path / "broken.json", tmp_path / "3") == ["reports/runs/"]


def test_a_case_name_cannot_write_into_the_outputs_of_the_step(tmp_path):
    results = [{"case": name, "verdicts": ["drift"]} for name in ("a\nEND-OF-PATHS\nx=1", "../..", "b", "b")]
    (tmp_path / "r.json").write_text(json.dumps({"results": results}))
    assert captures(tmp_path / "r.json", tmp_path / "output") == ["reports/latest/captures/b/"]


# ── how verdicts are told ────────────────────────────────────────────────────────────────────────────────────


def told(code: str, report: Path | str, output: Path) -> subprocess.CompletedProcess[str]:
    """The step's script, by an interpreter in which nothing is installed."""
    return subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "scripts/ci/verdict.py", code, report],
        text=True,
        capture_output=True,
        check=False,
        env={"GITHUB_OUTPUT": str(output), "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
    )


@pytest.mark.parametrize("verdict", [each for each in Verdict if each])
def test_every_verdict_is_one_error_line_with_its_name_code_and_meaning(verdict, tmp_path):
    report = {"exit_code": int(verdict), "verdicts": [verdict.label], "causes": []}
    (tmp_path / "r.json").write_text(json.dumps(report))
    done = told(str(int(verdict)), tmp_path / "r.json", tmp_path / "output")
    assert done.returncode == verdict
    (line,) = done.stdout.splitlines()
    start = f"::error title=parity {verdict.label} (exit code {int(verdict)})::{verdict.label}: {verdict.meaning}; "
    assert line.startswith(start), line
    assert len(line) > len(start), "it says what to do"
    assert (tmp_path / "output").read_text() == f"verdict={verdict.label}\n"
    assert done.stderr == ""


def test_parity_is_no_error(tmp_path):
    done = told("0", tmp_path / "none.json", tmp_path / "output")
    assert (done.returncode, done.stdout) == (0, f"parity: parity: {Verdict.PARITY.meaning}\n")


@pytest.mark.parametrize(
    ("code", "ends", "says"),
    [
        ("", 2, "parity run did not come to its end: an earlier step failed, or it was stopped"),
        ("-9", 2, "parity run did not come to its end"),
        ("1; rm -rf /", 2, "parity run did not come to its end"),
        ("137", 137, "parity run was ended by signal 9: too little memory, or the job's time limit"),
        ("127", 127, "exit code 127 is no verdict of parity"),
        ("1", 1, "ended with 1, but no comparison reported drift: it broke off"),
    ],
)
def test_what_is_no_verdict_is_told_as_such_and_is_never_a_success(code, ends, says, tmp_path):
    done = told(code, tmp_path / "none.json", tmp_path / "output")
    assert done.returncode == ends
    assert done.stdout.startswith(f"::error title=parity none (exit code {ends})::{says}"), done.stdout
    assert (tmp_path / "output").read_text() == "verdict=none\n"


def test_a_report_of_that_run_adds_what_else_applies_and_the_first_cause(drifting, tmp_path):
    report = drifting.report() | {"verdicts": ["drift", "stale"]}
    (tmp_path / "r.json").write_text(json.dumps(report))
    text = told("1", tmp_path / "r.json", tmp_path / "output").stdout
    assert "; also stale; " in text
    assert (
        f"first: {report['causes'][0]['title']}; meant? `parity accept --cause ID --reason …`; not meant? mend it"
        in text
    )
    assert "first: " not in told("3", tmp_path / "r.json", tmp_path / "output").stdout, "the report of another run"


def test_nothing_in_a_report_is_obeyed(tmp_path):
    title = "x\n::set-env name=A::b\r\n##[error]\x1b[31m100 %0A"
    (tmp_path / "r.json").write_text(json.dumps({"exit_code": 1, "verdicts": ["drift"], "causes": [{"title": title}]}))
    (line,) = told("1", tmp_path / "r.json", tmp_path / "output").stdout.splitlines()
    assert line.isprintable()
    assert "100 %250A" in line and "##[" not in line
    assert line.startswith("::error title=parity drift (exit code 1)::drift")


@pytest.mark.parametrize("name", WORKFLOWS)
@pytest.mark.parametrize("code", [*(int(each) for each in Verdict), 130, 137])
def test_the_job_ends_with_the_code_of_the_run_whatever_make_would_say(name, code, tmp_path):
    """The two steps as GitHub runs them, with a program that ends with ``code``."""
    job, run = {
        "parity": ("parity", "Run and compare"),
        "nightly": ("fresh", "Run everything fresh, and compare"),
    }[name]
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\necho "$*" > called\nexit {code}\n')
    program.chmod(0o755)
    for folder in ("scripts", "harness"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    output = tmp_path / "output"
    bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
    env = {**os.environ, "GITHUB_OUTPUT": str(output)}
    first = subprocess.run([*bash, step_of(name, job, run)["run"]], cwd=tmp_path, env=env, check=False)
    assert first.returncode == 0, "reports are uploaded before the job fails"
    assert (tmp_path / "called").read_text().startswith("-m parity run")
    values = dict(line.split("=", 1) for line in output.read_text().splitlines())
    script = EXPRESSION.sub(lambda found: values[found[1].rpartition(".")[2]], step_of(name, job, "Verdict")["run"])
    second = subprocess.run([*bash, script], cwd=tmp_path, env=env, check=False, capture_output=True, text=True)
    assert second.returncode == code
    assert ("::error" in second.stdout) == (code != 0)


@pytest.mark.parametrize(("open_issue", "calls"), [("", "create --title"), ("41", "comment 41 --body")])
def test_a_bad_night_opens_one_issue_and_comments_on_it_from_then_on(open_issue, calls, tmp_path):
    step = step_of("nightly", "tell", "Open an issue, or comment on the one that is open")
    assert workflow("nightly")["jobs"]["tell"]["if"] == "${{ !success() && github.event_name == 'schedule' }}"
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\n[ "$2" = list ] && echo "{open_issue}"\nexit 0\n')
    gh.chmod(0o755)
    env = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "VERDICT": "drift", "RUN": "https://run.example/1"}
    assert set(step["env"]) == {"GH_TOKEN", "GH_REPO", "VERDICT", "RUN"}
    subprocess.run(["bash", "-euo", "pipefail", "-c", step["run"]], env=env, check=True)
    listed, told_in = (tmp_path / "calls").read_text().splitlines()
    assert listed.startswith('issue list --state open --search in:title "The nightly run is not at parity"')
    assert told_in.startswith(f"issue {calls}")
    assert told_in.endswith("Verdict: drift. Summary, reports and captures: https://run.example/1")


# ── for those who use pre-commit ─────────────────────────────────────────────────────────────────────────────


def hooks() -> dict[str, dict[str, Any]]:
    (repo,) = load(".pre-commit-config.yaml")["repos"]
    return {hook["id"]: hook for hook in repo["hooks"]}


def test_the_pre_commit_configuration_runs_the_same_check_at_the_same_moments():
    hook = hooks()["parity-sync"]
    moments = load(".pre-commit-config.yaml")["default_install_hook_types"]
    assert moments == hook["stages"] == ["pre-commit", "pre-merge-commit", "pre-push"]
    assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("system", False, True)
    done = subprocess.run(shlex.split(hook["entry"]), cwd=ROOT, text=True, capture_output=True, check=False)
    assert done.stdout.startswith("sync: ") and done.stderr == ""


def test_its_other_hooks_are_those_of_make_lint_and_make_types_from_the_environment():
    told = subprocess.run(
        ["make", "-n", "--no-print-directory", "--old-file=setup", "lint", "types"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    *of_lint, of_types = [hook["entry"] for name, hook in hooks().items() if name != "parity-sync"]
    assert of_lint == [line.removesuffix(" .") for line in told.splitlines()][: len(of_lint)]
    command, package = of_types.split(" --")
    assert f"{command} --python-version" in told and f"--{package}" in told
    assert {hook["language"] for hook in hooks().values()} == {"system"}
