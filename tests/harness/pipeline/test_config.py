"""parity.toml: what is wrong with it is named."""

from __future__ import annotations

import pytest

from parity.pipeline import cases, settings
from parity.pipeline.load import load_pipeline
from parity.verdict import UsageError
from tests.harness.toy.pipeline import PIPELINE


def test_paths_start_from_the_file(project):
    config = settings.load(project.root / "parity.toml")
    assert config.corpus == project.root / "corpus"
    assert config.relative(config.snapshots / "a.json") == "snapshots/a.json"
    assert config.max_ignored == 0.01


def test_the_nearest_file_above_is_found(project, monkeypatch):
    monkeypatch.delenv(settings.ENVIRONMENT, raising=False)
    assert settings.find(project.root / "corpus" / "plain") == project.root / "parity.toml"


def test_no_file_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv(settings.ENVIRONMENT, raising=False)
    with pytest.raises(UsageError, match=r"no parity\.toml in .* or above it: run inside a project"):
        settings.find(tmp_path)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("colour = 1", "unknown key 'colour'"),
        ("max_ignored = 2", "max_ignored must be a share from 0 to 1, got 2"),
        ("cases = 'a'", "cases must be a list of names"),
        ("configurations = [1, 2]", r"configurations must be a list of names, got \[1, 2\]"),
        ("x =", "is not TOML"),
    ],
)
def test_a_wrong_entry_is_named(project, line, text):
    file = project.root / "parity.toml"
    file.write_text(f"{file.read_text()}{line}\n")
    with pytest.raises(UsageError, match=text):
        settings.load(file)


def test_an_entry_in_no_table_is_named(project):
    file = project.root / "parity.toml"
    file.write_text(f"typo = 1\n{file.read_text()}")
    with pytest.raises(UsageError, match="key 'typo' stands in no table"):
        settings.load(file)


def test_bytes_that_are_no_text_are_named(project):
    file = project.root / "parity.toml"
    file.write_bytes(file.read_bytes() + b"# \xff\n")
    with pytest.raises(UsageError, match=r"parity\.toml: is no UTF-8 text: byte 0xff"):
        settings.load(file)


def test_a_missing_key_is_named(project):
    file = project.write("parity.toml", "[parity]\npipeline = 'a:b'\n")
    with pytest.raises(UsageError, match="corpus must be a text, got None"):
        settings.load(file)


def test_an_unknown_case_is_named_with_the_known_ones(project):
    config = settings.load(project.root / "parity.toml")
    with pytest.raises(UsageError, match="unknown case 'nope' in corpus; known: plain"):
        cases.select(config, ["nope"])


def test_cases_are_all_folders_or_those_that_are_listed(project):
    project.case("other")
    assert [c.name for c in cases.discover(settings.load(project.root / "parity.toml"))] == ["other", "plain"]
    file = project.root / "parity.toml"
    file.write_text(f'{file.read_text()}cases = ["plain"]\n')
    assert [c.name for c in cases.discover(settings.load(file))] == ["plain"]


def chosen(project, names):
    file = project.root / "parity.toml"
    file.write_text(f"{file.read_text()}configurations = {names}\n")
    return load_pipeline(settings.load(file)).configurations


def test_the_file_names_the_runners_that_are_compared_and_their_order(project):
    assert load_pipeline(settings.load(project.root / "parity.toml")).configurations == ("web", "disk")
    assert chosen(project, ["disk", "web"]) == ("disk", "web")
    # Only what this file's comparison sees is turned round.
    assert load_pipeline(settings.load(project.root / "parity.toml")).name == "toy"
    assert PIPELINE.configurations == ("web", "disk")


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["web", "cloud"], "pipeline toy has no configuration 'cloud'; known: web, disk"),
        (["disk"], "expected two different names or more out of web, disk, got"),
        (["disk", "disk"], "expected two different names or more"),
    ],
)
def test_runners_that_the_pipeline_does_not_have_are_named(project, names, text):
    with pytest.raises(UsageError, match=r"parity\.toml: \[parity\] configurations: " + text):
        chosen(project, names)
