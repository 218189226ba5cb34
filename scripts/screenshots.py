"""Take the pictures of the report's page that stand in the docs, from the report of a real run.

    python scripts/screenshots.py [REPORTS] [--into docs/images]

REPORTS (default: reports/latest) is the folder of a run, which holds parity.json, differences.json and captures/. Light and
dark at a desk's width from the top of the page; a phone from
its top beside the same phone at the stages and the differences. Needs the system's Chromium.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESK, PHONE = (1280, 1400), (390, 844)
#: Parts of the page that the picture of a phone shows beside its top.
PARTS = ("curves", "stages", "differences")


def main() -> None:
    from parity.pipeline import settings
    from parity.report import write
    from parity.report.page.payload import payload
    from parity.report.page.render import html
    from parity.run import pointers, runs
    from tests.browser import chromium

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, nargs="?", default=ROOT / "reports/latest")
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "images")
    given = parser.parse_args()
    reports = given.reports.resolve()
    # The report's paths start from the project that it was made in.
    project = next((each for each in reports.parents if (each / settings.FILE_NAME).exists()), ROOT)
    config = replace(
        settings.load(project / settings.FILE_NAME), run=reports, captures=pointers.pointed(reports / runs.CAPTURES)
    )
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        file = Path(folder, "parity.html")
        file.write_text(html(payload(config, write.read(config), write.read_differences(config))), encoding="utf-8")
        for name, picture in {
            "report-light": _desk(browser, file, "light"),
            "report-dark": _desk(browser, file, "dark"),
            "report-phone": _phone(browser, file),
        }.items():
            target = given.into / f"{name}.png"
            # 64 levels instead of 256 cannot be told apart, and make the files of gradients small.
            picture.point(lambda level: round(level / 255 * 63) * 255 // 63).save(target, optimize=True)
            print(f"{target}: {picture.width} × {picture.height}, {target.stat().st_size / 1000:.0f} kB")


def _open(browser: Browser, file: Path, *, scheme: str, size: tuple[int, int]) -> Page:
    from tests.browser import until

    context = browser.new_context(
        color_scheme=scheme, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(file.as_uri())
    until(page, "performance.getEntriesByName('parity-ready').length > 0")
    page.wait_for_timeout(300)
    return page


def _desk(browser: Browser, file: Path, scheme: str) -> Image.Image:
    return _shot(_open(browser, file, scheme=scheme, size=DESK))


def _phone(browser: Browser, file: Path) -> Image.Image:
    page = _open(browser, file, scheme="light", size=PHONE)
    shots = [_shot(page)]
    for part in PARTS:
        place = page.locator(f"#{part}, .{part}").first
        if place.count():
            place.evaluate("each => each.scrollIntoView({ block: 'start' })")
            page.wait_for_timeout(200)
            shots.append(_shot(page))
    gap = 16
    whole = Image.new("RGB", (len(shots) * (PHONE[0] + gap) - gap, PHONE[1]), "#b9bcc2")
    for at, shot in enumerate(shots):
        whole.paste(shot, (at * (PHONE[0] + gap), 0))
    return whole


def _shot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


if __name__ == "__main__":
    main()
