"""`parity review` as a process, and a client that knows its address."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)")


@dataclass
class Served:
    """A running review. ``said`` is filled with what it printed when it has ended."""

    process: subprocess.Popen[str]
    port: int
    token: str
    said: str = ""
    code: int | None = None
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.base}/?token={self.token}"

    def page(self) -> httpx.Client:
        """A browser's tab as HTTP sees it: entered with the token, cookie kept, same origin."""
        client = httpx.Client(base_url=self.base, follow_redirects=True, timeout=60)
        self.clients.append(client)
        assert client.get("/", params={"token": self.token}).status_code == 200
        client.headers.update({"X-Parity-Token": self.token, "Origin": self.base, "Sec-Fetch-Site": "same-origin"})
        return client

    def decide(self, client: httpx.Client, action: str = "accept", **given: Any) -> httpx.Response:
        """Ask for a decision about what the last run left, as the page does."""
        selection = given.pop("selection", {"everything": True})
        run_id = given.pop("run_id", None) or client.get("/state").json()["run_id"]
        asked = {"action": action, "selection": selection, "reason": "as meant", "run_id": run_id, **given}
        return client.post("/decide", json=asked)

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """End it as Ctrl-C does; ``said`` and ``code`` are known then."""
        for client in self.clients:
            client.close()
        self.process.send_signal(number)
        self.said += self.process.communicate(timeout=30)[0]
        self.code = self.process.returncode


@contextmanager
def reviewing(
    root: Path, *arguments: str, python_path: Path | None = None, opens: bool = False, **environment: str
) -> Iterator[Served]:
    """Start `parity review` in ``root``, wait for its address, end it at last.

    ``python_path`` is searched first; ``opens``: whether it opens a browser; ``environment`` is added to this process's,
    which must not be a workflow's.
    """
    kept = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith(("PYTEST_", "PARITY_"))}
    paths = {"PYTHONPATH": str(python_path)} if python_path else {}
    process = subprocess.Popen(
        [sys.executable, "-m", "parity", "review", *([] if opens else ["--no-open"]), *arguments],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**kept, **paths, **environment},
    )
    served = None
    try:
        said = _until_address(process)
        found = ADDRESS.search(said)
        assert found, f"parity review printed no address: {said}"
        served = Served(process, int(found[1]), found[2], said)
        yield served
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
        for client in served.clients if served else ():
            client.close()


def _until_address(process: subprocess.Popen[str]) -> str:
    """What it prints until the address has come or it ends."""
    assert process.stdout is not None
    said, last = "", time.monotonic() + 60
    while not ADDRESS.search(said) and time.monotonic() < last:
        if select.select([process.stdout], [], [], 1)[0]:
            line = process.stdout.readline()
            if not line:
                break
            said += line
    return said
