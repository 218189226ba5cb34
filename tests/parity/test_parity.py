"""What `parity run` compares, as tests: `pytest tests/parity`."""

from parity.session.checks import *  # noqa: F403
