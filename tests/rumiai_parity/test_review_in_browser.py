"""The whole way once: a formula breaks, a person finds out why, and decides; in a browser and on the command line.

The project itself is the patient: a copy of its files, a changed formula, real runs of a real case. Its services' results
are taken from the goldens, so that no model is needed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness.conftest import ROOT
from tests.harness.tools.review.serving import reviewing

CASE = "rapid_cuts"
RUN = ("run", "--ml", "replay", "--case", CASE, "--jobs", "1")
FORMULA = "rumiai_v2/analyses/scene_pacing.py"
MEANT = "return 60 * self.cuts / self.length"
BROKEN = "return 60 * (self.cuts + 1) / self.length"
REASON = "scenes per minute, as scenesPerMinute counts them"
FILE = f"{CASE}/scene_pacing.result.json"
GOLDEN, PROVENANCE = f"golden/snapshots/{FILE}", f"golden/snapshots/{CASE}/provenance.json"
LEDGER = "golden/ledger/acceptances.jsonl"

#: A machine that runs other tests beside this one is slow, not wrong.
expect.set_options(timeout=30_000)


@dataclass(frozen=True)
class Checkout:
    """A repository of its own with the project in it."""

    root: Path

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.root, env=self.environment, text=True, capture_output=True, check=False, timeout=300
        )

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith(("PYTEST_", "PARITY_", "GIT_"))}
        return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "COLUMNS": "120"}

    def git(self, *arguments: str) -> str:
        done = self._run("git", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def parity(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        # In the working folder, what is imported is the copy and not what is installed.
        return self._run(sys.executable, "-m", "parity", *arguments)

    def read(self, name: str) -> Any:
        return json.loads((self.root / name).read_text(encoding="utf-8"))

    def committed(self, name: str) -> Any:
        return json.loads(self.git("show", f"HEAD:{name}"))

    def ledger(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.root / LEDGER).read_text(encoding="utf-8").splitlines()]


def copy_of_the_project(root: Path) -> Checkout:
    """What is in the working tree, tracked or about to be, as the first commit of a new repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    made = Checkout(root)
    made.git("init", "--quiet")
    made.git("config", "user.name", "Rosa Reviewer")
    made.git("config", "user.email", "rosa@example.org")
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "The project")
    return made


@dataclass(frozen=True)
class Broken:
    """The project after one formula was changed and committed, what its run said, and the one cause that it found."""

    checkout: Checkout
    said: str
    cause: dict[str, Any]
    #: Fields of the changed golden that the cause explains.
    fields: frozenset[str]


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> Broken:
    """Tests must not decide in it: they work on copies."""
    made = copy_of_the_project(tmp_path_factory.mktemp("broken"))
    formula = made.root / FORMULA
    text = formula.read_text(encoding="utf-8")
    assert text.count(MEANT) == 1, f"{FORMULA} has changed: choose the fault of this test anew"
    formula.write_text(text.replace(MEANT, BROKEN), encoding="utf-8")
    made.git("commit", "--quiet", "--all", "-m", "Count scenes")
    done = made.parity(*RUN)
    assert done.returncode == 1, done.stdout + done.stderr
    (cause,) = made.read("reports/latest/parity.json")["causes"]
    assert cause["stage"] == "scene_pacing"
    rows = made.read("reports/latest/differences.json")["differences"]
    fields = {row["path"] for row in rows if row["cause"] == cause["id"] and row["artifact"] == "scene_pacing.result"}
    return Broken(made, done.stdout, cause, frozenset(fields))


@pytest.fixture
def broken(run_once: Broken, tmp_path: Path) -> Broken:
    """A copy to decide in."""
    copied = shutil.copytree(run_once.checkout.root, tmp_path / "project", symlinks=True)
    return replace(run_once, checkout=Checkout(copied))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that asks nobody but this machine, and fails the test where its script did."""
    opened, wrong = browser.new_page(viewport={"width": 1280, "height": 900}), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda asked: wrong.append(asked.url) if not is_local(asked.url) else None)
    yield opened
    opened.close()
    assert wrong == []


def is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:"))


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every leaf by its path."""
    if isinstance(value, dict):
        return {p: v for key, each in value.items() for p, v in leaves(each, f"{path}.{key}".lstrip(".")).items()}
    if isinstance(value, list):
        return {p: v for index, each in enumerate(value) for p, v in leaves(each, f"{path}[{index}]").items()}
    return {path: value}


def changed_lines(checkout: Checkout, file: str) -> list[str]:
    """The lines that `git diff` shows of ``file``, each with its sign."""
    shown = checkout.git("diff", "--unified=0", "--", file).splitlines()
    return [line for line in shown if re.match(r"[+-](?!--|\+\+)", line)]


def assert_the_diff_is_what_the_cause_explains(broken: Broken) -> None:
    """One golden, its provenance and one record changed; in the golden, the cause's fields and no other line."""
    checkout = broken.checkout
    changed = checkout.git("status", "--porcelain", "--untracked-files=all").splitlines()
    assert set(changed) - {f" M {PROVENANCE}"} == {f" M {GOLDEN}", f" M {LEDGER}"}

    before, after = leaves(checkout.committed(GOLDEN)), leaves(checkout.read(GOLDEN))
    moved = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path for path in moved if ".pacingProgression[" in path} == {
        f"scenePacingDynamics.pacingProgression[{second}].cutsPerMinute" for second in range(8)
    }
    unexplained = {
        path for path in moved if not any(path == f or path.startswith((f"{f}.", f"{f}[")) for f in broken.fields)
    }
    assert unexplained == set()
    names = {re.split(r"[.\[]", path)[-1] for path in moved}
    in_diff = {found[1] for line in changed_lines(checkout, GOLDEN) if (found := re.match(r'[+-]\s*"(\w+)":', line))}
    assert in_diff <= names | {"accelerationPoints", "decelerationPoints", "pacingShifts"}

    (line,) = changed_lines(checkout, LEDGER)
    record = json.loads(line.removeprefix("+"))
    assert (record["reason"], record["fingerprints"]) == (REASON, [broken.cause["id"]])
    assert record["author"] == "Rosa Reviewer <rosa@example.org>"
    assert list(record["changes"]) == [FILE]


def test_in_the_browser_the_cause_is_found_seen_and_accepted_and_the_next_run_is_at_parity(broken, page):
    with reviewing(broken.checkout.root, **broken.checkout.environment) as review:
        page.goto(review.url)
        assert page.url == f"{review.base}/"
        card = page.locator(f'[data-cause="{broken.cause["id"]}"]')
        expect(page.locator("[data-cause]")).to_have_count(1)
        expect(card.get_by_role("heading", level=3)).to_contain_text(
            "scene_pacing: Dynamics.pacingProgression[*].cutsPerMinute"
        )
        expect(card).to_contain_text("8 values differ by the same +60")

        expect(card.locator(".curves svg path.line-0")).not_to_have_count(0)
        expect(card.locator(".curves svg path.line-1")).not_to_have_count(0)
        expect(card.locator(".curves .readout")).to_have_text(re.compile(r"golden\s60\s1/min.*120\s1/min.*differs"))

        expect(card.locator(".frame figcaption")).to_contain_text("cutsPerMinute")
        expect(card.locator(".frame img")).to_have_js_property("complete", True)
        assert card.locator(".frame img").evaluate("image => image.naturalWidth") > 100
        expect(card.locator(".frame svg rect.box-same").first).to_be_visible()

        card.locator('[data-action="accept"]').first.click()
        dialog = page.get_by_role("dialog")
        dialog.locator('[data-action="confirm"]').click()
        expect(dialog.get_by_role("alert")).to_contain_text("Say why")
        dialog.get_by_label("Reason").fill(REASON)
        dialog.locator('[data-action="confirm"]').click()
        expect(dialog).to_have_count(0)
        expect(card.locator(".decision")).to_have_text("accepted")
        expect(page.get_by_role("status").locator(".toast")).to_contain_text("record")
        review.interrupt()

    record = broken.checkout.ledger()[-1]
    assert f"1 accepted (record {record['id']})" in review.said
    assert_the_diff_is_what_the_cause_explains(broken)
    again = broken.checkout.parity(*RUN)
    assert again.returncode == 0, again.stdout + again.stderr


def test_on_the_command_line_the_same_cause_is_accepted_with_the_command_that_the_summary_gives(broken):
    command = re.search(r"parity (accept --cause \S+ --run \w+ --reason) ", broken.said)
    assert command, broken.said
    done = broken.checkout.parity(*command[1].split(), REASON)
    assert done.returncode == 0, done.stderr
    assert GOLDEN in done.stdout
    assert_the_diff_is_what_the_cause_explains(broken)
    again = broken.checkout.parity("run", "--from", "reports/captures", "--case", CASE, "--jobs", "1")
    assert again.returncode == 0, again.stdout + again.stderr


def test_rejecting_in_the_browser_leaves_every_golden_as_it_was(broken, page):
    with reviewing(broken.checkout.root, **broken.checkout.environment) as review:
        page.goto(review.url)
        card = page.locator(f'[data-cause="{broken.cause["id"]}"]')
        card.locator('[data-action="reject"]').first.click()
        page.get_by_role("dialog").get_by_label("Reason").fill("cuts are what is meant")
        page.get_by_role("dialog").locator('[data-action="confirm"]').click()
        expect(card.locator(".decision")).to_have_text("rejected")
    assert broken.checkout.git("status", "--porcelain", "--untracked-files=all") == ""
    again = broken.checkout.parity("accept", "--cause", broken.cause["id"], "--reason", REASON)
    assert again.returncode == 2
    assert "already rejected by Rosa Reviewer <rosa@example.org>" in again.stderr
    assert broken.checkout.git("status", "--porcelain", "--untracked-files=all") == ""


def test_rejecting_on_the_command_line_leaves_every_golden_as_it_was(broken):
    done = broken.checkout.parity("reject", "--cause", broken.cause["id"])
    assert done.returncode == 0, done.stderr
    assert broken.checkout.git("status", "--porcelain", "--untracked-files=all") == ""
