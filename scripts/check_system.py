"""Before the set-up: is everything there that pip cannot install? Names what is missing and the line that installs it."""

import ctypes
import sys

#: Shared libraries that mediapipe links, and the Debian package of each.
LIBRARIES = {"libEGL.so.1": "libegl1", "libGLESv2.so.2": "libgles2"}


def missing_packages() -> list[str]:
    missing = []
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        missing.append("python3-venv")
    return missing


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - the interpreter that runs the set-up may be older
        print(
            f"expected Python 3.11 or newer, got {sys.version.split()[0]}: call make PYTHON=python3.11", file=sys.stderr
        )
        return 1
    missing = missing_packages()
    if missing:
        print(f"system packages missing; install them with:\n  apt-get install -y {' '.join(missing)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
