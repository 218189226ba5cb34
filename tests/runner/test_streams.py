"""Whatever happens to the standard streams: outputs are published, and the exit code says how the run ended."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RECORDED = Path(__file__).parents[2] / "golden" / "corpus" / "replay_pair" / "recorded.json"
ID = json.loads(RECORDED.read_bytes())["video_id"]


def shell(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """Run ``command`` with ``rumiai`` for the program; the exit code is that of the program, also in a pipe."""
    script = f'set -o pipefail; rumiai() {{ "{sys.executable}" -m rumiai_v2 "$@"; }}; {command}'
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, env={**os.environ, **environment}, timeout=120
    )


def published(folder: Path) -> bool:
    return (folder / "unified_analysis" / f"{ID}.json").is_file() and bool(list(folder.rglob("*_complete_*.json")))


@pytest.mark.parametrize(
    ("streams", "says"),
    [
        (" | head -1 >/dev/null", "stdout could not be written (Broken pipe)"),
        (" >&-", "stdout could not be written (it is closed)"),
        (" --json >&-", "stdout could not be written (it is closed)"),
        (" --json >/dev/full", "stdout could not be written (No space left on device)"),
        (" </dev/null >&0", "stdout could not be written (Bad file descriptor)"),
        (" <&- 2>&-", None),
        (" 2> >(exec 0<&-; sleep 0)", "7 of 7 analyses"),
        (" >&- 2>&-", None),
    ],
)
def test_a_replay_is_published_whatever_happens_to_its_streams(tmp_path, streams, says):
    finished = shell(f"rumiai replay '{RECORDED}'{streams}", tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert published(tmp_path)
    assert says is None or says in (finished.stdout + finished.stderr).decode()
    assert b"Traceback" not in finished.stdout + finished.stderr


def test_streams_that_are_not_utf_8(tmp_path):
    finished = shell(
        f"rumiai replay '{RECORDED}'", tmp_path, PYTHONIOENCODING="ascii", LANG="C", LC_ALL="C", PYTHONUTF8="0"
    )
    assert finished.returncode == 0 and "✅" in finished.stdout.decode("utf-8")


@pytest.mark.parametrize("streams", ["2>/dev/full", "2>&-"])
def test_what_stderr_cannot_take_is_said_on_stdout(tmp_path, streams):
    finished = shell(f"rumiai replay gone.json {streams}", tmp_path)
    assert finished.returncode == 2
    assert "error: recorded file gone.json: cannot be read" in finished.stdout.decode()
    assert "stderr could not be written" in finished.stdout.decode()


def test_a_document_on_stdout_stays_alone_where_stderr_is_full(tmp_path):
    finished = shell("rumiai replay gone.json --json 2>/dev/full", tmp_path)
    assert finished.returncode == json.loads(finished.stdout)["exit_code"] == 2


@pytest.mark.parametrize(
    ("command", "code"),
    [("doctor | true", None), ("--help | true", 0), ("--help >&-", 0), ("local 2>&-", 2)],
)
def test_the_other_commands(tmp_path, command, code):
    finished = shell(f"rumiai {command}", tmp_path)
    assert finished.returncode in ((0, 4) if code is None else (code,))
    assert b"Traceback" not in finished.stderr and b"Exception ignored" not in finished.stderr


@pytest.mark.parametrize("command", ["--help", "replay --help", "", "replay", "local a.mp4 --nope"])
def test_help_and_usage_are_texts(tmp_path, command):
    finished = shell(f"rumiai {command}", tmp_path)
    assert (finished.stdout or finished.stderr).decode().startswith("Usage: python -m rumiai_v2 ")


def test_a_run_that_is_stopped_while_nobody_reads_its_pipe_says_that_it_is_published(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    stop = f"(until ls insights/{ID}/report_*; do sleep 0.1; done; sleep 1; kill -TERM $!) >/dev/null 2>&1"
    command = f"rumiai replay '{RECORDED}' --json --return-file pipe & {stop}; wait $!"
    finished = shell(command.replace("rumiai replay", f"'{sys.executable}' -m rumiai_v2 replay"), tmp_path)
    said = json.loads(finished.stdout)
    assert finished.returncode == said["exit_code"] == 143 and published(tmp_path)
    assert "published" in said["error"] and "start it again" not in said["error"]


def test_a_stream_that_others_have_made_non_blocking_takes_a_long_document(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "rumiai_v2", "replay", str(RECORDED), "--json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pipesize=4096,
        preexec_fn=lambda: os.set_blocking(1, False),
    )
    out = process.communicate(timeout=120)[0]
    assert process.returncode == 0 and len(out) > 4096
    assert json.loads(out)["success"] is True
