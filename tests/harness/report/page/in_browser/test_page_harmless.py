"""Texts of others stay texts: nothing runs, nothing is hidden, no text reaches over its own edge."""

from __future__ import annotations

import pytest

from tests.harness.report.page import made
from tests.harness.report.page.in_browser.conftest import Open

SHOWN = {
    made.HOSTILE[0]: "</script><script>window.broken=1</script>",
    made.HOSTILE[1]: '<img src=x onerror="window.broken=2">',
    made.HOSTILE[2]: "␛[31mred␛[0m ␛]8;;http://example.com␇link␛]8;;␇",
    made.HOSTILE[3]: "abc⟨U+202E⟩dcba⟨U+202C⟩ ⟨U+200B⟩zero⟨U+FEFF⟩",
    made.HOSTILE[4]: "line⟨U+2028⟩separator⟨U+2029⟩ ␀nul ⟨U+D800⟩lone",
    made.HOSTILE[5]: "javascript:alert(1)//\"'`--><!--<svg onload=alert(1)>",
    made.HOSTILE[6]: "{{ 7*7 }} {% raw %} ${window.broken=3}",
}


@pytest.mark.parametrize("text", made.HOSTILE, ids=range(len(made.HOSTILE)))
def test_a_hostile_text_is_shown_wherever_it_stands_and_does_nothing(open_page: Open, text: str):
    page = open_page(made.payload(60, say=text))
    shown = SHOWN[text]
    places = {
        "title": "header h1 bdi",
        "cause": "[data-cause] h3 bdi",
        "example": ".example p:last-child bdi",
        "author": ".facts li:has-text('accepted on') bdi",
        "curve": ".curve figcaption b bdi",
        "notes": ".frame .sides > div:last-child li:last-child bdi",
        "message": "#messages .text bdi",
        "machine": "#provenance .note bdi",
        "provenance": "#provenance tr.differing td:last-child bdi",
        "expectation": "#expectations td:last-child bdi",
        "stale": "#stale code bdi",
        "value": ".rows .c-actual bdi",
    }
    said = {place: page.locator(selector).first.text_content() for place, selector in places.items()}
    assert said == dict.fromkeys(said, shown)
    assert page.locator("bdi:not([dir=auto])").count() == 0
    page.locator(".rows .row").first.click()
    assert page.get_by_role("dialog").locator("pre").nth(1).text_content() == shown
    page.keyboard.press("Escape")
    assert page.evaluate("window.broken") is None
    assert page.locator("main img, main svg[onload], main script").evaluate_all(
        "all => all.every(each => each.src?.startsWith('data:'))"
    )


def test_hidden_characters_are_marked_and_emoji_stay_whole(open_page: Open):
    payload = made.payload(6, say="a\u202eb 👩\u200d👩\u200d👧 c\u200dd مرحبا")
    said = open_page(payload).locator("#messages .text bdi")
    assert said.text_content() == "a⟨U+202E⟩b 👩\u200d👩\u200d👧 c⟨U+200D⟩d مرحبا"
    assert said.locator(".esc").all_inner_texts() == ["⟨U+202E⟩", "⟨U+200D⟩"]


def test_a_megabyte_of_text_is_cut_and_breaks_nothing(open_page: Open):
    long = "X" * 1_000_000
    payload = made.payload(9)
    payload["title"] = payload["messages"][0]["text"] = payload["causes"][0]["title"] = long
    payload["frames"][0]["sides"][1]["boxes"][0]["label"] = payload["curves"][0]["title"] = long
    payload["differences"]["strings"][0] = payload["stages"][3]["name"] = payload["matrix"]["cases"][0] = long
    page = open_page(payload, size=(390, 844))
    said = page.locator("#messages .text").inner_text()
    assert said == "X" * 5000 + " … (1,000,000 characters)"
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_picture_that_is_none_is_not_loaded(open_page: Open):
    payload = made.payload(9)
    payload["frames"][0]["image"] = "http://192.0.2.1/picture.jpeg"
    page = open_page(payload)
    assert page.locator(".frame img").count() == 0
    assert page.locator(".frame .no-image").inner_text() == "There is no picture."
