"""One value wrong in each of many recordings and metadata documents: read where harmless, else refused by name.

    python -m tests.wrong_values --recordings 1000 --metadata 300 --write docs/wrong-values.md

A recording is replayed in this process: it ends with 0 and outputs that keep their schemas, or with 2, a message that
names the file, and nothing written. No model is loaded. The same seed makes the same documents.
"""

from __future__ import annotations

import argparse
import copy
import functools
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parity.contract import fast, registry
from rumiai_v2.errors import UsageError
from rumiai_v2.runner import RunnerConfig, run
from rumiai_v2.settings import Settings
from rumiai_v2.sources.local_file import read_metadata
from rumiai_v2.sources.replay import Recording

ROOT = Path(__file__).parents[1]
SEED = 20_261_130
#: Written as JSON text, since some of them no Python value spells.
WRONG = (
    "null", "true", "false", "0", "1", "-1", "7", "1.0", "-0.5", "0.5", "1e9", "-1e9", "1e308", "-1e308", "1e400", "NaN", "Infinity",
    "-Infinity", "1e-320", "9007199254740993", "1" * 30, "1" * 5000, "86400.5", '""', '" "', '"a"', '"12"', '"1.7M"', '"en\\n"',
    r'"\ud83d"', r'"\u0000"', '"' + "x" * 300 + '"', "[]", "[1]", "[null]", '["a"]', "[[1, 2], [3, 4]]", "[0, 0, 0, 0]",
    "[-5, 9, 1, 1]", "{}", '{"a": 1}', '{"name": ["x"]}', "[" * 100 + "]" * 100, "[" * 3000, '{"a": 1, "a": 2}',
)  # fmt: skip
#: Changes of the holder rather than of the value.
CHANGES = ("replaced", "replaced", "replaced", "replaced", "missing", "added", "twice", "many")


def recordings() -> list[Any]:
    """The bases: the unified file of every golden, and recordings of older shapes."""
    found = [json.loads(path.read_bytes()) for path in sorted((ROOT / "golden/snapshots").glob("*/unified.json"))]
    for document in found:
        document.pop("temporalMarkers", None)
    return found + [
        json.loads(path.read_bytes()) for path in sorted((ROOT / "golden/corpus").glob("replay_*/recorded.json"))
    ]


def metadata_documents() -> list[Any]:
    from tests.models import test_items as made

    items = [json.loads(path.read_bytes()) for path in sorted((ROOT / "golden/corpus").glob("*/metadata.json"))]
    return [*items, made.APIFY, made.FLAT, made.YT_DLP, made.WEB, made.APP, made.SCOPE, {"aweme_detail": made.APP}]


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*path, key))


def _place(document: Any, chance: random.Random) -> tuple[Any, ...]:
    """Any kind of place as likely as another, however often it occurs: places that differ by index are one kind."""
    kinds: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for path in _places(document):
        kinds.setdefault(tuple("*" if isinstance(part, int) else part for part in path), []).append(path)
    return chance.choice(kinds[chance.choice(sorted(kinds))])


def wrong(document: Any, chance: random.Random) -> tuple[str, str]:
    """(what was done, the text of a copy with one thing wrong)."""
    made = copy.deepcopy(document)
    path = _place(made, chance)
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    key, change, marker = path[-1], chance.choice(CHANGES), "\u2420here\u2420"
    value = chance.choice(WRONG)
    if change == "missing":
        del holder[key]
    elif change == "added" and isinstance(holder, dict):
        holder["another"] = marker
    elif change == "twice" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif change == "many" and isinstance(holder, list):
        holder.extend(copy.deepcopy(holder[key]) for _ in range(1500 if len(json.dumps(holder[key])) < 400 else 20))
    else:
        change, holder[key] = "replaced", marker
    text = json.dumps(made).replace(json.dumps(marker), value)
    where = ".".join(map(str, path))
    return f"{where}: {change}" + (f" by {value[:40]}" if change in ("replaced", "added") else ""), text


@functools.cache
def _validator(name: str) -> Any:
    schemas = registry.collect(map(registry.read, sorted((ROOT / "schemas").rglob("*.schema.json"))))
    return fast.validator(schemas.documents[f"{name}.schema.json"], schemas.fast_registry)


def _breaches(file: Path, schema: str) -> list[str]:
    document = json.loads(file.read_bytes())
    return [f"{schema} {e.instance_path}: {e.message[:200]}" for e in _validator(schema).iter_errors(document)][:3]


@dataclass
class Tally:
    """``ends``: how often each exit code; ``faults``: what must not be, with what was done."""

    ends: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def replay_wrong(number: int, *, seed: int = SEED) -> Tally:
    """Replay ``number`` recordings with one thing wrong each."""
    tally, chance, bases = Tally(), random.Random(seed), recordings()
    for index in range(number):
        what, text = wrong(bases[index % len(bases)], chance)
        folder = Path(tempfile.mkdtemp(prefix="wrong-"))
        try:
            begun = time.perf_counter()
            code, faults = _replayed(folder, text)
            took = time.perf_counter() - begun
            tally.ends[code] += 1
            faults += [f"took {took:.0f} s"] if took > 30 else []
            tally.faults += [f"recording {index} ({what}): {fault}" for fault in faults]
        finally:
            shutil.rmtree(folder)
    return tally


def _replayed(folder: Path, text: str) -> tuple[int, list[str]]:
    file, out = folder / "recorded.json", folder / "out"
    file.write_text(text, encoding="utf-8")
    settings = Settings(temp_dir=out / "temp", unified_dir=out / "unified", insights_dir=out / "insights")
    result = run(RunnerConfig(source=Recording(file), settings=settings, services={}))
    returned, faults = result.returned, []
    if result.exit_code == 0:
        faults += _breaches(Path(returned["outputs"]["unified"]), "unified")
        sets = sorted(Path(returned["outputs"]["insights"]).rglob("*_ml_*.json"))
        faults += [] if len(sets) == 8 else [f"{len(sets)} sets of outputs, expected 8"]
        for one in sets:
            faults += _breaches(one, one.parent.name)
    elif result.exit_code != 2:
        faults.append(f"exit code {result.exit_code}: {returned['error'][:300]}")
    else:
        faults += [f"left {path}" for path in out.rglob("*") if path.is_file()]
        if str(file) not in returned["error"] or "expected" not in returned["error"] or len(returned["error"]) > 1500:
            faults.append(f"message: {returned['error'][:300]}")
    return result.exit_code, faults


def read_wrong(number: int, *, seed: int = SEED) -> Tally:
    """Read ``number`` metadata documents with one thing wrong each, as every configuration reads them."""
    tally, chance, bases = Tally(), random.Random(seed + 1), metadata_documents()
    with tempfile.TemporaryDirectory(prefix="wrong-") as folder:
        for index in range(number):
            what, text = wrong(bases[index % len(bases)], chance)
            file = Path(folder) / "metadata.json"
            file.write_text(text, encoding="utf-8")
            try:
                document = read_metadata(file).to_dict()
                json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
                found = [f"{e.instance_path}: {e.message[:200]}" for e in _validator("metadata").iter_errors(document)]
                tally.ends[0] += 1
            except UsageError as error:
                found = (
                    [] if f"metadata file {file}: " in str(error) and "expected" in str(error) else [str(error)[:300]]
                )
                tally.ends[2] += 1
            except Exception as error:  # what the whole is about
                found = [f"{type(error).__name__}: {error}"[:300]]
                tally.ends[70] += 1
            tally.faults += [f"metadata {index} ({what}): {fault}" for fault in found]
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.wrong_values", description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=1000)
    parser.add_argument("--metadata", type=int, default=300)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", type=Path, help="write the result as a page")
    options = parser.parse_args()
    begun = time.perf_counter()
    tallies = {
        "recordings": replay_wrong(options.recordings, seed=options.seed),
        "metadata documents": read_wrong(options.metadata, seed=options.seed),
    }
    for fault in (fault for tally in tallies.values() for fault in tally.faults):
        print(fault)
    rows = [
        f"| {sum(tally.ends.values()):,} {name} | {tally.ends[0]:,} | {tally.ends[2]:,} | {len(tally.faults)} |"
        for name, tally in tallies.items()
    ]
    table = "\n".join(
        ["| with one thing wrong each | read (0) | refused by name (2) | anything else |", "|---|---|---|---|", *rows]
    )
    print(f"{table}\nseed {options.seed}, {time.perf_counter() - begun:.0f} s")
    failed = any(tally.faults for tally in tallies.values())
    if options.write and not failed:
        options.write.write_text(_page(table, options.seed), encoding="utf-8")
    return int(failed)


def _page(table: str, seed: int) -> str:
    from importlib.metadata import version

    libraries = ", ".join(f"{name} {version(name)}" for name in ("pydantic", "pydantic_core"))
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return f"""# Wrong values

Written by `make wrong-values` at {commit.stdout.strip() or "no commit"}; seed {seed}, Python {sys.version.split()[0]}, {libraries}.

Each document is one of the goldens' unified files, a recording of an older shape, or the metadata of a tool, with one thing wrong: a value
replaced (by null, a flag, a number that is negative, huge, infinite, of 5,000 digits, a text, a half surrogate, a list, an object, a value
nested 100 or 3,000 deep, an object with one key twice), a key missing or added, an item twice or 1,500 times. Recordings are replayed:
they end with 0 and outputs that keep their schemas, or with 2, a message that names file, place, expected and got, and nothing written.

{table}
"""


if __name__ == "__main__":
    import logging

    logging.disable(logging.CRITICAL)
    sys.exit(main())
