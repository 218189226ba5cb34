"""Models in code and schemas say the same: neither can gain, lose or retype a field alone."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rumiai_v2.models.metadata import VideoMetadata, metadata_from
from rumiai_v2.progress import STAGES
from rumiai_v2.services.registry import SERVICES
from tests.schema_check import validate

SCHEMAS = Path(__file__).parents[2] / "schemas"

text = st.text(max_size=20)
count = st.none() | st.integers(0, 10**12)
items = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text("abc123", min_size=1, max_size=20),
        "text": text,
        "webVideoUrl": text,
        "playCount": count,
        "diggCount": count,
        "commentCount": count,
        "shareCount": count,
        "collectCount": count,
        "createTime": st.none() | st.integers() | text,
        "videoMeta": st.fixed_dictionaries({}, optional={"duration": st.integers(0, 999), "coverUrl": text}),
        "hashtags": st.lists(text | st.fixed_dictionaries({"name": text}, optional={"id": text})),
        "authorMeta": st.dictionaries(text, st.none() | st.booleans() | st.integers() | text, max_size=3),
        "musicMeta": st.dictionaries(text, st.none() | st.lists(st.integers(), max_size=2), max_size=3),
        "engagementRate": st.none() | st.floats(0, 100),
    },
).map(
    lambda item: {k: v for k, v in item.items() if not (k == "authorMeta" and not isinstance(v.get("name", ""), str))}
)


def schema(name: str) -> dict:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text())


def test_metadata_has_the_fields_of_its_schema_and_no_other():
    assert set(VideoMetadata().to_dict()) == set(schema("metadata")["properties"])


@settings(deadline=None, max_examples=80)
@given(items)
def test_whatever_the_platform_sends_gives_metadata_that_keep_the_schema(item):
    try:
        metadata = metadata_from(item)
    except ValueError:
        return  # refused, with the field named: test_metadata.py
    validate(metadata.to_dict(), "metadata.schema.json")
    assert metadata_from(metadata.to_dict()) == metadata


def test_the_schemas_name_the_services_of_the_registry():
    services = list(SERVICES)
    assert list(schema("unified")["properties"]["ml_data"]["properties"]) == services
    assert list(schema("report")["properties"]["services"]["properties"]) == services
    assert sorted(path.name.removesuffix(".schema.json") for path in (SCHEMAS / "services").glob("*")) == sorted(
        services
    )


def test_the_schemas_name_the_stages_of_the_run():
    stages = [label for label, _ in STAGES if label != "completed"]
    assert (
        list(schema("report")["properties"]["processing_metrics"]["properties"]["stage_seconds"]["properties"])
        == stages
    )
    assert schema("return_failure")["properties"]["stage"]["enum"] == [*stages, None]
