"""One real recording, replayed by both configurations; goldens of an untouched run of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rumiai_parity.explained.world import World, recording


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project whose only case replays a clip with twenty texts; its goldens fit."""
    return World.make(tmp_path_factory.mktemp("explained") / "base", clip=recording("text_heavy"))


@pytest.fixture
def world(recorded: World, tmp_path: Path) -> World:
    """The same project, to be changed."""
    return recorded.copy(tmp_path / "project")
