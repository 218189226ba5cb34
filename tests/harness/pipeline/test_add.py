"""``parity corpus add`` on a throw-away project: what is made, what is refused, and that it is all or nothing."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from parity.pipeline import add_case, settings
from parity.verdict import UsageError
from tests.harness.conftest import IMPORTS, Project
from tests.harness.pipeline.adding import PIPELINE

GIVEN = {"words": ["one", "two"], "mean": 0.5, "label": "x", "best": True}


@pytest.fixture
def adopting(project: Project) -> Project:
    """The toy project, with a toy that makes cases of files."""
    file = project.root / "parity.toml"
    file.write_text(file.read_text().replace("tests.harness.toy.pipeline", "tests.harness.pipeline.adding"))
    return project


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of somebody's, outside the project."""
    file = tmp_path_factory.mktemp("own") / "My Clip.v2.json"
    file.write_text(json.dumps(GIVEN))
    return file


def corpus_of(project: Project) -> dict[str, bytes]:
    return {str(p.relative_to(project.root)): p.read_bytes() for p in project.root.glob("corpus/**/*") if p.is_file()}


def add(project: Project, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parity", "corpus", "add", *map(str, arguments)],
        cwd=project.root,
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": IMPORTS, **environment},
    )


def refused(project: Project, file: Path, **options: object) -> str:
    before = corpus_of(project)
    with pytest.raises(UsageError) as caught:
        add_case.add(settings.load(project.root / "parity.toml"), PIPELINE, file, **options)
    assert corpus_of(project) == before
    assert [p.name for p in (project.root / "corpus").iterdir() if p.name.startswith(".")] == []
    return str(caught.value)


def test_a_file_becomes_a_case_and_the_next_commands_are_printed(adopting: Project, own: Path):
    done = add(adopting, own, "--metadata", own)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:3] == ["added corpus/my_clip_v2", "  words   2", "  known   My Clip.v2.json"]
    assert lines[3] == "  golden  none yet: the first run leaves it pending"
    assert (
        "where it comes from, and under which licence it may be kept here: note that in corpus/CREDITS.md"
        in done.stdout
    )
    assert [line.split("  ")[1] for line in lines[-3:]] == [
        "parity run --case my_clip_v2",
        "parity status",
        'parity accept --case my_clip_v2 --reason "…"',
    ]
    assert adopting.read("corpus/my_clip_v2/input.json") == GIVEN
    assert json.loads(own.read_text()) == GIVEN, "the original stays as it is"
    assert not (adopting.root / "snapshots/my_clip_v2").exists(), "no golden is made"


def test_the_case_runs_at_once_when_that_is_asked_for(adopting: Project, own: Path):
    done = add(adopting, own, "--run")
    ran = [(run["case"], run["configuration"]) for run in adopting.report()["runs"] if run["exit_code"] == 0]
    assert sorted(set(ran)) == [("my_clip_v2", "disk"), ("my_clip_v2", "web")], done.stderr
    run = adopting.report()["run_id"].partition("-")[2]
    assert re.findall("parity accept.*", done.stdout) == [f'parity accept --case my_clip_v2 --run {run} --reason "…"']
    assert done.returncode == 1, "no golden has been accepted yet"
    pending = adopting.read("reports/latest/pending/pending.json")["changes"]
    assert ("my_clip_v2", "scores", "create") in [(c["case"], c["artifact"], c["category"]) for c in pending]
    assert not (adopting.root / "snapshots/my_clip_v2").exists()


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Ärger & Glück.mp4", "arger_gluck"),
        ("../../etc/passwd", "passwd"),
        ("<script>alert(1)</script>.mp4", "script"),
        ("a\x1b[31mb\u202ec\n.mp4", "a_31mbc"),
        ("--name.mp4", "name"),
        ("x" * 200 + ".mp4", "x" * 40),
        (".hidden.mp4", "hidden"),
        ("IMG_0042.MOV", "img_0042"),
    ],
)
def test_the_name_is_made_of_the_files_letters_and_digits(file: str, name: str):
    assert add_case.name_after(Path(file)) == name
    assert add_case.checked_name(name) == name


def test_a_name_without_letters_must_be_chosen(adopting: Project, tmp_path: Path):
    assert "視頻.mp4: no letter a-z or digit in its name" in refused(adopting, Path("視頻.mp4"))
    assert "--name NAME" in refused(adopting, Path("___.mp4"))


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "A", "_x", "x" * 41, "a b", "é", "x\n", ".x"])
def test_a_chosen_name_is_held_to_the_same_letters(adopting: Project, own: Path, name: str):
    text = refused(adopting, own, name=name)
    assert text.startswith("--name: expected 1-40 letters a-z, digits and underscores, none in front, got ")
    assert text.isprintable()


def test_an_existing_case_is_never_touched(adopting: Project, own: Path):
    text = refused(adopting, own, name="plain")
    assert text == "corpus/plain: exists already, and is left as it is; choose another name with --name NAME"


def test_goldens_of_a_case_that_is_gone_are_not_taken_for_the_new_ones(adopting: Project, own: Path):
    adopting.write("snapshots/old/scores.json", {})
    assert "snapshots/old: holds goldens of a case that is gone" in refused(adopting, own, name="old")


def test_what_is_no_file_is_refused_with_what_it_is_and_what_to_do(adopting: Project, own: Path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("given")
    (folder / "link.mp4").symlink_to(own)
    (folder / "empty.mp4").touch()
    os.mkfifo(folder / "pipe.mp4")
    gone = folder / "gone.mp4"
    assert refused(adopting, folder / "link.mp4") == (
        f"{folder}/link.mp4: expected the file itself, got a symbolic link to {own}; name that file"
    )
    assert refused(adopting, folder) == f"{folder}: expected a file, got a folder; name the file inside it"
    assert refused(adopting, folder / "empty.mp4").endswith("got an empty one (0 bytes); copy it again")
    assert refused(adopting, folder / "pipe.mp4").endswith("got a device, pipe or socket; save it as a file first")
    assert refused(adopting, gone) == f"{gone}: expected a file, found nothing; check the path"
    assert refused(adopting, own, metadata=gone) == f"{gone}: expected a file, found nothing; check the path"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "s"))
        assert "got a device, pipe or socket" in refused(adopting, folder / "s")


def test_a_hostile_file_name_is_shown_and_not_obeyed(adopting: Project, tmp_path_factory):
    file = tmp_path_factory.mktemp("given") / "\x1b[2J\u202egnp.\n::error::x.json"
    done = add(adopting, file, "--name", "x")
    assert done.returncode == 2
    assert "\\x1b[2J⟨U+202E⟩gnp." in done.stderr
    assert all(char.isprintable() for line in done.stderr.splitlines() for char in line)
    assert not [line for line in done.stderr.splitlines() if line.startswith("::")]


def test_what_the_pipeline_refuses_leaves_nothing(adopting: Project, own: Path):
    own.write_text('{"sounds": []}')
    assert refused(adopting, own) == "My Clip.v2.json: no words"


def test_a_full_disk_leaves_nothing_and_is_named(adopting: Project, own: Path, monkeypatch: pytest.MonkeyPatch):
    def full(case: object, file: Path, metadata: Path | None) -> None:
        raise OSError(28, "No space left on device", str(file))

    monkeypatch.setattr(PIPELINE, "adopt", full)
    assert refused(adopting, own) == (
        f"{own}: No space left on device; nothing was added: mend that (rights, room on the disk) and try again"
    )


def test_what_a_killed_process_left_is_no_case_and_goes_with_the_next(adopting: Project, own: Path):
    done = add(adopting, own, TOY_DIES_ADDING="1")
    assert done.returncode == -9
    assert len(list((adopting.root / "corpus").glob(".adding-*"))) == 1
    listed = adopting.parity("corpus", "list")
    assert listed.stdout == "plain: input.json\n"
    assert add(adopting, own).returncode == 0
    assert sorted(p.name for p in (adopting.root / "corpus").iterdir()) == ["my_clip_v2", "plain"]


def test_of_two_at_once_with_one_name_one_is_added_whole(adopting: Project, own: Path):
    command = [sys.executable, "-m", "parity", "corpus", "add", str(own)]
    both = [
        subprocess.Popen(command, cwd=adopting.root, env={**os.environ, "PYTHONPATH": IMPORTS}, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    texts = [each.communicate(timeout=60)[1].decode() for each in both]
    assert sorted(each.returncode for each in both) == [0, 2]
    assert "corpus/my_clip_v2: exists already" in "".join(texts)
    assert adopting.read("corpus/my_clip_v2/input.json") == GIVEN


def test_a_large_file_is_added_with_advice(adopting: Project, own: Path):
    own.write_text(json.dumps(GIVEN | {"advice": ["\x1b[31mred"]}) + " " * 10_000_000)
    done = add(adopting, own)
    assert done.returncode == 0
    assert "corpus/my_clip_v2/input.json has 10.0 MB, and a repository keeps it for good" in done.stdout
    assert "git lfs track corpus/my_clip_v2/input.json" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_project_that_lists_its_cases_is_told_to_list_the_new_one(adopting: Project, own: Path):
    with (adopting.root / "parity.toml").open("a") as file:
        file.write('cases = ["plain"]\n')
    assert "parity.toml lists the cases that are run: add 'my_clip_v2' to `cases`" in add(adopting, own).stdout


def test_a_pipeline_that_adopts_nothing_says_so(project: Project, own: Path):
    done = add(project, own)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pipeline toy makes no case of a file: write the folder of the case by hand" in done.stderr
