"""A small pipeline with two configurations: reads input.json, writes a score sheet in two forms.

``faults`` in the input change what one configuration does, so that tests can make it drift.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("configuration", choices=["web", "disk"])
    parser.add_argument("--stamp", required=True)
    arguments = parser.parse_args()
    given = json.loads(Path("input.json").read_text(encoding="utf-8"))
    faults = given.get("faults", {}).get(arguments.configuration, {})
    if code := faults.get("exit_code"):
        print("the toy was told to fail", file=sys.stderr)
        return code
    scores = {
        "Core": {"total": len(given["words"]), "mean": given["mean"], "label": given["label"], "best": given["best"]},
        "Items": [
            {"kind": "word", "text": word, "at": round(index * 0.5, 3), "box": [index * 10.0, 1.0, 5.0, 5.0]}
            for index, word in enumerate(given["words"])
        ]
        + [{"kind": "pause", "length": 0.25}],
        "PerSecond": {"0s": [1, 2], "1s": []},
        "Where": {"source": f"{arguments.configuration}:/input", "took": 0.001 * len(arguments.stamp), "host": "toy"},
    }
    for path, value in faults.get("set", {}).items():
        *steps, last = path.split("/")
        place = scores
        for step in steps:
            place = place[int(step) if isinstance(place, list) else step]
        if value == "<remove>":
            del place[int(last) if isinstance(place, list) else last]
        else:
            place[int(last) if isinstance(place, list) else last] = value
    out = Path("out")
    out.mkdir()
    (out / f"scores_{arguments.stamp}.json").write_text(json.dumps(scores), encoding="utf-8")
    inside = json.dumps({f"toy{key}": value for key, value in scores.items()})
    if not faults.get("no_wrapped"):
        wrapped = {"kind": "scores", "result": inside, "parsed": scores}
        (out / f"wrapped_{arguments.stamp}.json").write_text(json.dumps(wrapped), encoding="utf-8")
    if extra := faults.get("extra_file"):
        (out / extra).write_text("left over", encoding="utf-8")
    print(f"scored {len(given['words'])} words into scores_{arguments.stamp}.json")
    if line := faults.get("print"):
        print(line)
    returned = {"success": True, "words": len(given["words"]), "sheet": scores}
    Path("../return.json").write_text(json.dumps(returned), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
