"""Goldens are written by these tests, too, wherever they run."""

from tests.harness.decide.conftest import nobodys_ci  # noqa: F401 - a fixture
