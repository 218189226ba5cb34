"""The gate's network namespace isolates: nothing but loopback, for native code too."""

import subprocess
import sys
from pathlib import Path

WITHOUT_NETWORK = Path(__file__).parent.parent / "scripts" / "without_network"

PROBE = """
import socket
print(sorted(name for _, name in socket.if_nameindex()))
for attempt in (lambda: socket.create_connection(("192.0.2.1", 80), timeout=2), lambda: socket.getaddrinfo("example.com", 80)):
    try:
        attempt()
    except OSError as error:
        print("refused")
    else:
        print("CONNECTED")
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
    print("loopback works")
"""


def test_nothing_but_loopback_is_reachable():
    done = subprocess.run([WITHOUT_NETWORK, sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["['lo']", "refused", "refused", "loopback works"]


def test_a_failing_command_fails_inside_too():
    done = subprocess.run([WITHOUT_NETWORK, "false"], capture_output=True, timeout=60)
    assert done.returncode == 1
