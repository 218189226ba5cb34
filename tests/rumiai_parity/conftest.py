"""What the tests of the harness have at hand."""

from tests.harness.conftest import project  # noqa: F401 - a fixture
