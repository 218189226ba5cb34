#!/usr/bin/env bash
# apify-client 3.4.0 (impit 0.15.1): an API host that hangs up is reported by an exception of another package.
#
# Expected: whoever catches apify_client.errors.ApifyClientError, the base class of the client's errors, catches what the
# client can end with. Seen: a connection that the host closes before it answers, or that it refuses, ends with a subclass
# of impit.HTTPError, which is neither an ApifyClientError nor an OSError (so no ConnectionError either). An answer with
# status 400, in contrast, is an ApifyClientError.
#
# Output seen:
#   hangs up: impit.RemoteProtocolError, is ApifyClientError: False, is OSError: False
#   refuses the connection: impit.ConnectError, is ApifyClientError: False, is OSError: False
#   answers 400: apify_client.errors.InvalidRequestError, is ApifyClientError: True, is OSError: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check apify-client==3.4.0 impit==0.15.1
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import sys
import threading

import impit
from apify_client import ApifyClient
from apify_client.errors import ApifyClientError

BODY = b'{"error": {"type": "invalid-input", "message": "no"}}'
ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY)


def host(answer: bytes) -> str:
    """The address of a host that reads a request, sends ``answer`` and closes the connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def refusing() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


def ends_with(address: str) -> Exception:
    client = ApifyClient("no-token", api_url=address, max_retries=0)
    try:
        client.actor("some~actor").get()
    except Exception as error:
        return error
    sys.exit("no error at all")


errors = {
    "hangs up": ends_with(host(b"")),
    "refuses the connection": ends_with(refusing()),
    "answers 400": ends_with(host(ANSWER + BODY)),
}
for what, error in errors.items():
    print(
        f"{what}: {type(error).__module__}.{type(error).__name__}, is ApifyClientError: "
        f"{isinstance(error, ApifyClientError)}, is OSError: {isinstance(error, OSError)}"
    )
*transport, answered = errors.values()
as_stated = isinstance(answered, ApifyClientError) and all(
    isinstance(each, impit.HTTPError) and not isinstance(each, ApifyClientError | OSError) for each in transport
)
sys.exit(0 if as_stated else "not as stated above")
PYTHON
