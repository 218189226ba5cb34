"""Nothing outlives whoever started it: a killed comparison takes pytest, its workers and the pipelines along.

``end_with`` ends this process when its parent has gone; ``start`` starts a program under a guard: a small process that leads
a session of its own, and ends that whole session when its starter has gone. Whoever is killed cannot tidy up, so both look
at what the system tells: another parent, a connection that was closed. Run as a script, this file is the guard.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

#: Seconds between two looks at the parent.
_EVERY = 0.2
#: What the guard ends with when the program could not be started; why stands in what it sends.
_NOT_STARTED = 127
_LONGEST = 65536
#: What Python adds to the environment where no locale is set.
_LOCALE = "LC_CTYPE"


def end_with(parent: int) -> None:
    """End this process, whatever it does, soon after ``parent``, which started it, has ended."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_EVERY)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="guard").start()


class Guarded:
    """A program under a guard. ``pid`` is the guard's and that of the session."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], **options: Any) -> None:
        """As ``subprocess.Popen``; the program reads nothing."""
        self._mine, theirs = socket.socketpair()
        locale = "given" if _LOCALE in env else "none"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", __file__, str(theirs.fileno()), locale, *argv],
                env=env,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                **options,
            )
        self.pid = self._process.pid

    def wait(self, timeout: float | None = None) -> int:
        """The program's exit code, negative for a signal; ``OSError`` where it could not be started."""
        code = self._process.wait(timeout)
        if code == _NOT_STARTED and (said := self._mine.recv(_LONGEST)):
            number, _, text = said.decode("utf-8", errors="replace").partition(" ")
            raise OSError(int(number), text)
        return code

    def kill(self) -> None:
        """End the whole session, so that helpers of a stopped or dead run do not outlive it."""
        with contextlib.suppress(ProcessLookupError):  # all of it has ended
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._mine.close()


def main(arguments: Sequence[str]) -> int:
    """Run a program, and end with its exit code or signal; when the starter has gone, end all of the session at once."""
    line = socket.socket(fileno=int(arguments[0]))
    if arguments[1] == "none":
        os.environ.pop(_LOCALE, None)  # Python puts it there by itself, and the program is to see what it was given
    try:
        process = subprocess.Popen(arguments[2:], stdin=subprocess.DEVNULL)
    except OSError as error:
        line.sendall(f"{error.errno} {error.strerror}: {error.filename}".encode(errors="backslashreplace"))
        return _NOT_STARTED

    def watch() -> None:
        line.recv(1)  # comes back when the other end was closed: nothing is ever sent
        os.killpg(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    code = process.wait()
    if code < 0:
        _end_by(-code)
    return code


def _end_by(number: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the program has left its own
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
