"""The search for the planted secret finds it wherever a test writes it, and says where and how."""

import subprocess
import sys
from pathlib import Path

import pytest

WRITES = {
    "stdout": ("print(quote(PLANTED, safe=''))", "Captured stdout call: quoted for a URL"),
    "stderr": ("print(repr(PLANTED), file=sys.stderr)", "Captured stderr call: as it is"),
    "log": ("logging.getLogger('any').warning(PLANTED.encode().hex())", "Captured log call: hexadecimal"),
    "process": (
        "subprocess.run([sys.executable, '-c', 'print(' + repr(PLANTED) + ')'], capture_output=True)",
        "streams of a process it started: as it is",
    ),
    "file": ("(tmp_path / 'a.bin').write_bytes(b64encode(b'u:' + PLANTED.encode()))", "tmp_path/a.bin: base64 after 2"),
    "half": ("(tmp_path / 'a.txt').write_text(PLANTED[:25])", "tmp_path/a.txt: its first half"),
    "name": ("(tmp_path / quote(PLANTED, safe='')).mkdir()", "quoted for a URL"),
    "setup": ("print(PLANTED)", "Captured stdout setup: as it is"),
}
BEGIN = """
import logging, subprocess, sys
from base64 import b64encode
from urllib.parse import quote
import pytest
from tests.planted import PLANTED
"""


@pytest.fixture(scope="module")
def ended(tmp_path_factory) -> str:
    """The output of a session whose tests write the secret."""
    text = BEGIN
    for name, (statement, _) in WRITES.items():
        if name == "setup":
            text += f"@pytest.fixture\ndef made():\n    {statement}\ndef test_setup(made): pass\n"
        else:
            text += f"def test_{name}(tmp_path):\n    {statement}\n"
    text += "@pytest.mark.plants('.env')\ndef test_planted(tmp_path):\n    (tmp_path / '.env').write_text(PLANTED)\n"
    text += "@pytest.mark.plants('.env')\ndef test_beside(tmp_path):\n    (tmp_path / 'env').write_text(PLANTED)\n"
    text += "@pytest.mark.plants('streams')\ndef test_streams():\n    print(PLANTED)\n"
    text += "def test_clean(tmp_path):\n    (tmp_path / 'a').write_text('clean')\n    print('clean')\n"
    folder = tmp_path_factory.mktemp("leaking")
    (folder / "test_leaking.py").write_text(text)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.leaks",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-q",
            "-rA",
            f"--rootdir={folder}",
            "--show-capture=no",
            str(folder),
        ],
        cwd=Path(__file__).parent.parent,
        stdout=(folder / "out").open("w"),
        stderr=subprocess.STDOUT,
        timeout=120,
    )
    assert done.returncode == 1
    return (folder / "out").read_text()


@pytest.mark.parametrize("name", WRITES)
def test_a_secret_is_found_wherever_a_test_writes_it(ended, name):
    section = ended.partition(f"ERROR at teardown of test_{name} ")[2].partition("\n___")[0]
    assert "the planted secret was written" in section, ended
    assert WRITES[name][1] in section


def test_what_a_test_plants_itself_is_exempt_and_nothing_beside_it(ended):
    failed = {
        line.partition("::")[2].split()[0] for line in ended.splitlines() if line.startswith("ERROR ") and "::" in line
    }
    assert failed == {f"test_{name}" for name in WRITES} | {"test_beside"}
