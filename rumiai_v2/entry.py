"""How the process begins and ends, whatever happens between.

However it ends: with ``--json`` one document on stdout, an exit code out of the table, and no traceback but in a file.
An import may fail, so that nothing but the standard library is needed here.
"""

from __future__ import annotations

import faulthandler
import itertools
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from rumiai_v2.console import Streams, guard_streams
from rumiai_v2.errors import Interrupted, Stopped
from rumiai_v2.failure import failed, failure
from rumiai_v2.redact import watch_logs

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: How long after a signal another one counts as the same (s).
PATIENCE = 2.0


def main() -> None:
    """Run the command line and end the process."""
    streams = guard_streams()
    faulthandler.enable(
        streams.err.fileno()
    )  # native code that dies ends with its signal's code; stderr then says where
    watch_logs()
    _heed_signals()
    as_json = _asked_for_json(sys.argv[1:])
    try:
        code = _commanded(streams, as_json=as_json)
    except BaseException as error:
        code = _told(failed(error), streams, as_json=as_json)
    streams.tell_losses(as_json=as_json)
    if code >= Interrupted.exit_code:
        for each in _SIGNALS:  # the same signal once more must not give the end another code
            signal.signal(each, signal.SIG_IGN)
    sys.exit(code)


def _commanded(streams: Streams, *, as_json: bool) -> int:
    from click.exceptions import ClickException, Exit

    from rumiai_v2 import cli

    try:
        code: int | None = cli.cli(standalone_mode=False, obj=streams)
        return code or 0
    except Exit as end:
        return end.exit_code
    except ClickException as error:
        returned = failure(error.format_message(), error_type=type(error).__name__, exit_code=error.exit_code)
        return _told(returned, streams, as_json=as_json, show=error.show)


def _told(returned: dict[str, Any], streams: Streams, *, as_json: bool, show: Callable[[], None] | None = None) -> int:
    """Tell a failure outside of a run; the exit code. What stands on stdout already stays the only document there."""
    if as_json and streams.out.untouched:
        streams.out.document(returned)
    elif show is not None:
        show()
    else:
        streams.error(returned["error"], as_json=as_json)
    code: int = returned["exit_code"]
    return code


def _heed_signals() -> None:
    """A polite end cleans up like any other failure, which a second signal right behind the first does not disturb.

    A later one is heeded again: code that nobody may leave by an exception (a finalizer, a callback) swallows the first.
    """
    heeded = -PATIENCE

    def stop(number: int, _: object) -> None:
        nonlocal heeded
        if time.monotonic() - heeded < PATIENCE:
            return
        heeded = time.monotonic()
        raise Interrupted if number == signal.SIGINT else Stopped

    for each in _SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:  # as a shell has it in the background
            signal.signal(each, stop)


def _asked_for_json(arguments: list[str]) -> bool:
    formats = [b for a, b in itertools.pairwise(arguments) if a == "--output-format"]
    return "--json" in arguments or "json" in formats or "--output-format=json" in arguments
