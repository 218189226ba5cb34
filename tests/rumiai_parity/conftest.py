"""What the tests of the harness have at hand."""

from tests.harness.conftest import browser, project  # noqa: F401 - fixtures
