"""Every `parity … --help` fits a screen, shows an example, and starts without loading what it does not need."""

from __future__ import annotations

import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from parity.cli.main import COMMANDS, main
from tests.harness.conftest import ROOT


def every(command=main, path=()):
    """(names, command) of `parity` and of everything below it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from every(command.get_command(context, name), (*path, name))


ALL = dict(every())


def help_of(path):
    runner = CliRunner(env={"COLUMNS": "100"})
    done = runner.invoke(main, [*path, "--help"], prog_name="parity", terminal_width=100)
    assert done.exit_code == 0, done.output
    return done.output


def test_every_command_is_in_the_list():
    modules = {file.stem for file in (ROOT / "harness/parity/cli").glob("*.py")}
    shared = {"__init__", "common", "comparing", "deciding", "main"}
    assert modules - shared == set(COMMANDS)
    assert len(ALL) > len(COMMANDS)


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_fits_a_screen_and_shows_an_example_that_the_command_understands(path):
    text = help_of(path)
    lines = text.rstrip("\n").splitlines()
    assert len(lines) <= 40, f"{len(lines)} lines"
    assert max(map(len, lines)) <= 100
    command = " ".join(("parity", *path))
    assert re.search(r"^  Examples?\b", text, re.MULTILINE)
    examples = [line.strip() for line in lines if line.strip().startswith("parity ")]
    assert any(line.startswith(command) for line in examples), examples
    # Options that an example names are options of the command that it names.
    for line in examples:
        words = re.split(r"  +|>>? ", line)[0].split()
        named = max((each for each in ALL if words[1 : len(each) + 1] == list(each)), key=len)
        known = {option for each in ALL[named].params for option in (*each.opts, *each.secondary_opts)} | {"--help"}
        assert {word.partition("=")[0] for word in words if re.match("--?[a-z]", word)} <= known, line


@pytest.mark.parametrize("path", [path for path in ALL if path], ids=" ".join)
def test_every_option_says_what_it_does(path):
    silent = [
        each.opts[-1]
        for each in ALL[path].params
        if isinstance(each, click.Option) and not each.help and not isinstance(each.type, click.Choice)
    ]
    assert silent == []


def test_no_help_imports_models_arrays_or_tests():
    code = (
        "import sys, importlib; from parity.cli.main import COMMANDS\n"
        "for name in COMMANDS: importlib.import_module(f'parity.cli.{name}')\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        from startup import FORBIDDEN
    finally:
        sys.path.remove(str(ROOT / "bench"))
    assert set(done.stdout.split()) & FORBIDDEN == set()


def test_what_looks_compares_or_decides_imports_no_tests():
    code = (
        "import sys, importlib\n"
        "for name in ('decide.decide', 'tools.diff.pairs', 'tools.diff.sides', 'report.write',"
        "             'report.terminal.lines', 'run.runs'):\n"
        "    importlib.import_module(f'parity.{name}')\n"
        "print(*sorted({'pytest', 'syrupy', 'hypothesis'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
