"""Light and dark, phone, paper, and people who do not see or do not use a mouse."""

from __future__ import annotations

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import until
from tests.harness.report.page import made
from tests.harness.report.page.in_browser.conftest import Open

PHONE, DESK = (390, 844), (1280, 900)


def grave(page: Page) -> list[str]:
    """What axe calls serious or critical: rule, and where."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in violations
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", DESK), ("dark", PHONE)])
def test_axe_finds_nothing_serious(open_page: Open, scheme: str, size: tuple[int, int]):
    page = open_page(made.payload(cases=6), scheme=scheme, size=size)
    for each in page.locator("details summary").all():
        if not each.locator("..").get_attribute("open"):
            each.click()
    assert grave(page) == []


def test_axe_finds_nothing_serious_in_the_dialog_of_a_difference(open_page: Open):
    page = open_page(made.payload(cases=2))
    page.locator(".rows .row").first.click()
    assert page.get_by_role("dialog").is_visible()
    assert grave(page) == []
    page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [390, 700, 1000])
def test_no_width_makes_the_page_scroll_sideways(open_page: Open, width: int):
    page = open_page(size=(width, 844))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
          .filter(each => !each.closest(".scrolling, .grid, .matrix-place, svg, .hide, pre, .top"))
          .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
          .map(each => each.outerHTML.slice(0, 90))"""
    )
    assert wide == []


def test_on_a_phone_a_row_is_a_card_with_both_values(open_page: Open):
    page = open_page(size=PHONE)
    row = page.locator(".rows .row").first
    seen = row.locator("> div").evaluate_all("all => all.filter(each => each.offsetParent).map(each => each.className)")
    assert seen == ["c-cause", "c-case", "c-artifact", "c-path", "c-expected", "c-actual"]
    assert row.bounding_box()["width"] <= 390
    boxes = [each.bounding_box() for each in page.locator(".rows .row").all()[:3]]
    assert [later["y"] - earlier["y"] for earlier, later in pairwise(boxes)] == [boxes[0]["height"]] * 2
    page.get_by_label("Sorted by").select_option("magnitude")
    assert page.locator(".rows .c-magnitude").first.text_content() == "0.004\xa0s"


def test_on_a_phone_the_stages_run_from_top_to_bottom(open_page: Open):
    def order(page: Page) -> tuple[float, float]:
        boxes = [
            page.locator("g.stage", has=page.get_by_text(name, exact=True)).bounding_box() for name in ("media", "run")
        ]
        return boxes[1]["x"] - boxes[0]["x"], boxes[1]["y"] - boxes[0]["y"]

    across, down = order(open_page(size=DESK))
    assert across > 800 > abs(down) * 4
    across, down = order(open_page(size=PHONE))
    assert down > 400 > abs(across)


def background(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_colours_follow_the_system_until_one_is_chosen(open_page: Open):
    light, dark = background(open_page(scheme="light")), background(open_page(scheme="dark"))
    assert (light, dark) == ("rgb(252, 252, 251)", "rgb(21, 23, 26)")
    page = open_page(scheme="dark")
    button = page.get_by_role("button", name="Colours: auto. Change")
    button.click()
    assert background(page) == light
    page.reload()
    assert background(page) == light  # it was remembered
    page.get_by_role("button", name="Colours: light. Change").click()
    page.get_by_role("button", name="Colours: dark. Change").click()
    assert background(page) == dark


def test_every_part_is_reached_by_headings_and_landmarks(open_page: Open):
    page = open_page()
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("navigation", name="Parts of this report").locator("a").count() == 9
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(each => Number(each.tagName[1]))")
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "To the verdict"
    page.keyboard.press("Tab")
    outline = page.locator(":focus").evaluate(
        "each => getComputedStyle(each).outlineStyle + getComputedStyle(each).outlineWidth"
    )
    assert outline == "solid2px"


def test_printed_it_shows_every_cause_and_rows_without_scrolling(open_page: Open):
    payload = made.payload(300)
    payload["causes"] = [{**payload["causes"][1], "id": f"cause-{at}"} for at in range(7)]
    page = open_page(payload)
    assert page.locator(".cause-body:visible").count() == 4
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".cause-body:visible").count() == 7
    assert page.locator(".rows .row").count() == 200
    assert page.get_by_text("At most 200 rows are printed.").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    until(page, "document.querySelectorAll('.rows .row').length < 60")
