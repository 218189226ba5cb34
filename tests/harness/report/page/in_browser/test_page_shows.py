"""What the page shows, in the order in which somebody with a red build needs it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator

from tests.harness.report.page import made
from tests.harness.report.page.in_browser.conftest import Open


def spoken(slider: Locator) -> str:
    """What a reader hears of the moment that the slider stands at."""
    return slider.get_attribute("aria-valuetext").replace("\xa0", " ")


def test_the_parts_stand_in_the_order_of_need(open_page: Open):
    page = open_page()
    titles = page.locator("section > h2").evaluate_all("all => all.map(each => each.firstChild.textContent)")
    assert titles == [
        "Verdict",
        "Causes",
        "Stages",
        "Matrix",
        "Differences",
        "Messages",
        "Provenance",
        "Ground truth",
        "Ignored by rule",
        "Stale",
    ]


def test_what_failed_stands_before_the_causes_when_the_pipeline_failed(open_page: Open):
    payload = made.payload()
    payload["verdict"] = {"label": "pipeline", "exit_code": 4, "meaning": "the pipeline failed", "others": []}
    ids = open_page(payload).locator("section").evaluate_all("all => all.map(each => each.id)")
    assert ids[:3] == ["verdict", "messages", "causes"]


def test_the_first_screen_says_what_and_what_now(open_page: Open):
    page = open_page()
    said = page.locator("#verdict").inner_text()
    assert re.search(r"drift\s+a difference beyond tolerance, or a missing or extra artifact · exit code 1", said, re.I)
    assert "also: stale (a golden or a declared difference that nothing needs)" in said
    assert "First diverging stage: service ocr, stage 4, in text_heavy." in said
    assert page.locator(".next code").all_inner_texts() == [
        "parity run --case text_heavy",
        f'parity accept --cause {made.TEXTS} --run 5d21c0 --reason "…"',
    ]
    assert page.locator(".next").bounding_box()["y"] < 900


def test_a_cause_says_where_how_much_why_and_what_next(open_page: Open):
    page = open_page()
    card = page.locator(f"[data-cause='{made.PACING}']")
    names = card.locator("dt").all_inner_texts()
    facts = dict(zip(names, (text.replace("\xa0", " ") for text in card.locator("dd").all_inner_texts()), strict=True))
    assert (
        card.locator("h3").text_content()
        == "Cause 2: analysis scene_pacing: 5 values of CoreMetrics.averageSceneDuration differ"
    )
    assert facts["Largest"].splitlines() == [
        "0.92 s where 0.003 s is allowed",
        "tutorial · scene_pacing.complete · result(json).scenePacingCoreMetrics.averageSceneDuration",
    ]
    assert facts["Would pass"] == "with a tolerance of 0.1314 ratio, 0.92 s"
    assert facts["Proof"] == "not proven: the run on exchanged data failed"
    assert facts["Id"] == made.PACING
    assert facts["Look"].startswith("parity diff golden/snapshots/tutorial")
    texts = page.locator(f"[data-cause='{made.TEXTS}']")
    assert texts.locator("dd", has_text="accepted on 2026-10-02").inner_text() == (
        "accepted on 2026-10-02 by R. Keeper: the new recogniser reads small capitals 8c1de0aa4f10"
    )
    assert texts.get_by_text("timeline (12), speech_analysis (16)").is_visible()


def test_two_curves_lie_over_each_other_and_say_where_they_part(open_page: Open):
    page = open_page()
    figure = page.locator(".curve").first
    assert figure.locator("path.curve-line").count() == 2
    assert figure.locator("rect.differs").count() == 2  # one span, and one moment that one side has not
    assert figure.locator(".legends bdi").all_inner_texts() == ["golden", "local"]
    slider = figure.get_by_role("slider")
    slider.focus()
    assert spoken(slider) == "10.5 s: golden 1.653 per second, local 1.96 per second, differs"
    slider.press("PageDown")  # the next moment that differs
    slider.press("ArrowLeft")
    assert spoken(slider).startswith("10.5 s")
    slider.press("Home")
    assert figure.locator(".readout b").first.text_content().replace("\xa0", " ") == "0 s"


def test_a_curve_is_a_table_too(open_page: Open):
    page = open_page()
    figure = page.locator(".curve").first
    figure.get_by_text("Values as a table (60 moments, 8 differ)").click()
    figure.locator("tbody tr").last.wait_for()
    assert figure.locator("thead th").all_inner_texts() == ["time (s)", "golden", "local", "Differs"]
    assert figure.locator("tbody tr").count() == 60
    assert figure.locator("tbody tr.differing").count() == 8
    assert figure.locator("tbody tr").nth(40).inner_text().split("\t")[2:] == ["nothing", "differs"]


def test_names_are_drawn_as_stairs_on_an_axis_of_names(open_page: Open):
    figure = open_page().locator(".curve", has_text="emotions")
    assert figure.locator(".tick").all_text_contents()[:4] == ["joy", "sadness", "neutral", "surprise"]
    assert "V" in figure.locator("path.curve-line").first.get_attribute("d")
    assert spoken(figure.get_by_role("slider")) == "18 s: golden joy, local neutral, differs"


def test_the_frame_has_the_boxes_and_texts_of_both_sides(open_page: Open):
    page = open_page()
    figure = page.locator(".frame").first
    assert figure.locator("img").evaluate("image => image.complete && image.naturalWidth") == 360
    assert figure.locator("svg text").all_text_contents() == ["TWENTY WORDS", "LINK IN BIO NOW"]
    patterns = figure.locator(".picture rect.box").evaluate_all(
        "all => all.map(box => getComputedStyle(box).strokeDasharray)"
    )
    assert patterns == ["none", "none", "7px, 3px"]  # the same on both, golden, local
    colours = figure.locator(".picture rect.box").evaluate_all("all => all.map(box => getComputedStyle(box).stroke)")
    assert len({*colours, "none"}) == 4
    figure.get_by_role("checkbox", name="local").uncheck()
    assert figure.locator("svg text").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().width > 0)"
    ) == [True, False]
    assert figure.locator("ul").all_inner_texts() == ["TWENTY WORDS ocr", "LINK IN BIO NOW ocr\nspeech: 'link in bio'"]


def test_a_frame_without_picture_says_why(open_page: Open):
    page = open_page()
    page.get_by_label("Frame (2)").select_option("1")
    assert page.locator(".frame .no-image").inner_text() == "the case is a recording: there is no video"
    assert page.locator(".frame .picture rect.box").count() == 3


def test_stages_are_told_apart_by_words_and_lead_to_their_differences(open_page: Open):
    page = open_page()
    states = page.locator("#stages g.stage").evaluate_all(
        "all => all.map(each => [...each.querySelectorAll('text')].map(t => t.textContent))"
    )
    said = dict(states)
    assert said["ocr"] == "▶ first to differ · 36"
    assert said["scene_pacing"] == "≠ differs · 72"
    assert said["timeline"] == "↳ follows · 12"
    assert said["yolo"] == "✓ equal"
    page.get_by_role("button", name="service ocr: first to differ").press("Enter")
    assert page.get_by_label("Stage", exact=True).input_value() == "ocr"
    assert page.locator(".found").inner_text() == "81 of 240 differences"


def test_a_cell_of_the_matrix_says_its_comparisons_and_leads_to_its_differences(open_page: Open):
    page = open_page()
    grid = page.get_by_role("grid", name="State of every artifact of every case")
    cell = grid.get_by_role("gridcell", name="text_heavy, unified:")
    assert cell.get_attribute("aria-label") == (
        "text_heavy, unified: local = production equal; production ~ golden drift 21; local ~ golden drift 21; repeat = local equal"
    )
    cell.hover()
    assert (
        "production ~ golden: 120 exact, 3 within tolerance, 4 ignored, 21 differing"
        in page.locator(".matrix .readout").inner_text()
    )
    cell.click()
    assert page.get_by_label("Case", exact=True).input_value() == "text_heavy"
    assert page.get_by_label("Artifact", exact=True).input_value() == "unified"
    assert page.locator(".found").inner_text() == "81 of 240 differences"
    assert page.locator("#grid").evaluate("grid => grid === document.activeElement")


def test_the_matrix_is_walked_with_arrows_and_filtered_by_comparison(open_page: Open):
    page = open_page()
    first = page.locator(".matrix-grid td[tabindex='0']")
    assert first.get_attribute("aria-label").startswith("text_heavy, unified")
    first.focus()
    first.press("ArrowDown")
    focused = page.locator(".matrix-grid td:focus")
    assert focused.get_attribute("aria-label").startswith("text_heavy, return")
    page.get_by_role("radio", name="local ~ golden").check()
    page.get_by_label("only what is not equal").check()
    rows = page.locator(".matrix-grid tbody th").all_inner_texts()
    assert rows[:2] == ["unified", "run"]
    assert "return" not in rows
    page.get_by_role("gridcell", name="text_heavy, unified:").press("Enter")
    assert page.get_by_label("Comparison", exact=True).input_value() == "local ~ golden"


def test_provenance_marks_what_differs(open_page: Open):
    page = open_page()
    section = page.locator("#provenance")
    assert section.locator("thead th").all_inner_texts() == [
        "local, this run",
        "production, this run",
        "golden of text_heavy",
    ]
    assert section.locator("tr.differing th").all_inner_texts() == [
        "≠ processor",
        "≠ easyocr",
        "≠ weights of the recogniser",
    ]
    section.get_by_label("rows that are equal, too").uncheck()
    assert section.locator("tbody tr").count() == 3
    assert "another class of processor" in section.locator(".note").inner_text()


def test_the_rest_is_listed(open_page: Open):
    page = open_page()
    assert (
        page.locator("#messages li").inner_text()
        == "≠\n\nbroken_text · local\n\nrun ended with exit code 1\nas it has to"
    )
    assert page.locator("#expectations h2").inner_text() == "Ground truth 138 of 139 expectations met"
    assert (
        page.locator("#expectations tbody").inner_text()
        == "text_heavy\tlocal\tocr\t'TWENTY WORDS' at 0.4 s\tno such text"
    )
    page.get_by_text("Every ignored leaf (40)").click()
    page.locator("#ignored details tbody tr").last.wait_for()
    assert page.locator("#ignored details tbody tr").count() == 40
    assert "golden/snapshots/gone/unified.json" in page.locator("#stale").inner_text()


def test_parity_is_a_short_page_without_alarm(open_page: Open):
    payload = made.payload(0)
    payload |= {
        "causes": [],
        "curves": [],
        "frames": [],
        "messages": [],
        "first_stage": None,
        "next": [],
        "stale": {"goldens": [], "declared": []},
        "verdict": {"label": "parity", "exit_code": 0, "meaning": "they agree", "others": []},
    }
    payload["matrix"]["cells"] = [[*cell[:3], "parity", *cell[4:9], 0] for cell in payload["matrix"]["cells"]]
    page = open_page(payload)
    assert page.locator("#causes").inner_text() == "Causes 0\n\nNothing differs."
    assert page.locator("#differences .found").inner_text() == "0 differences"
    assert page.locator("#grid").inner_text().endswith("There are no differences.")
    assert page.locator(".next").count() == 0
    page.get_by_label("only what is not equal").check()
    assert page.get_by_text("Every cell is equal.").is_visible()
