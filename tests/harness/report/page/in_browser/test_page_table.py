"""The table of ten thousand differences: only what is in view exists, and everything is found."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.harness.report.page import made
from tests.harness.report.page.in_browser.conftest import Open

MANY = made.payload(10_000)


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(MANY)


def found(page: Page) -> str:
    return page.locator(".found").inner_text()


def column(page: Page, name: str) -> list[str]:
    return page.locator(f".rows .c-{name}").all_inner_texts()


def test_ten_thousand_rows_are_there_and_few_exist(page: Page):
    assert found(page) == "10,000 differences"
    assert page.locator("#grid").get_attribute("aria-rowcount") == "10001"
    assert 10 < page.locator(".rows .row").count() < 60
    page.locator("#grid").evaluate("grid => grid.scrollTop = grid.scrollHeight")
    page.locator(".rows .row[aria-rowindex='10001']").wait_for()
    assert page.locator(".rows .row").count() < 60
    assert page.locator(".rows .row").last.locator(".c-path").inner_text() == "ml_data.ocr.textAnnotations[9999].text"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("textAnnotations[4321]", 1),
        ("TEXTannotations[43", 37 + 1),
        ("'SHORT 9'", 1),
        ("path:scenes case:tutorial", 333),
        ("case:scenes", 0),
        ("tutorial scene_pacing.ml", 0),
        ("0.916", 14 + 1),
        ("class read_text local", 3333),
    ],
)
def test_words_are_searched_in_all_columns(page: Page, query: str, count: int):
    page.get_by_label("Search all columns").fill(query)
    wanted = [row for row in rows() if fits(row, query)]
    assert found(page) == f"{len(wanted):,} of 10,000 differences"
    first = page.locator(".rows .row").first
    if wanted:
        assert first.locator(".c-path").inner_text() == wanted[0]["path"]
        assert first.locator("mark").count() > 0
    else:
        assert first.inner_text() == "Nothing fits. Clear the search or a filter."


def rows() -> list[dict[str, object]]:
    table = MANY["differences"]
    return [
        {
            name: cell if name in made.NUMBERS or cell is None else table["strings"][cell]
            for name, cell in zip(made.ROW, row, strict=True)
        }
        for row in table["rows"]
    ]


def fits(row: dict[str, object], query: str) -> bool:
    """The search, written a second time as plainly as can be."""

    def has(word: str) -> bool:
        column, colon, rest = word.partition(":")
        values = [row[column]] if colon and column in row else row.values()
        return any(
            (rest if colon and column in row else word).lower() in str(v).lower() for v in values if v is not None
        )

    return all(has(word) for word in query.split())


def test_filters_and_search_narrow_together_and_are_cleared_together(page: Page):
    page.get_by_label("Cause", exact=True).select_option(made.PACING)
    page.get_by_label("Case", exact=True).select_option("tutorial")
    page.get_by_label("Search all columns").fill("scenes[2")
    wanted = [
        row for row in rows() if row["cause"] == made.PACING and row["case"] == "tutorial" and "scenes[2" in row["path"]
    ]
    assert found(page) == f"{len(wanted)} of 10,000 differences"
    assert set(column(page, "cause")) == {"2"}
    page.get_by_role("button", name="Clear all filters").click()
    assert found(page) == "10,000 differences"
    assert page.get_by_label("Case", exact=True).input_value() == ""


def test_a_cause_shows_its_differences(page: Page):
    page.locator(f"[data-cause='{made.PACING}']").get_by_role("button", name="Show 3,333 differences").click()
    assert found(page) == "3,333 of 10,000 differences"
    assert page.locator("#differences").bounding_box()["y"] < 120


def test_a_column_sorts_both_ways_with_what_has_no_value_last(page: Page):
    header = page.get_by_role("columnheader", name="Would pass")
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    assert column(page, "would_pass")[:3] == ["0.92", "0.92", "0.92"]
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "none"
    paths = page.get_by_role("columnheader", name="Path")
    paths.get_by_role("button").click()
    assert column(page, "path")[:2] == [
        "CoreMetrics.scenes[2].averageSceneDuration",
        "CoreMetrics.scenes[5].averageSceneDuration",
    ]
    paths.get_by_role("button").click()
    assert column(page, "path")[0] == "overlay.timeline[9997].value"
    page.locator("#grid").evaluate("grid => grid.scrollTop = 0")


def test_numbers_sort_from_the_largest_and_then_from_the_smallest(page: Page):
    button = page.get_by_role("columnheader", name="Difference").get_by_role("button")
    button.click()
    largest = column(page, "magnitude")[0]
    page.locator("#grid").evaluate("grid => grid.scrollTop = grid.scrollHeight")
    page.locator(".rows .row[aria-rowindex='10001']").wait_for()
    assert (largest, column(page, "magnitude")[-1]) == ("0.92\xa0s", "0.004\xa0s")


def test_the_table_is_used_with_the_keyboard_alone(page: Page):
    page.keyboard.press("/")
    page.keyboard.type("scenes[")
    page.keyboard.press("ArrowDown")
    grid = page.locator("#grid")
    assert grid.evaluate("grid => grid === document.activeElement")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert grid.get_attribute("aria-activedescendant") == "row-2"
    assert page.locator("#row-2").get_attribute("aria-selected") == "true"
    page.keyboard.press("End")
    assert grid.get_attribute("aria-activedescendant") == "row-3332"
    page.locator("#row-3332").wait_for()
    page.keyboard.press("PageUp")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_role("heading", level=2).inner_text() == "CoreMetrics.scenes[2].averageSceneDuration"
    page.keyboard.press("ArrowDown")
    assert dialog.get_by_role("heading", level=2).inner_text() == "CoreMetrics.scenes[5].averageSceneDuration"
    facts = dict(zip(dialog.locator("dt").all_inner_texts(), dialog.locator("dd").all_inner_texts(), strict=True))
    assert facts["Difference"] == "0.024 s"
    assert facts["Comparison"] == "local ~ golden"
    assert facts["Cause"].startswith("2. analysis scene_pacing")
    assert dialog.locator("pre").all_inner_texts() == ["1.6400", "1.6640"]
    page.keyboard.press("Escape")
    assert dialog.count() == 0
    assert grid.evaluate("grid => grid === document.activeElement")


def test_what_the_page_has_no_room_for_is_told(open_page: Open):
    payload = made.payload(60)
    payload["differences"]["total"] = 123_456
    note = open_page(payload).locator("#differences .note")
    assert (
        note.inner_text()
        == "This page holds 60 of 123,456 differences; all of them stand in differences.json beside it."
    )
