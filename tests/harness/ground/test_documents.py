"""The one reader of compared documents: what every text means, and what none may hold."""

from __future__ import annotations

import json
import random

import pytest

from parity import documents
from parity.documents import Ambiguous, Unreadable, parse, read
from parity.keys import repeated

LONG = 2**64 + 1


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"18446744073709551617", LONG),
        (b"[1,\n-9223372036854775809]", [1, -(2**63) - 1]),
        (b'{"roomId":18446744073709551616}', {"roomId": 2**64}),
        (b'{"id": "18446744073709551616"}', {"id": "18446744073709551616"}),
        (b"1" * 5000, int("1" * 5000)),
        (b"18446744073709551616.0", float(2**64)),
        (b"-0", 0),
        (b"-0.0", 0.0),
        (b"1e-400", 0.0),
        (b"1.7976931348623157e308", 1.7976931348623157e308),
        (b"\xef\xbb\xbf{}", {}),
        (b'{"a\\u003ab": "::"}', {"a:b": "::"}),
        (b'["\\ud83d"]', ["\ud83d"]),
    ],
)
def test_a_text_is_read_exactly(raw, value):
    found = parse(raw)
    assert (found, repr(found).replace("-0", "0")) == (value, repr(value))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{", "is not JSON: "),
        (b"\xff", "is not JSON: 'utf-8'"),
        (b"[" * 100_000, "is nested too deep to be read"),
        (b'{"stats": [{"views": 1e400}]}', "cannot be compared: stats[0].views: 1e400 is beyond the range of a double"),
        (b"-1e999", "cannot be compared: (the whole document): -1e999 is beyond the range of a double"),
        (b'{"a b": {"x": 1, "y": {}, "x": 1}}', 'cannot be compared: ["a b"]: the key "x" stands twice in one object'),
        (b'{"": 1, "": 2}', 'cannot be compared: (the whole document): the key "" stands twice in one object'),
        (b'{"a:b": ":", "\\u0061:b": 1}', 'the key "a:b" stands twice in one object'),
        (b"[" + b"7" * 200_001 + b"]", "[0]: " + "7" * 40 + "… is an integer of 200,001 digits, and at most 200,000"),
    ],
)
def test_what_gives_no_document_says_why_and_where(raw, message):
    with pytest.raises(Unreadable) as caught:
        parse(raw)
    assert message in str(caught.value)
    assert isinstance(caught.value, Ambiguous) == (b"1e" in raw or b'1, "' in raw or b"777" in raw or b'": 1}' in raw)


def test_what_is_plain_means_the_same_to_the_fast_reader():
    import orjson

    rng = random.Random(7)
    for _ in range(3000):
        keys = [rng.choice(['"a"', '"b:"', '"\\u0063"', '"\\u003a"', '"d"']) for _ in range(rng.randrange(4))]
        digits = "".join(rng.choices("0123456789", k=rng.choice((1, 5, 18, 19, 20, 25)))).lstrip("0") or "0"
        number = rng.choice(("", "-")) + digits + rng.choice(("", "", ".5", "e3"))
        raw = ("{" + ",".join(f"{key}:{number}" for key in keys) + "}").encode()
        exact = json.loads(raw, object_pairs_hook=list)
        try:
            found = read(raw)
        except Ambiguous:
            assert len(dict(exact)) < len(exact)
            continue
        assert len(dict(exact)) == len(exact)
        assert repr(found.value) == repr(dict(exact))
        if found.plain:
            assert repr(orjson.loads(raw)) == repr(found.value)


@pytest.mark.parametrize(
    ("keys", "twice"),
    [("", []), ("abc", []), ("aba", ["a"]), ("abcbacb", ["b", "a", "c"]), ("aaaa", ["a"]), (["", "a", ""], [""])],
)
def test_every_reader_finds_the_same_keys_that_stand_twice(keys, twice, tmp_path):
    from parity import reading

    assert repeated(keys) == twice
    text = "{" + ", ".join(f"{json.dumps(key)}: 1" for key in keys) + "}"
    (tmp_path / "file").write_text(text)
    for read_one, error in (
        (parse, Ambiguous),
        (reading.json_text, reading.Unfit),
        (_of_yaml(tmp_path), reading.Unfit),
    ):
        if not twice:
            assert read_one(text) == dict.fromkeys(keys, 1)
            continue
        with pytest.raises(error, match=f"key ['\"]{twice[0]}['\"] stands twice"):
            read_one(text)


def _of_yaml(folder):
    from parity import reading

    return lambda text: reading.yaml_file(folder / "file")


def test_a_half_of_a_pair_inside_a_text_is_read_as_it_stands():
    assert parse('{"a": "\ud83d"}') == {"a": "\ud83d"}


def test_nothing_but_the_reader_reads_what_is_compared():
    """``orjson`` alone may read only what ``read`` found to be plain."""
    root = documents.__file__.removesuffix("documents.py")
    users = {"compare/pair.py", "compare/shared.py", "documents.py"}
    from pathlib import Path

    found = {
        file.relative_to(root).as_posix() for file in Path(root).rglob("*.py") if "orjson.loads" in file.read_text()
    }
    assert found == users
