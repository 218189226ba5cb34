"""An error nobody foresaw ends with 70, one document, and one file that holds its traceback."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rumiai_v2 import crash
from tests.schema_check import validate

#: How a broken command line starts: ``{}`` is what is broken.
BROKEN = """
import sys
{}
sys.argv[0] = "rumiai"
from rumiai_v2.entry import main
main()
"""
PLACES = {
    "the timeline": "from rumiai_v2.timeline import builder\nbuilder.build_timeline = None",
    "the settings": "from rumiai_v2 import settings\nsettings.Settings = lambda: 1 / 0",
    "the console": "from rumiai_v2 import console\nconsole.set_up_logging = None",
    "the return structure": "from rumiai_v2.metrics import Metrics\nMetrics.snapshot = lambda self: {'a': {1, 2}}",
    "memory": (
        "from rumiai_v2.timeline import builder\n"
        "def build_timeline(*a, **b): raise MemoryError\nbuilder.build_timeline = build_timeline"
    ),
    "recursion": (
        "from rumiai_v2.timeline import builder\n"
        "def build_timeline(*a, **b): build_timeline()\nbuilder.build_timeline = build_timeline"
    ),
    "a library that ends the process": (
        "from rumiai_v2.timeline import builder\nbuilder.build_timeline = lambda *a, **b: sys.exit(0)"
    ),
    "an import": "sys.modules['click'] = None",
    "an import of the runner": "sys.modules['psutil'] = None",
}


RECORDED = Path(__file__).parents[2] / "golden" / "corpus" / "replay_pair" / "recorded.json"


def replayed(*options: str, work: Path, broken: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", BROKEN.format(broken), "replay", str(RECORDED), *options],
        cwd=work,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
    )


def crash_file(error: str) -> str:
    found = re.search(r"its traceback is in (\S+/rumiai-crash-\d{8}_\d{6}-\w+\.txt): report it", error)
    assert found, error
    return found[1]


@pytest.mark.parametrize("place", PLACES)
def test_an_error_nobody_foresaw(tmp_path, place):
    work = tmp_path / "work"
    work.mkdir()
    finished = replayed("--json", work=work, broken=PLACES[place], TMPDIR=str(tmp_path))
    assert finished.returncode == 70, finished.stderr
    returned = json.loads(finished.stdout)
    validate(returned, "return_failure.schema.json")
    assert (returned["exit_code"], returned["success"]) == (70, False)
    assert "Traceback" not in finished.stdout + finished.stderr
    file = work / crash_file(returned["error"])
    text = file.read_text()
    assert "Traceback (most recent call last)" in text
    assert returned["error"].split(";")[0] in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    if place != "the return structure":  # everything was published before that
        assert [path for path in work.rglob("*") if path.is_file()] == [file] * (file.parent.name == "temp")


def test_both_configurations_name_the_stage_and_leave_nothing_else(world):
    script = BROKEN.format(PLACES["the timeline"])
    finished = world.process("--return-file", "../return.json", script=script)
    assert finished.returncode == 70
    assert "❌ TypeError in building_timeline (exit 70)" in finished.stdout
    file = crash_file(finished.stderr)
    returned = json.loads((world.folder / "../return.json").read_text())
    assert (returned["stage"], returned["video_id"]) == ("building_timeline", world.video_id)
    assert crash_file(returned["error"]) == file
    assert world.files() == [file]


@pytest.mark.parametrize("command", ["doctor", "weights", "replay"])
def test_the_other_commands(tmp_path, command):
    broken = {
        "doctor": "from rumiai_v2.services import doctor\ndoctor.rows = None",
        "weights": "from rumiai_v2.services import weights\nweights.fetch = None",
        "replay": "from rumiai_v2.sources import replay\nreplay.read_recorded = None",
    }[command]
    arguments = [command, *(["some.json"] if command == "replay" else [])]
    finished = subprocess.run(
        [sys.executable, "-c", BROKEN.format(broken), *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "RUMIAI_TEMP_DIR": "kept"},
        timeout=120,
    )
    assert finished.returncode == 70, finished.stderr
    assert (tmp_path / crash_file(finished.stderr)).parent == tmp_path / "kept"
    assert "Traceback" not in finished.stdout + finished.stderr


def test_settings_that_cannot_be_read_end_every_command_with_2(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff")
    for command in ("doctor", "weights"):
        finished = subprocess.run(
            [sys.executable, "-m", "rumiai_v2", command], cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert finished.returncode == 2
        assert "error: settings file" in finished.stderr and "Traceback" not in finished.stderr


def test_where_the_folder_cannot_be_written_the_file_goes_to_the_systems(tmp_path, monkeypatch):
    (tmp_path / "blocked").write_text("")
    monkeypatch.setenv("RUMIAI_TEMP_DIR", str(tmp_path / "blocked" / "temp"))
    monkeypatch.setattr(crash.tempfile, "gettempdir", lambda: str(tmp_path))
    assert f"{tmp_path}/rumiai-crash-" in crash.reported(ValueError("odd"))


def test_where_no_folder_takes_it_the_traceback_is_on_stderr(tmp_path, monkeypatch, capsys):
    (tmp_path / "blocked").write_text("")
    monkeypatch.setenv("RUMIAI_TEMP_DIR", str(tmp_path / "blocked"))
    monkeypatch.setattr(crash.tempfile, "gettempdir", lambda: str(tmp_path / "blocked"))
    assert "no file could hold its traceback" in crash.reported(ValueError("odd"))
    assert "ValueError: odd" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["blocked"]


def test_a_text_that_no_file_can_hold(tmp_path, monkeypatch):
    monkeypatch.setenv("RUMIAI_TEMP_DIR", str(tmp_path))
    crash.reported(ValueError("bad\udcff.mp4"))
    [file] = tmp_path.iterdir()
    assert "ValueError: bad" in file.read_text(encoding="utf-8")


def test_no_secret_stands_in_what_a_crash_leaves(tmp_path):
    token = "apify_api_0123456789abcdefABCDEF"
    broken = (
        "import os\nfrom rumiai_v2.timeline import builder\n"
        "def build_timeline(*a, **b):\n    raise ValueError('Bearer ' + os.environ['APIFY_API_TOKEN'])\n"
        "builder.build_timeline = build_timeline"
    )
    finished = replayed(
        "--return-file", "r.json", work=tmp_path, broken=broken, APIFY_API_TOKEN=token, LOG_LEVEL="DEBUG"
    )
    assert finished.returncode == 70
    crash_file(finished.stderr)
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 2 and all("***" in text for text in written)
    assert not [text for text in (finished.stdout, finished.stderr, *written) if token in text]


WAITS = "import time\nfrom rumiai_v2.timeline import builder\nbuilder.build_timeline = lambda *a, **b: (print('ready'), time.sleep(60))"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_with_its_code_and_one_document(tmp_path, number, code):
    process = subprocess.Popen(
        [sys.executable, "-c", BROKEN.format(WAITS), "replay", str(RECORDED), "--json", "--return-file", "return.json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stderr:
        if line == "ready\n":
            break
    process.send_signal(number)
    time.sleep(0.05)
    process.send_signal(number)  # the second of an impatient person changes nothing
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    returned = json.loads(out)
    validate(returned, "return_failure.schema.json")
    assert (returned["exit_code"], returned["stage"]) == (code, "building_timeline")
    assert "stopped by SIG" in returned["error"]
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["return.json"]
    assert json.loads((tmp_path / "return.json").read_text()) == returned


SWALLOWS = """
import time
from rumiai_v2 import entry
entry.PATIENCE = 0.2
class Finalized:
    def __del__(self):
        print('ready')
        time.sleep(60)
def build_timeline(*a, **b):
    Finalized()
    print('again')
    time.sleep(60)
from rumiai_v2.timeline import builder
builder.build_timeline = build_timeline
"""


def test_a_signal_that_a_finalizer_swallows_is_not_the_last(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", BROKEN.format(SWALLOWS), "replay", str(RECORDED)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    for word in ("ready\n", "again\n"):
        for line in process.stderr:
            if line == word:
                break
        time.sleep(0.3)
        process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143


def test_native_code_that_dies_ends_with_its_signal_and_says_where(tmp_path):
    broken = "import faulthandler\nfrom rumiai_v2.timeline import builder\nbuilder.build_timeline = lambda *a, **b: faulthandler._sigsegv()"
    finished = replayed("--json", work=tmp_path, broken=broken)
    assert finished.returncode == -signal.SIGSEGV
    assert finished.stdout == ""
    assert "Segmentation fault" in finished.stderr and "rumiai_v2/runner.py" in finished.stderr
