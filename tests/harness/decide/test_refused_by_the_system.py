"""A disk that is full, a limit, a folder that cannot be written: one sentence that says whether it was decided, and is true."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from parity.cli.main import main
from tests.harness.conftest import IMPORTS
from tests.harness.decide.conftest import AUTHOR
from tests.harness.decide.test_kill_adversarial import everything_in, goldens_in

JOURNAL = ".deciding.json"
UNDECIDED = "parity: usage: nothing was decided, and no golden was changed: "
STANDS = "parity: usage: it is decided, but not yet carried out to its end: "
ERRORS = [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG, errno.EIO]


def parity(project, *arguments):
    """``parity`` in this process; (exit code, stdout, stderr)."""
    done = CliRunner().invoke(main, ["--config", str(project.root / "parity.toml"), *arguments])
    return done.exit_code, done.stdout, done.stderr


def accepting(project):
    return parity(project, "accept", "--all", "--reason", "meant", "--author", AUTHOR)


def refusing(monkeypatch, what, moment, number):
    """The ``moment``-th call of ``os.<what>`` is refused, and each one after it."""
    real, made = getattr(os, what), 0

    def refused(*arguments, **keywords):
        nonlocal made
        made += 1
        if made >= moment:
            raise OSError(number, os.strerror(number), arguments[0])
        return real(*arguments, **keywords)

    monkeypatch.setattr(os, what, refused)
    return lambda: made


@pytest.mark.parametrize("what", ["replace", "chmod", "unlink"])
def test_wherever_a_decision_is_refused_it_says_what_is_true_and_the_next_command_goes_on_from_there(
    two_causes, monkeypatch, tmp_path, what
):
    moments = 0
    before = everything_in(two_causes)
    for moment in range(1, 30):
        number = ERRORS[moment % len(ERRORS)]
        with monkeypatch.context() as patch:
            calls = refusing(patch, what, moment, number)
            code, out, said = accepting(two_causes)
        if calls() < moment:
            assert code == 0, said
            break
        moments += 1
        assert (code, out) == (2, ""), said
        (line,) = said.splitlines()
        assert os.strerror(number) in line
        if line.startswith(UNDECIDED):
            assert everything_in(two_causes) == before
            assert parity(two_causes, "status")[0] == 0
            assert everything_in(two_causes) == before, "nothing is carried out that was not decided"
        else:
            assert line.startswith(STANDS)
            assert f"The decision stands in {JOURNAL}" in line
            assert (two_causes.root / JOURNAL).is_file()
            assert parity(two_causes, "status")[0] == 0
            assert not (two_causes.root / JOURNAL).exists()
            assert goldens_in(two_causes) != {n: c for n, c in before.items() if n.startswith("snapshots/")}
            assert [name for name in everything_in(two_causes) if "/." in name] == []
            for name, content in everything_in(two_causes).items():
                if before.get(name) != content:
                    (two_causes.root / name).unlink()
            for name, content in before.items():
                (two_causes.root / name).write_bytes(content)
    assert moments >= {"replace": 5, "chmod": 5, "unlink": 1}[what]


def test_what_cannot_be_carried_out_by_the_next_command_either_is_said_by_it(two_causes, monkeypatch):
    with monkeypatch.context() as patch:
        refusing(patch, "replace", 2, errno.ENOSPC)
        assert accepting(two_causes)[2].startswith(STANDS)
        for command in (("status",), ("accept", "--all", "--reason", "again"), ("reject", "--all"), ("run",)):
            code, out, said = parity(two_causes, *command)
            assert (code, out) == (2, ""), command
            assert said.startswith(STANDS) and len(said.splitlines()) == 1
    assert parity(two_causes, "status")[0] == 0


@pytest.mark.parametrize("number", ERRORS)
def test_a_rejection_that_is_refused_decides_nothing(two_causes, monkeypatch, number):
    before = everything_in(two_causes)
    with monkeypatch.context() as patch:
        refusing(patch, "replace", 1, number)
        code, out, said = parity(two_causes, "reject", "--all")
    assert (code, out) == (2, "")
    assert said.startswith(UNDECIDED) and len(said.splitlines()) == 1
    assert everything_in(two_causes) == before


@pytest.mark.parametrize("size", [0, 300, 2000])
def test_a_limit_on_the_size_of_files_is_one_sentence(two_causes, size):
    before = everything_in(two_causes)
    program = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
        "from parity.cli.main import main; main(prog_name='parity')"
    )
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "PARITY_CONFIG")}
    done = subprocess.run(
        [sys.executable, "-c", program, "accept", "--all", "--reason", "meant"],
        cwd=two_causes.root,
        text=True,
        capture_output=True,
        check=False,
        env={**kept, "PYTHONPATH": IMPORTS, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith(UNDECIDED) and len(done.stderr.splitlines()) == 1
    assert "File too large; raise the limit on the size of files (`ulimit -f`)" in done.stderr
    assert everything_in(two_causes) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "--out", "there/report.txt"),
        ("report", "--format", "html", "--out", "there/page.html"),
        ("corpus", "add", "clip.mp4"),
        ("run", "--from", "reports/captures", "--jobs", "1"),
    ],
)
def test_whatever_else_cannot_be_written_is_one_sentence_too(two_causes, monkeypatch, arguments):
    monkeypatch.chdir(two_causes.root)
    (two_causes.root / "there").write_text("a file where a folder should be")
    if arguments[0] == "run":
        (two_causes.root / "reports/runs.lock").unlink()
        (two_causes.root / "reports/runs.lock").mkdir()
    code, out, said = parity(two_causes, *arguments)
    assert (code, out) == (2, ""), said
    assert len(said.splitlines()) == 1 and said.startswith("parity: usage: "), said


def test_what_waits_can_be_looked_at_where_nothing_can_be_written(two_causes, monkeypatch):
    monkeypatch.setattr(
        "parity.decide.journal.FileLock", lambda place: (_ for _ in ()).throw(OSError(errno.EROFS, "x"))
    )
    code, out, _ = parity(two_causes, "status")
    assert code == 0
    assert "wait for a decision" in out
