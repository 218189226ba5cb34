"""Deciding on the page: what it asks the server for, and what it says of the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from parity.report.page.render import html
from tests.harness.report.page import made
from tests.harness.report.page.in_browser.conftest import Open

ADDRESS = "http://127.0.0.1:8765"


def state(texts: str = "open", pacing: str = "open", *, run_id: str = "run-1") -> dict[str, Any]:
    """What the server says of two causes and two goldens."""

    def change(artifact: str, of: str) -> dict[str, Any]:
        return {
            "case": "text_heavy",
            "artifact": artifact,
            "file": f"{artifact}.json",
            "category": "update",
            "state": of,
            "open": 3 * (of == "open"),
            "accepted": 3 * (of == "accepted"),
            "rejected": 0,
            "blocked": None,
        }

    return {
        "run_id": run_id,
        "causes": {made.TEXTS: {"state": texts, "blocked": None, "goldens": ["text_heavy/unified.json"]},
                   made.PACING: {"state": pacing, "blocked": "repeated runs disagree" if pacing == "blocked" else None, "goldens": []}},
        "changes": [change("unified", texts), change("scene_pacing.result", pacing)],
        "records": [{"id": "8c1de0aa4f10", "date": "2026-10-02T09:12:44+00:00", "author": "R. Keeper", "reason": "new recogniser",
                     "title": "service ocr"}] if texts == "accepted" else [],
    }  # fmt: skip


class Server:
    """Answers in the browser's place; nothing listens."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.state = state()
        self.asked: list[dict[str, Any]] = []
        self.refusal: tuple[int, str] | None = None
        page.route(f"{ADDRESS}/**", self.answer)

    def answer(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(ADDRESS)
        if path == "/":
            document = html(made.payload(60, cases=4), {"token": "t0ken", "run_id": "run-1"})
            return route.fulfill(body=document, content_type="text/html; charset=utf-8")
        assert request.headers["x-parity-token"] == "t0ken"
        if path == "/state":
            return route.fulfill(json=self.state)
        self.asked.append(json.loads(request.post_data))
        if self.refusal:
            return route.fulfill(status=self.refusal[0], json={"error": self.refusal[1]})
        self.state = state(texts="accepted" if self.asked[-1]["action"] == "accept" else "rejected")
        return route.fulfill(json={"message": "decided: record 8c1de0aa4f10", "state": self.state})


@pytest.fixture
def server(browser: Browser) -> Iterator[Server]:
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(15_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    made_ = Server(page)
    page.goto(f"{ADDRESS}/")
    page.locator(".decision").first.wait_for()
    yield made_
    context.close()
    assert wrong == []


def card(page: Page, cause: str = made.TEXTS) -> Any:
    return page.locator(f"[data-cause='{cause}']")


NOTHING: dict[str, Any] = {"causes": [], "cases": [], "artifacts": [], "fields": [], "everything": False}


def test_accepting_a_cause_needs_a_reason_and_says_what_became_of_it(server: Server):
    page = server.page
    assert card(page).locator(".decision").inner_text() == "not decided"
    card(page).locator("[data-action=accept]").first.click()
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_role("heading").inner_text().startswith("Accept cause 1: service ocr")
    dialog.locator("[data-action=confirm]").click()
    assert dialog.get_by_role("alert").inner_text() == "Say why this change is meant. The reason stands in the ledger."
    assert server.asked == []
    dialog.get_by_label("Reason").fill("the new recogniser reads small capitals")
    dialog.locator("[data-action=confirm]").click()
    page.locator(".decision.accepted").first.wait_for()
    assert server.asked == [
        {
            "action": "accept",
            "selection": {**NOTHING, "causes": [made.TEXTS]},
            "run_id": "run-1",
            "reason": "the new recogniser reads small capitals",
        }
    ]
    assert dialog.count() == 0
    assert page.locator("#goldens [role=status]").inner_text() == "decided: record 8c1de0aa4f10"
    assert card(page).locator("[data-action=accept]").first.is_disabled()
    assert card(page, made.PACING).locator("[data-action=accept]").first.is_enabled()
    assert "2026-10-02 09:12:44 UTC R. Keeper: new recogniser" in page.locator(".records").inner_text()


def test_rejecting_needs_no_reason(server: Server):
    card(server.page).locator("[data-action=reject]").first.click()
    server.page.get_by_role("dialog").locator("[data-action=confirm]").click()
    server.page.locator(".decision.rejected").first.wait_for()
    assert server.asked == [
        {"action": "reject", "selection": {**NOTHING, "causes": [made.TEXTS]}, "reason": None, "run_id": "run-1"}
    ]


def test_one_golden_is_accepted_by_its_row(server: Server):
    row = server.page.locator("tr[data-change='text_heavy/unified.json']")
    row.locator("[data-action=accept]").click()
    dialog = server.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("meant")
    dialog.get_by_label("Reason").press("Tab")
    server.page.keyboard.press("Enter")
    server.page.locator(".decision.accepted").first.wait_for()
    assert server.asked[0]["selection"] == {**NOTHING, "cases": ["text_heavy"], "artifacts": ["unified"]}


def test_a_field_is_accepted_by_a_pattern_that_can_be_edited(server: Server):
    page = server.page
    card(page).get_by_text("Only some of its fields").click()
    card(page).locator(".fields code").last.wait_for()
    fields = card(page).locator(".fields code").all_inner_texts()
    assert fields == ["ml_data.ocr.textAnnotations[[]*].text", "overlay.timeline[[]*].value"]
    card(page).locator(".fields [data-action=accept]").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Fields").fill("*.text")
    dialog.get_by_label("Reason").fill("meant")
    dialog.locator("[data-action=confirm]").click()
    page.locator(".decision.accepted").first.wait_for()
    assert server.asked[0]["selection"] == {**NOTHING, "causes": [made.TEXTS], "fields": ["*.text"]}


def test_a_field_is_decided_from_its_difference_too(server: Server):
    server.page.locator(".rows .row").first.click()
    server.page.get_by_role("dialog").get_by_role("button", name="Reject field").click()
    asking = server.page.locator("dialog.ask")
    assert asking.get_by_label("Fields").input_value() == "ml_data.ocr.textAnnotations[[]*].text"
    asking.get_by_role("button", name="Cancel").click()
    assert server.asked == []


def test_a_refusal_stays_in_sight_and_the_state_is_fetched_anew(server: Server):
    page = server.page
    server.refusal = (409, "R. Keeper accepted it on 2026-11-23 at 14:02: reload the page")
    card(page).locator("[data-action=accept]").first.click()
    server.state = state(texts="accepted")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("meant")
    dialog.locator("[data-action=confirm]").click()
    dialog.get_by_text("R. Keeper accepted it").wait_for()
    assert dialog.get_by_role("alert").inner_text() == server.refusal[1]
    assert dialog.get_by_label("Reason").input_value() == "meant"
    assert card(page).locator(".decision").inner_text() == "accepted"


def test_what_another_page_decided_is_seen_when_one_comes_back(server: Server):
    server.state = state(texts="accepted", pacing="blocked")
    server.page.evaluate("dispatchEvent(new Event('focus'))")
    server.page.locator(".decision.accepted").first.wait_for()
    blocked = card(server.page, made.PACING)
    assert blocked.locator(".decision").inner_text() == "cannot be accepted"
    assert "repeated runs disagree" in blocked.locator(".review-bar").inner_text()
    assert blocked.locator("[data-action=accept]").first.is_disabled()
    assert blocked.locator("[data-action=reject]").first.is_enabled()


def test_a_newer_run_stops_all_decisions(server: Server):
    server.state = state(run_id="run-2")
    server.page.evaluate("dispatchEvent(new Event('focus'))")
    server.page.get_by_text("A newer run has replaced what this page shows. Reload the page").wait_for()
    assert server.page.locator("#goldens [data-action]:enabled").count() == 0
    assert card(server.page).locator("[data-action=accept]").first.is_disabled()


def test_a_server_that_is_gone_is_told(server: Server):
    server.page.unroute(f"{ADDRESS}/**")
    server.page.route(f"{ADDRESS}/**", lambda route: route.abort())
    server.page.evaluate("dispatchEvent(new Event('focus'))")
    server.page.get_by_text("Is `parity review` still running?").wait_for()


def test_axe_finds_nothing_serious_while_deciding(server: Server):
    card(server.page).locator("[data-action=accept]").first.click()
    for _ in range(2):
        violations = Axe().run(server.page).response["violations"]
        assert [each["id"] for each in violations if each["impact"] in ("serious", "critical")] == []
        server.page.keyboard.press("Escape")


def test_a_page_that_only_shows_has_nothing_to_decide(open_page: Open):
    page = open_page()
    assert page.locator("[data-action], .review-bar, #goldens").count() == 0
    commands = page.locator("[data-cause] .command", has_text="parity accept --cause").all_inner_texts()
    assert [each.partition(" --run ")[2].split("\n")[0] for each in commands] == ['5d21c0 --reason "…"'] * 2
