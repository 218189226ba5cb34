"""The toy that can share and replay, named in a project's settings."""

from tests.harness.run.test_reuse import Sharing

PIPELINE = Sharing()
