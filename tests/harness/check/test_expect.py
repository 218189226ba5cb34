"""`parity expect`: the ground truth of saved runs, by component, and its exit codes."""

from __future__ import annotations

import json
import shutil

import pytest

from parity.check import truth
from parity.pipeline.parts import Expectation
from tests.harness.conftest import Project, fill


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = fill(tmp_path_factory.mktemp("template"))
    assert made.parity("run", "--jobs", "1").returncode == 1  # no goldens yet
    return made


@pytest.fixture
def saved(template, tmp_path):
    """A project with captures of its one case, and no ground truth."""
    shutil.copytree(template.root, tmp_path / "p", symlinks=True)
    return Project(tmp_path / "p")


CORE = {"total": 120, "mean": 0.5, "label": "grün", "best": True}


def test_all_that_is_scripted_and_found_is_zero(saved):
    saved.write("corpus/plain/truth.json", {"Core": CORE})
    done = saved.parity("expect")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["case", "component", "expected", "got", "pass"]
    assert lines[1].startswith("plain  Core") and lines[1].endswith("yes")
    assert [line.split() for line in lines[-2:]] == [["Core", "1/1"], ["all", "1/1", "(100.0", "%)"]]


def test_something_not_found_is_one_and_names_expected_and_got(saved):
    saved.write("corpus/plain/truth.json", {"Core": CORE, "PerSecond": {}})
    done = saved.parity("expect", "--from", "reports/captures", "--case", "plain")
    assert done.returncode == 1
    missed = next(line for line in done.stdout.splitlines() if line.startswith("plain") and "PerSecond" in line)
    assert "{}" in missed and "'0s': [1, 2]" in missed and missed.endswith("NO")
    assert "PerSecond  0/1" in done.stdout


def test_nothing_scripted_is_one_and_says_so(saved):
    done = saved.parity("expect")
    assert (done.returncode, done.stdout) == (1, "nothing is scripted\n")


def test_json_has_everything_and_keeps_live_and_replay_apart(saved):
    shutil.copytree(saved.root / "corpus/plain", saved.root / "corpus/tape")
    shutil.copytree(saved.root / "reports/captures/plain", saved.root / "reports/captures/tape")
    saved.write("corpus/plain/truth.json", {"Core": CORE})
    saved.write("corpus/tape/truth.json", {"Core": 1, "PerSecond": {"0s": [1, 2], "1s": []}})
    saved.write("corpus/tape/replayed", "")
    done = saved.parity("expect", "--format", "json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["format"], found["passed"]) == (1, "parity-expect/1", False)
    assert found["components"] == {
        "live": {"Core": {"met": 1, "of": 1}},
        "replay": {"Core": {"met": 0, "of": 1}, "PerSecond": {"met": 1, "of": 1}},
    }
    assert [(e["case"], e["kind"], e["passed"]) for e in found["expectations"]] == [
        ("plain", "live", True),
        ("tape", "replay", False),
        ("tape", "replay", True),
    ]


def test_a_run_that_failed_meets_nothing(saved):
    saved.write("corpus/plain/truth.json", {"Core": CORE})
    manifest = saved.read("reports/captures/plain/disk/capture.json")
    saved.write(
        "reports/captures/plain/disk/capture.json", {**manifest, "failure": "ended with exit code 7\nlast lines"}
    )
    done = saved.parity("expect")
    assert done.returncode == 1
    assert "ended with exit code 7" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--case", "nope"), "unknown case 'nope'"),
        (("--from", "elsewhere"), "no capture in"),
        (("--form", "f.json"), "--form and --against belong together"),
        (("--form", "f.json", "--against", "out", "--case", "plain"), "leave out --case, --from and --run"),
        (("--form", "f.json", "--against", "out"), "pipeline toy reads no forms"),
    ],
)
def test_what_cannot_be_used_is_two_and_named(saved, arguments, text):
    done = saved.parity("expect", *arguments)
    assert done.returncode == 2
    assert text in done.stderr


def test_help_shows_an_example_and_the_exit_codes(saved):
    done = saved.parity("expect", "--help")
    assert "parity expect --from reports/captures --case tutorial" in done.stdout
    assert "1  something was not" in done.stdout


def test_a_component_without_expectations_of_a_kind_is_a_dash():
    rows = tuple(
        truth.Row("c", kind, Expectation(name, "a", "a", passed=True))
        for kind, name in (("live", "texts"), ("replay", "objects"))
    )
    text = truth.to_text(truth.Judgement(rows, ("a.b",)))
    assert ["texts", "1/1", "–"] in [line.split() for line in text.splitlines()]
    assert text.endswith("unanswered: 1 (a.b)")
