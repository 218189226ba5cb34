"""A stand-in for the platform, on loopback: Apify's endpoints and a media host (long: both speak of one state).

    with Platform([case_dir]) as platform:
        ...  # APIFY_API_BASE_URL=platform.api_url, APIFY_API_TOKEN=platform.token
        ...  # production platform.url_of(case_dir)

Both hosts listen on 127.0.0.1 at free ports, so they are two origins, and ``requests`` tells which of them received
what. By hand: ``python -m rumiai_parity.platform CASE…``. Answers follow https://docs.apify.com/api/v2.
"""

from __future__ import annotations

import argparse
import base64
import copy
import gzip
import html
import json
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import parse_qs, quote, urlsplit

from rumiai_v2.models import json_document

ACTOR = "GdWCkxBtKWOsKjdch"
CORPUS = Path(__file__).resolve().parents[1] / "golden" / "corpus"
# The real service holds a waiting request for up to a minute; a shorter hold keeps tests of time limits short.
LONGEST_HOLD = 0.2
SLOW_PAUSE = 0.25
TERMINAL = ("SUCCEEDED", "FAILED", "TIMED-OUT", "ABORTED")


class Fault(StrEnum):
    """What may go wrong at the platform."""

    TOKEN_REFUSED = "token_refused"
    ACTOR_FAILED = "actor_failed"
    ACTOR_NEVER_ENDS = "actor_never_ends"
    ACTOR_TIMED_OUT = "actor_timed_out"
    ACTOR_ABORTED = "actor_aborted"
    NO_ITEM = "no_item"
    MEDIA_404 = "media_404"
    MEDIA_CUT = "media_cut"
    MEDIA_HTML = "media_html"
    SLOW = "slow"
    #: Whatever else it says, it repeats the token it was sent, in many spellings.
    ECHO = "echo"


ENDS = {
    Fault.ACTOR_FAILED: "FAILED",
    Fault.ACTOR_NEVER_ENDS: "RUNNING",
    Fault.ACTOR_TIMED_OUT: "TIMED-OUT",
    Fault.ACTOR_ABORTED: "ABORTED",
}


@dataclass(frozen=True)
class Request:
    """One request as it arrived; header names in lower case, ``path`` with its query."""

    server: Literal["api", "media"]
    method: str
    host: str
    path: str
    headers: dict[str, str]
    body: bytes


class Platform:
    """The API and the media host of some corpus cases, from entering the context to leaving it.

    ``cases``: case folders with ``metadata.json`` and ``clip.mp4``. ``faults``: what goes wrong, for every case.
    ``api_url``: base URL for the client (``apify_client.ApifyClient(api_url=…)``); ``media_url``: the other origin.
    """

    #: Some of its characters are escaped in URLs, JSON or HTML, so that a test can tell whether it was shown in any form.
    #: In pieces, so that no copy of this file holds what must stand in no file.
    token = "".join(("apify_api_", "l00pback/stand", "-in+for~Tests=="))

    def __init__(self, cases: Iterable[Path], *, faults: Iterable[Fault | str] = ()) -> None:
        self.faults = frozenset(map(Fault, faults))
        #: What every dataset holds, and what every media address serves (content, type), instead of the cases' own.
        self.items: list[Any] | None = None
        self.media: tuple[bytes, str] | None = None
        self.requests: list[Request] = []
        self._items: dict[str, dict[str, Any]] = {}
        self._clips: dict[str, Path] = {}
        self._urls: dict[str, str] = {}
        self._runs: dict[str, dict[str, Any]] = {}
        self._submitted: dict[str, str | None] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._servers: list[ThreadingHTTPServer] = []
        for case in cases:
            item, clip = _read_case(Path(case))
            self._items[item["webVideoUrl"]] = item
            self._clips[f"/{item['id']}.mp4"] = clip
            self._urls[Path(case).name] = item["webVideoUrl"]

    def url_of(self, case: Path | str) -> str:
        """The web address of a case's video: what a user hands to the production runner."""
        return self._urls[Path(case).name]

    def __enter__(self) -> Self:
        self.api_url = self._serve(_ApiHandler)
        self.media_url = self._serve(_MediaHandler)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _serve(self, handler: type[_Handler]) -> str:
        server = _Server(("127.0.0.1", 0), type(handler.__name__, (handler,), {"platform": self}))
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    # ── what the handlers ask ────────────────────────────────────────────────────────────────────────────────

    def note(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the platform's own end."""
        self._closing.wait(seconds)

    def start_run(self, actor: str, run_input: dict[str, Any]) -> dict[str, Any]:
        urls = run_input.get("postURLs") or [None]
        with self._lock:
            number = len(self._runs) + 1
            run = _run(f"standInRun{number:07d}", actor, f"standInData{number:06d}")
            self._runs[run["id"]] = run
            self._submitted[run["defaultDatasetId"]] = urls[0]
        return copy.deepcopy(run)

    def run(self, run_id: str) -> dict[str, Any] | None:
        """The run as it stands now: done at the first look, unless a fault says otherwise."""
        with self._lock:
            run = self._runs.get(run_id)
            if run is None:
                return None
            if run["status"] not in TERMINAL:
                _move(run, next((ENDS[f] for f in ENDS if f in self.faults), "SUCCEEDED"))
                run["statusMessage"] = self.said(run["statusMessage"])
            return copy.deepcopy(run)

    def abort_run(self, run_id: str) -> dict[str, Any] | None:
        with self._lock:
            run = self._runs.get(run_id)
            if run is not None and run["status"] not in TERMINAL:
                _move(run, "ABORTED")
            return copy.deepcopy(run)

    def said(self, words: str) -> str:
        """``words``, and with ``ECHO`` the token after them."""
        if Fault.ECHO not in self.faults:
            return words
        token, quoted = self.token, quote(self.token, safe="")
        encoded = [base64.b64encode(f"{before}{token}".encode()).decode() for before in ("", "u:", "me:")]
        spelt = [
            f"Bearer {token}",
            quoted,
            json.dumps(token),
            repr(token),
            token.encode().hex(),
            html.escape(token),
            *encoded,
        ]
        return f"{words} (sent: {' '.join(spelt)}; https://u:{quoted}@host/?token={quoted})"

    def dataset(self, dataset_id: str) -> list[Any] | None:
        """The items a run found, with the address to download from filled in; None for an unknown dataset."""
        if dataset_id not in self._submitted:
            return None
        item = self._items.get(self._submitted[dataset_id] or "")
        if self.items is not None:
            return self.items
        if item is None or Fault.NO_ITEM in self.faults:
            return []
        item = copy.deepcopy(item)
        address = f"{self.media_url}/{item['id']}.mp4"
        item["mediaUrls"] = [address]
        item["videoMeta"]["downloadAddr"] = address
        return [item]

    def clip(self, path: str) -> Path | None:
        return None if Fault.MEDIA_404 in self.faults else self._clips.get(path)


def _read_case(case: Path) -> tuple[dict[str, Any], Path]:
    metadata, clip = case / "metadata.json", case / "clip.mp4"
    for path in (metadata, clip):
        if not path.is_file():
            raise FileNotFoundError(f"{path}: missing; a case the platform can serve has metadata.json and clip.mp4")
    try:
        item = json_document.parse(metadata.read_bytes())
    except json_document.Unreadable as error:
        raise ValueError(f"{metadata}: {error}") from None
    for key in ("id", "webVideoUrl", "videoMeta"):
        if not item.get(key):
            raise ValueError(f"{metadata}: {key!r} is missing or empty; the platform names the video by it")
    return item, clip


def _run(run_id: str, actor: str, dataset_id: str) -> dict[str, Any]:
    """A complete run object: the client validates every answer against the service's published model."""
    return {
        "id": run_id,
        "actId": actor,
        "userId": "standInUser000001",
        "actorTaskId": None,
        "startedAt": "2024-01-01T00:00:00.000Z",
        "finishedAt": None,
        "status": "READY",
        "statusMessage": None,
        "isStatusMessageTerminal": None,
        "meta": {"origin": "API", "clientIp": None, "userAgent": None},
        "stats": {"inputBodyLen": 0, "restartCount": 0, "resurrectCount": 0, "computeUnits": 0.0},
        "options": {"build": "latest", "timeoutSecs": 3600, "memoryMbytes": 1024, "diskMbytes": 2048},
        "buildId": "standInBuild00001",
        "buildNumber": "0.1.2",
        "exitCode": None,
        "defaultKeyValueStoreId": "standInStore00001",
        "defaultDatasetId": dataset_id,
        "defaultRequestQueueId": "standInQueue00001",
        "containerUrl": "http://127.0.0.1/",
    }


def _move(run: dict[str, Any], status: str) -> None:
    done = status in TERMINAL
    run |= {
        "status": status,
        "statusMessage": f"Actor run is {status.lower()} (loopback stand-in)",
        "isStatusMessageTerminal": done,
        "finishedAt": "2024-01-01T00:00:05.000Z" if done else None,
        "exitCode": {"SUCCEEDED": 0, "FAILED": 1}.get(status),
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of the server; everything else is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_kind: Literal["api", "media"]
    platform: Platform

    def log_message(self, format: str, *args: object) -> None:
        """Requests are kept in ``Platform.requests``, not printed."""

    def _received(self) -> bytes:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.platform.note(Request(self.server_kind, self.command, headers.get("host", ""), self.path, headers, body))
        if Fault.SLOW in self.platform.faults:
            self.platform.pause(SLOW_PAUSE)
        return body

    def _answer(self, status: HTTPStatus, content: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _json(self, status: HTTPStatus, document: Any, headers: dict[str, str] | None = None) -> None:
        self._answer(status, json.dumps(document).encode(), "application/json; charset=utf-8", headers)

    def _refuse(self, status: HTTPStatus, kind: str, message: str) -> None:
        self._json(status, {"error": {"type": kind, "message": self.platform.said(message)}})


class _ApiHandler(_Handler):
    server_kind = "api"

    def do_POST(self) -> None:
        body = self._received()
        if not self._admitted():
            return
        match urlsplit(self.path).path.strip("/").split("/"):
            case ["v2", "acts" | "actors", actor, "runs"] if actor == ACTOR:
                self._start(actor, body)
            case ["v2", "acts" | "actors", actor, "runs"]:
                self._data(None, f"Actor {actor}")
            case ["v2", "actor-runs", run_id, "abort"]:
                self._data(self.platform.abort_run(run_id), "Actor run")
            case _:
                self._unknown()

    def do_GET(self) -> None:
        self._received()
        if not self._admitted():
            return
        match urlsplit(self.path).path.strip("/").split("/"):
            case ["v2", "actor-runs", run_id]:
                self._watch(run_id)
            case ["v2", "datasets", dataset_id, "items"]:
                self._items(dataset_id)
            case _:
                self._unknown()

    def _start(self, actor: str, body: bytes) -> None:
        try:
            run_input = json.loads(body or b"{}")
        except ValueError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, "invalid-input", f"Input is not valid JSON: {error}")
            return
        self._json(HTTPStatus.CREATED, {"data": self.platform.start_run(actor, run_input)})

    def _watch(self, run_id: str) -> None:
        run = self.platform.run(run_id)
        if run is not None and run["status"] not in TERMINAL:
            wait = parse_qs(urlsplit(self.path).query).get("waitForFinish", ["0"])[0]
            self.platform.pause(min(float(wait), LONGEST_HOLD))
        self._data(run, "Actor run")

    def _items(self, dataset_id: str) -> None:
        items = self.platform.dataset(dataset_id)
        if items is None:
            self._data(None, "Dataset")
            return
        count = str(len(items))
        self._json(HTTPStatus.OK, items, {
            "x-apify-pagination-total": count, "x-apify-pagination-count": count, "x-apify-pagination-offset": "0",
            "x-apify-pagination-limit": "999999999999", "x-apify-pagination-desc": "false",
        })  # fmt: skip

    def _unknown(self) -> None:
        self._refuse(HTTPStatus.NOT_FOUND, "page-not-found", f"The stand-in serves no {self.command} {self.path}")

    def _admitted(self) -> bool:
        given = self.headers.get("authorization")
        if Fault.TOKEN_REFUSED not in self.platform.faults and given == f"Bearer {self.platform.token}":
            return True
        self._refuse(
            HTTPStatus.UNAUTHORIZED,
            "user-or-token-not-found",
            "User was not found or authentication token is not valid",
        )
        return False

    def _data(self, document: dict[str, Any] | None, what: str) -> None:
        if document is None:
            self._refuse(HTTPStatus.NOT_FOUND, "record-not-found", f"{what} was not found")
        else:
            self._json(HTTPStatus.OK, {"data": document})


class _MediaHandler(_Handler):
    server_kind = "media"

    def do_GET(self) -> None:
        self._received()
        clip = self.platform.clip(urlsplit(self.path).path)
        faults = self.platform.faults
        if self.platform.media is not None:
            self._answer(HTTPStatus.OK, *self.platform.media)
        elif clip is None:
            self._answer(HTTPStatus.NOT_FOUND, self.platform.said("not found").encode(), "text/plain")
        elif Fault.MEDIA_HTML in faults:
            self._answer(HTTPStatus.OK, b"<!DOCTYPE html><html><body>Please log in.</body></html>", "text/html")
        elif Fault.MEDIA_CUT in faults:
            content = clip.read_bytes()
            self.close_connection = True
            self.send_response(HTTPStatus.OK)
            self.send_header("content-type", "video/mp4")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
        else:
            self._answer(HTTPStatus.OK, clip.read_bytes(), "video/mp4")


def find_case(name: str) -> Path:
    """A case folder by path, or by its name in the corpus."""
    for folder in (Path(name), CORPUS / name):
        if (folder / "metadata.json").is_file():
            return folder
    known = ", ".join(sorted(p.parent.name for p in CORPUS.glob("*/metadata.json"))) or "none"
    raise FileNotFoundError(f"no case {name!r}: neither a folder with metadata.json nor in the corpus (there: {known})")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve cases until interrupted, and print how to run production against them."""
    parser = argparse.ArgumentParser(prog="python -m rumiai_parity.platform", description=main.__doc__)
    parser.add_argument("cases", nargs="+", metavar="CASE", help="a case folder, or a name in golden/corpus")
    parser.add_argument(
        "--fault", action="append", default=[], choices=[f.value for f in Fault], help="what goes wrong"
    )
    options = parser.parse_args(arguments)
    try:
        cases = [find_case(name) for name in options.cases]
    except FileNotFoundError as error:
        parser.error(str(error))
    with Platform(cases, faults=options.fault) as platform:
        print(f"API   {platform.api_url}\nmedia {platform.media_url}\n\nIn another shell:")
        for case in cases:
            print(
                f"  APIFY_API_BASE_URL={platform.api_url} APIFY_API_TOKEN={platform.token} "
                f"python -m rumiai_v2 production {platform.url_of(case)}"
            )
        print("\nCtrl-C ends it.", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
