"""Who is answered: one browser on this machine, opened with the token of this start, and no other site in it."""

from __future__ import annotations

import hmac
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

TOKEN_HEADER = "X-Parity-Token"
TOKEN_PARAMETER = "token"

#: What a page that draws everything itself needs from a server: nothing. The report's own policy replaces the first.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_NO_TOKEN = (
    "this page belongs to whoever started `parity review`: open the address that it printed, with its token "
    "(a new start has a new one)"
)


@dataclass(frozen=True)
class Door:
    """The address of one start on ``port`` of the loopback interface, and the ``token`` that opens it."""

    port: int
    token: str

    @property
    def hosts(self) -> tuple[str, str]:
        """What a browser that means this server calls it; another name that leads here is a rebound one."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    @property
    def url(self) -> str:
        """What opens the page."""
        return f"http://{self.hosts[0]}/?{urlencode({TOKEN_PARAMETER: self.token})}"

    @property
    def cookie(self) -> str:
        """Cookies know no ports: two starts side by side must not overwrite each other's."""
        return f"parity_review_{self.port}"

    def is_token(self, given: str | None) -> bool:
        return given is not None and hmac.compare_digest(given.encode("utf-8"), self.token.encode("utf-8"))

    def refusal(self, request: HTTPConnection, method: str) -> str | None:
        """Why ``request`` is not answered; None where it is.

        What changes something needs the token as a header: a form of another site cannot send one, and a cookie of this
        machine's goes to every port of it.
        """
        headers = request.headers
        host = headers.get("host", "")
        if host.lower() not in self.hosts:
            return f"host {host!r} is not this server: open http://{self.hosts[0]}"
        by_header = self.is_token(headers.get(TOKEN_HEADER))
        if method not in ("GET", "HEAD"):
            return self._foreign(headers, host) or (None if by_header else f"{_NO_TOKEN}; expected in {TOKEN_HEADER}")
        if self.enters(request) or by_header:
            return None
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return "the request comes from another site"
        return None if self.is_token(request.cookies.get(self.cookie)) else _NO_TOKEN

    def enters(self, request: HTTPConnection) -> bool:
        """Is it the first visit, with the token in the address?"""
        return request.url.path == "/" and self.is_token(request.query_params.get(TOKEN_PARAMETER))

    def _foreign(self, headers: Headers, host: str) -> str | None:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        if origin != f"http://{host}":
            return f"origin {origin!r} is not this page's: expected 'http://{host}'"
        return None if site == "same-origin" else f"the request comes from another site ({site})"


Scope = MutableMapping[str, Any]


class Guard:
    """ASGI middleware: turns away whom the door does not open for, and puts the security headers on every answer."""

    def __init__(self, app: Callable[..., Any], door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Scope) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        request = HTTPConnection(scope)
        answer: Callable[..., Any] = self.app
        if refused := self.door.refusal(request, scope["method"]):
            answer = error(refused, 403, page=scope["path"] == "/")
        elif scope["method"] in ("GET", "HEAD") and self.door.enters(request):
            answer = self._admitted()
        await answer(scope, receive, send_with_headers)

    def _admitted(self) -> Response:
        """The cookie, and the page at an address without the token: that one is shown, kept and shared."""
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(self.door.cookie, self.door.token, path="/", httponly=True, samesite="strict")
        return response


def error(text: str, status: int, *, page: bool = False) -> Response:
    """``text`` as an answer: plain where a person opened the page, JSON where the page asked."""
    if page:
        return PlainTextResponse(f"parity review: {text}\n", status_code=status)
    return JSONResponse({"error": text}, status_code=status)
