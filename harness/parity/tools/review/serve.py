"""The page on the loopback interface, until it is interrupted."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import uvicorn

from parity.pipeline.settings import Config
from parity.tools.review import app
from parity.tools.review.desk import Desk
from parity.tools.review.security import Door
from parity.verdict import UsageError

HOST = "127.0.0.1"


def serve(config: Config, *, port: int, browser: bool, say: Callable[[str], None]) -> Desk:
    """Serve the review on ``port`` (0: a free one) until Ctrl-C; return the desk with what was decided at it.

    ``say`` gets the address as soon as it answers, and what is decided; ``browser`` opens it.
    """
    listening = _listen(port)
    door = Door(port=listening.getsockname()[1], token=secrets.token_urlsafe(32))
    page, desk = app.Page(config, door.token), Desk(config, say)
    settings = uvicorn.Config(
        app.make(page, desk, door),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=False,
        http="h11",
    )
    with listening, _interruptible():
        try:
            page.current()  # what cannot be drawn is said here, not in a browser
            say(f"parity review: {door.url}")
            if browser and _has_display():
                # A browser in a terminal only comes back when it is left, and would wait for a page until then.
                threading.Thread(target=webbrowser.open, args=[door.url], daemon=True).start()
            uvicorn.Server(settings).run(sockets=[listening])
        except KeyboardInterrupt:
            pass  # how a review ends; uvicorn has finished what was being answered
    return desk


def _listen(port: int) -> socket.socket:
    """A socket on the loopback interface that already takes connections."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise UsageError(
            f"--port {port}: {HOST}:{port} cannot be listened on: {error.strerror}; leave --port out for a free one"
        ) from error


def _has_display() -> bool:
    """Can a browser open a window here? Without a display, one in the terminal would take it over."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("BROWSER"))


@contextmanager
def _interruptible() -> Iterator[None]:
    """Being terminated ends the review like Ctrl-C: uvicorn finishes, then raises what it was ended with."""

    def interrupted(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
