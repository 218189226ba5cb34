"""The report of the last run as a page, and what that asks: itself, how far the decisions are, and to decide."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from parity.pipeline.settings import Config
from parity.tools.review import security
from parity.tools.review.desk import Desk, Refused
from parity.verdict import ParityError, Verdict

#: A decision is a few names and a sentence (bytes).
LARGEST_BODY = 64 * 1024


@dataclass(frozen=True)
class Shown:
    """A page, the run that it shows, and what a browser may load in it."""

    html: str
    run_id: str
    policy: str


class Page:
    """Draws the report in review mode; drawing takes seconds, so a page is kept until another run is the last."""

    def __init__(self, config: Config, token: str) -> None:
        self.config, self.token = config, token
        self._lock = threading.Lock()
        self._kept: Shown | None = None

    def current(self) -> Shown:
        """The page of the run; without one, an error that says how to get one."""
        from parity.run import runs

        with self._lock:
            try:
                config = runs.current(self.config)
            except runs.Lost as error:
                raise Refused(str(error), 503) from error
            if config.run is None:
                raise Refused(f"no run in {config.relative(config.reports)}: make one with `parity run`", 503)
            if self._kept is None or self._kept.run_id != config.run.name:
                self._kept = self._draw(config, config.run.name)
            return self._kept

    def _draw(self, config: Config, run_id: str) -> Shown:
        from parity.report import write
        from parity.report.page import payload, render

        report = write.read(config)
        contents = payload.payload(config, report, write.read_differences(config))
        html = render.html(contents, review={"token": self.token, "run_id": run_id})
        # As an element of the page, where it stands too, a policy cannot say who may frame the page.
        return Shown(html, run_id, f"{render.policy(deciding=True)}; frame-ancestors 'none'")


def make(page: Page, desk: Desk, door: security.Door) -> security.Guard:
    """The application; what does not come through ``door`` is turned away before anything is read."""

    def show(_: Request) -> Response:
        shown = page.current()
        return HTMLResponse(shown.html, headers={"Content-Security-Policy": shown.policy})

    def state(_: Request) -> Response:
        return JSONResponse(desk.state())

    async def decide(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(desk.decide, await _asked(request)))

    routes = [
        Route("/", show, methods=["GET"]),
        Route("/state", state, methods=["GET"]),
        Route("/decide", decide, methods=["POST"]),
    ]
    handlers = {Refused: _refused, ParityError: _failed, HTTPException: _not_served, Exception: _broken}
    return security.Guard(Starlette(routes=routes, exception_handlers=handlers), door)


async def _asked(request: Request) -> Any:
    """The body as JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(f"content type {kind!r}: expected application/json", 415)
    body = b""
    # Counted as it arrives: a length that is announced need not be true.
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise Refused(f"the request is longer than {LARGEST_BODY} bytes: decide about less at once", 413)
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(f"the request is not JSON: {error}", 400) from error


def _refused(request: Request, error: Exception) -> Response:
    return _answer(request, str(error), error.status if isinstance(error, Refused) else 400)


def _failed(request: Request, error: Exception) -> Response:
    usage = isinstance(error, ParityError) and error.verdict is Verdict.USAGE
    return _answer(request, str(error), 400 if usage else 409)


def _not_served(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    answer = _answer(request, f"{request.method} {request.url.path} is not served", status)
    if isinstance(error, HTTPException):
        answer.headers.update(error.headers or {})
    return answer


def _broken(request: Request, error: Exception) -> Response:
    # The traceback goes to the terminal; the page says what happened instead of nothing.
    return _answer(request, f"the review failed: {type(error).__name__}: {error}", 500)


def _answer(request: Request, text: str, status: int) -> Response:
    return security.error(text, status, page=request.url.path == "/")
