"""Odd values of a platform mean the same in both configurations, and never end a run that was paid for."""

from __future__ import annotations

import json
import logging
import shutil

import pytest

from tests.runner.conftest import VIDEO_ID
from tests.schema_check import validate

ODD = {
    "text": "half \ud83d of a pair",
    "playCount": "1776621",
    "diggCount": -1,
    "commentCount": 1200.0,
    "shareCount": "1.7M",
    "collectCount": True,
    "hashtags": [3, {"name": "cat\udc00"}],
    "musicMeta": "a song",
    "createTime": "1712176800",
    "authorMeta": {"name": 7},
    "engagementRate": "high",
}


@pytest.fixture
def odd_case(case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd") / "case"
    shutil.copytree(case, folder)
    item = json.loads((folder / "metadata.json").read_text()) | ODD
    (folder / "metadata.json").write_text(json.dumps(item))
    return folder


@pytest.mark.parametrize("configuration", ["production", "local"])
def test_odd_values_are_read_or_null_with_a_word_and_outputs_can_be_written(
    make_world, odd_case, configuration, caplog
):
    world = make_world(configuration, odd_case)
    with caplog.at_level(logging.WARNING):
        result = world.run()
    assert result.exit_code == 0, result.returned.get("error")
    unified = json.loads((world.folder / result.returned["outputs"]["unified"]).read_bytes())
    validate(unified, "unified.schema.json")
    found = unified["metadata"]
    assert (found["id"], found["description"], found["createTime"]) == (
        VIDEO_ID,
        "half \ufffd of a pair",
        "2024-04-03T20:40:00+00:00",
    )
    assert [found[key] for key in ("views", "likes", "comments", "shares", "saves")] == [
        1776621,
        None,
        1200,
        None,
        None,
    ]
    assert (found["username"], found["music"], found["hashtags"]) == ("7", {"name": "a song"}, [{"name": "cat\ufffd"}])
    said = [record.getMessage() for record in caplog.records if record.name == "rumiai_v2.models.metadata"]
    assert all(text.startswith("metadata: ") for text in said), "the log would tell the configurations apart"
    for key in ("diggCount", "shareCount", "collectCount", "engagementRate", "hashtags[0]"):
        assert f"{key}: expected " in caplog.text
    json.dumps(result.returned, ensure_ascii=False).encode()
