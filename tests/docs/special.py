"""Commands of the pages that are not run as they stand: how they are exercised instead, and why."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.request import HTTPCookieProcessor, build_opener

from tests.docs.pages import Step
from tests.docs.sandbox import Done, Sandbox, set_up


@dataclass(frozen=True)
class Special:
    """``pages`` and ``command`` are patterns; ``do`` runs the step and says how it ended."""

    pages: str
    command: str
    why: str
    do: Callable[[Sandbox, Step], Done]


def find(step: Step) -> Special | None:
    """How ``step`` is exercised, if not as it stands."""
    return next((s for s in TABLE if re.fullmatch(s.pages, step.page) and re.fullmatch(s.command, step.text)), None)


def _recorded(sandbox: Sandbox, step: Step) -> Done:
    """The pipeline with the services' results of a golden."""
    shutil.copy(sandbox.root / "golden/corpus/minimal/clip.mp4", sandbox.root / "clip.mp4")
    return sandbox.run(step.text, RUMIAI_RECORDED_RESULTS="golden/snapshots/minimal/unified.json")


def _without_token(sandbox: Sandbox, step: Step) -> Done:
    """Nothing can be sent: the command line is read, and the token is asked for."""
    done = sandbox.run(step.text)
    return Done(0 if done.code == 3 and "APIFY_API_TOKEN" in done.output else done.code or -1, done.output)


def _platform(sandbox: Sandbox, step: Step) -> Done:
    """The printed command is the second terminal's."""
    with _Started(sandbox, step.text) as started:
        command = started.wait_for(r"^ +(APIFY_API_BASE_URL=\S+ .*)$")
        done = sandbox.run(command, RUMIAI_RECORDED_RESULTS="golden/snapshots/minimal/unified.json")
        assert done.code == 0, done.output
    return started.done


def _page(sandbox: Sandbox, step: Step) -> Done:
    """Opened as a browser would, which keeps what it is given, then ended as Ctrl-C does."""
    browser = build_opener(HTTPCookieProcessor())
    with (
        _Started(sandbox, step.text) as started,
        browser.open(started.wait_for(r"(http://127\.0\.0\.1:\S+)"), timeout=60) as answer,
    ):
        assert b"<html" in answer.read().lower()
    return started.done


def _checked_out(sandbox: Sandbox, step: Step) -> Done:
    done = sandbox.run(step.text)
    set_up(sandbox.root.parent / "upgrade")
    return done


def _nightly(sandbox: Sandbox, step: Step) -> Done:
    """As if set-up had installed what the new lock says, and for one case."""
    (sandbox.root.parent / "upgrade/.venv/.ready").touch()
    return sandbox.run(step.text, PARITY_PAGES_CASE="minimal")


class _Started:
    """A command that serves until it is interrupted."""

    def __init__(self, sandbox: Sandbox, command: str) -> None:
        self._lines: list[str] = []
        self._process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=sandbox.root,
            env={**sandbox.environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=lambda: self._lines.extend(iter(self._process.stdout.readline, "")))
        self.done = Done(-1, "")

    def __enter__(self) -> _Started:
        self._reader.start()
        return self

    def wait_for(self, pattern: str) -> str:
        """The first group of ``pattern`` as soon as it is printed."""
        end = time.monotonic() + 60
        while time.monotonic() < end and self._process.poll() is None:
            if found := re.search(pattern, "".join(self._lines), re.MULTILINE):
                return found[1]
            time.sleep(0.05)
        raise AssertionError(f"{pattern} was never printed: {''.join(self._lines)}")

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        finally:
            self._process.kill()
            self._reader.join()
        self.done = Done(self._process.returncode, "".join(self._lines))


def _options(sandbox: Sandbox, step: Step) -> Done:
    """Its options are read; one that is none ends with 2."""
    return sandbox.run(f"{step.text} --help")


def _dry(sandbox: Sandbox, step: Step) -> Done:
    return sandbox.run(f"{step.text} --dry-run")


def _models(sandbox: Sandbox, step: Step) -> Done:
    return sandbox.run(step.text, PARITY_PAGES_MODELS="yes")


def _one_case(sandbox: Sandbox, step: Step) -> Done:
    return sandbox.run(step.text, PARITY_PAGES_CASE="minimal")


def _one_recording(sandbox: Sandbox, step: Step) -> Done:
    return sandbox.run(step.text, PARITY_PAGES_CASE="replay_pair")


def _own_video(sandbox: Sandbox, step: Step) -> Done:
    """The video is that of a case, whose golden stands in for the services; then it is compared without one."""
    golden = sandbox.root / "golden/snapshots/my_video"
    golden.mkdir()
    shutil.copy(sandbox.root / "golden/snapshots/minimal/unified.json", golden)
    sandbox.run(step.text)
    shutil.rmtree(golden)
    return sandbox.run(f"{step.text} --from reports/captures")


def _leaves(sandbox: Sandbox, step: Step) -> Done:
    """Writes the table, and says that many leaves never vary."""
    done = sandbox.run(step.text)
    written = "pause_profile.result" in (sandbox.root / "docs/leaves.md").read_text(encoding="utf-8")
    return Done(0 if done.code == 2 and written and "not fine" in done.output else -1, done.output)


#: Any page.
ANY = r".*"
TABLE = (
    Special(ANY, r"make test", "these tests are among those that it runs", _dry),
    Special(ANY, r"python -m rumiai_v2 local clip\.mp4", "loads every model: its results come from a golden", _recorded),
    Special(
        ANY, r"python -m rumiai_v2 production https://www\.tiktok\.com/.*",
        "needs an account and the network: without a token it reads its arguments and asks for one", _without_token,
    ),
    Special(
        ANY, r"python -m rumiai_parity\.platform minimal",
        "serves until Ctrl-C: the command that it prints is run, without models", _platform,
    ),
    Special(ANY, r"(parity|make) review( --no-open)?", "serves until Ctrl-C: the page is opened once", _page),
    Special(
        "docs/tolerances.md", r"parity calibrate( --condition .*| --from .*)?",
        "an hour of models: the options are read; tests/harness/tools/calibrate runs it on a small pipeline", _options,
    ),
    Special("docs/upgrade.md", r"git worktree add .*", "the new checkout would install 3 GB: it gets this environment", _checked_out),
    Special(
        "docs/upgrade.md", r"make (-C \.\./upgrade )?nightly",
        "an hour of models, and would install what the lock says: one case without models stands for all", _nightly,
    ),
    Special("docs/add-a-case.md", r"parity run --case my_video", "loads every model: a golden stands in for them", _own_video),
    Special("docs/add-a-case.md", r"parity run --case still_sign --ml fresh", "as it stands, with models", _models),
    Special("docs/add-an-analysis.md", r"make leaves", "over three cases most leaves never vary, which is exit code 2", _leaves),
    Special("docs/add-a-service.md", r"make golden .*", "every case with models: one recording stands for all", _one_recording),
    Special("docs/goldens.md", r"make golden REASON=.*", "every case with models: one case stands for all", _one_case),
    Special(
        r"README\.md|docs/change-an-analysis\.md", r"make parity",
        "as on the page of the first run, where it runs all three cases: here one", _one_case,
    ),
)  # fmt: skip
