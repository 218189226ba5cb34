"""`parity review` over HTTP: who is answered, what is decided, and that nobody's decision is lost."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from parity.pipeline import settings
from parity.run import runs
from tests.harness.conftest import IMPORTS, ROOT
from tests.harness.tools.review.serving import reviewing

EVERYTHING = {"everything": True}


@pytest.fixture(scope="module")
def served(drifted, tmp_path_factory):
    """A review in which nothing may be decided, for everything that must be refused."""
    import shutil

    root = shutil.copytree(drifted.root, tmp_path_factory.mktemp("served") / "p", symlinks=True)
    with reviewing(root, python_path=ROOT) as running:
        yield running


@pytest.fixture
def review(pending):
    with reviewing(pending.root, python_path=ROOT, PARITY_AUTHOR="toy keeper") as running:
        yield running


def snapshots(project):
    """The goldens; what says where each case's come from is written beside them with every accept."""
    return {
        file.relative_to(project.root).as_posix(): file.read_bytes()
        for file in sorted((project.root / "snapshots").rglob("*.json"))
        if file.name != "provenance.json"
    }


def ledger(project):
    return [json.loads(line) for line in (project.root / "ledger.jsonl").read_text().splitlines()]


def run_again(project):
    done = project.parity("run", "--from", "reports/captures", "--case", "plain", "--jobs", "1")
    assert done.returncode == 1, done.stdout + done.stderr


# Who is answered


@pytest.mark.parametrize(
    "path", ["/", "/state", "/decide", "/favicon.ico", "/?token=", "/?token=wrong", "/state?token=x"]
)
def test_without_the_token_nothing_is_answered_and_the_text_says_how_to_get_in(served, path):
    answer = httpx.get(served.base + path)
    assert answer.status_code == 403
    assert "open the address that it printed" in answer.text
    assert served.token not in answer.text


@pytest.mark.parametrize("token", [b"", b"wrong", "ümlaut".encode()])
def test_a_wrong_token_in_cookie_or_header_is_none(served, token):
    for headers in ({"X-Parity-Token": token}, {"Cookie": f"parity_review_{served.port}=".encode() + token}):
        assert httpx.get(f"{served.base}/state", headers=headers).status_code == 403


def test_the_first_visit_gets_a_strict_cookie_and_an_address_without_the_token(served):
    answer = httpx.get(served.url)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["set-cookie"].lower().replace("; ", ";").split(";")[1:] == [
        "httponly",
        "path=/",
        "samesite=strict",
    ]
    page = httpx.get(served.base, cookies=answer.cookies)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert served.token in page.text


def test_the_token_as_a_header_is_enough_to_read(served):
    answer = httpx.get(f"{served.base}/state", headers={"X-Parity-Token": served.token})
    assert answer.status_code == 200
    assert {change["case"] for change in answer.json()["changes"]} == {"plain", "other"}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil:{port}", ""]
)
def test_a_name_that_was_rebound_to_this_machine_is_turned_away(served, host):
    given = host.format(port=served.port)
    answer = httpx.get(served.url, headers={"Host": given})
    assert answer.status_code == 403
    assert answer.text == f"parity review: host {given!r} is not this server: open {served.base}\n"


def test_localhost_is_a_name_of_it(served):
    answer = httpx.get(served.url, headers={"Host": f"localhost:{served.port}"})
    assert answer.status_code == 303


def test_only_the_loopback_interface_listens(served):
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", served.port), timeout=5)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": None},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_another_site_cannot_decide_even_with_token_and_cookie(served, headers):
    client = served.page()
    for name, value in headers.items():
        client.headers.pop(name) if value is None else client.headers.update({name: value})
    answer = client.post("/decide", json={})
    assert answer.status_code == 403
    assert "error" in answer.json()


def test_a_cookie_alone_cannot_decide(served):
    client = served.page()
    del client.headers["X-Parity-Token"]
    answer = client.post("/decide", json={})
    assert answer.status_code == 403
    assert "expected in X-Parity-Token" in answer.json()["error"]


def test_another_site_cannot_read_with_the_cookie(served):
    client = served.page()
    del client.headers["X-Parity-Token"]
    assert client.get("/state").status_code == 200
    for site in ("cross-site", "same-site"):
        assert client.get("/state", headers={"Sec-Fetch-Site": site}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/decide", 405),
        ("POST", "/state", 405),
        ("POST", "/", 405),
        ("PUT", "/decide", 405),
        ("DELETE", "/", 405),
        ("OPTIONS", "/decide", 405),
        ("GET", "/reports/latest/parity.json", 404),
        ("GET", "/../parity.toml", 404),
    ],
)
def test_nothing_else_is_served(served, method, path, status):
    answer = served.page().request(method, path)
    assert answer.status_code == status
    assert answer.text.strip().endswith(('is not served"}', "is not served"))


def test_every_answer_carries_the_security_headers(served):
    client = served.page()
    answers = [
        client.get("/"),
        client.get("/state"),
        client.get("/nothing"),
        client.post("/decide"),
        httpx.get(served.base),
    ]
    for answer in answers:
        headers = answer.headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


def test_the_page_may_ask_its_own_server_and_nobody_else(served):
    policy = served.page().get("/").headers["content-security-policy"]
    assert "connect-src 'self'" in policy
    assert "http" not in policy


# What cannot be decided


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ([], "the request: expected an object with action, selection, reason, run_id, got list"),
        ({"action": "delete"}, "action: expected one of accept, reject, got 'delete'"),
        (
            {"action": "accept", "selection": EVERYTHING, "reason": "x", "run_id": "r", "force": 1},
            "the request: unknown key 'force'",
        ),
        (
            {"action": "accept"},
            "selection: expected an object with causes, cases, artifacts, fields, everything, got NoneType",
        ),
        ({"action": "accept", "selection": {"cause": ["x"]}}, "selection: unknown key 'cause'"),
        ({"action": "accept", "selection": {"causes": "x"}}, "selection.causes: expected a list of texts, got 'x'"),
        ({"action": "accept", "selection": {"causes": [1]}}, "selection.causes: expected a text, got 1"),
        (
            {"action": "accept", "selection": {"everything": "yes"}},
            "selection.everything: expected true or false, got 'yes'",
        ),
        ({"action": "accept", "selection": {}}, "selection: names nothing"),
        ({"action": "accept", "selection": EVERYTHING, "reason": " \n "}, "reason: say why"),
        ({"action": "accept", "selection": EVERYTHING, "reason": 7}, "reason: expected a text, got 7"),
        ({"action": "accept", "selection": EVERYTHING, "reason": "\ud800"}, "reason: is no text"),
        ({"action": "accept", "selection": EVERYTHING, "reason": "x"}, "run_id: expected a text, got None"),
    ],
)
def test_a_question_that_cannot_be_used_says_what_is_wrong_with_it(served, asked, text):
    client = served.page()
    answer = client.post("/decide", content=json.dumps(asked), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(text)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 60_000, b"action=accept"])
def test_what_is_not_json_is_refused(served, body):
    answer = served.page().post("/decide", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("the request is not JSON: ")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_what_a_form_of_another_site_could_send_is_refused(served, kind):
    answer = served.page().post("/decide", content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.json()["error"] == f"content type {kind!r}: expected application/json"


def test_a_longer_request_is_refused_however_it_is_sent(served):
    client, kind = served.page(), {"Content-Type": "application/json"}
    announced = client.post("/decide", content=b" " * 70_000, headers=kind)
    streamed = client.post("/decide", content=(b" " * 10_000 for _ in range(7)), headers=kind)
    for answer in (announced, streamed):
        assert (answer.status_code, answer.json()["error"]) == (
            413,
            "the request is longer than 65536 bytes: decide about less at once",
        )


def test_a_cause_that_is_not_pending_is_named(served):
    answer = served.decide(served.page(), selection={"causes": ["<script>"]})
    assert answer.status_code == 400
    assert "nothing pending has the cause '<script>'" in answer.json()["error"]


def test_refused_questions_decided_nothing(served):
    state = served.page().get("/state").json()
    assert {change["state"] for change in state["changes"]} == {"open"}
    assert len(state["records"]) == 1


# Deciding


def test_accepting_a_cause_writes_its_goldens_and_a_record_with_the_reason(pending, review):
    before, page = snapshots(pending), review.page()
    cause, described = next(iter(page.get("/state").json()["causes"].items()))
    answer = review.decide(page, selection={"causes": [cause]}, reason="scores are ratios now")
    assert answer.status_code == 200, answer.text
    state = answer.json()["state"]
    assert state["causes"][cause]["state"] == "accepted"
    changed = {name for name, text in snapshots(pending).items() if text != before[name]}
    assert changed == set(described["goldens"])
    record = ledger(pending)[-1]
    assert (record["reason"], record["fingerprints"], record["author"]) == (
        "scores are ratios now",
        [cause],
        "toy keeper",
    )
    assert record["id"] in answer.json()["message"]
    assert pending.compare_saved().returncode == 0


def test_rejecting_leaves_every_golden_and_the_ledger_as_they_are(pending, review):
    before, records = snapshots(pending), ledger(pending)
    answer = review.decide(review.page(), "reject", reason="")
    assert answer.status_code == 200, answer.text
    assert answer.json()["message"].startswith("rejected ")
    assert {change["state"] for change in answer.json()["state"]["changes"]} == {"rejected"}
    assert (snapshots(pending), ledger(pending)) == (before, records)


def test_of_two_who_accept_the_same_at_once_one_is_told_who_was_first(pending, review):
    pages = [review.page(), review.page()]
    ready = threading.Barrier(2)

    def accept(page):
        ready.wait()
        return review.decide(page, selection={"cases": ["plain"]}, reason="mine")

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(accept, pages), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [200, 409]
    error = answers[1].json()["error"]
    record = ledger(pending)[-1]
    assert error.startswith(f"already accepted by toy keeper, {record['date']}: mine")
    assert len(ledger(pending)) == 2


def test_of_two_who_accept_different_fields_of_one_golden_at_once_neither_is_lost(pending, review):
    pages = [review.page(), review.page()]
    ready = threading.Barrier(2)

    def accept(page, field):
        ready.wait()
        return review.decide(
            page, selection={"cases": ["plain"], "artifacts": ["scores"], "fields": [field]}, reason=field
        )

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(accept, pages, ["Core.mean", "Core.label"]))
    assert [answer.status_code for answer in answers] == [200, 200], [answer.text for answer in answers]
    core = pending.read("snapshots/plain/scores.json")["Core"]
    assert (core["mean"], core["label"]) == (0.75, "blau")
    first, second = ledger(pending)[-2:]
    assert {first["reason"], second["reason"]} == {"Core.mean", "Core.label"}
    assert second["changes"]["plain/scores.json"]["previous"] == [first["id"]]


def test_what_the_command_line_decided_meanwhile_is_not_decided_again(pending, review, monkeypatch):
    from parity.decide import decide
    from parity.decide.select import Selection
    from parity.pipeline import settings

    monkeypatch.delenv("CI", raising=False)
    page = review.page()
    run_id = page.get("/state").json()["run_id"]
    config = settings.load(pending.root / "parity.toml")
    decide.reject(config, Selection(everything=True), reason="not meant", author="somebody else")
    answer = review.decide(page, run_id=run_id)
    assert answer.status_code == 409
    assert answer.json()["error"].startswith("already rejected by somebody else, ")


def test_a_page_of_an_older_run_decides_nothing_and_a_new_one_shows_the_new_run(pending, review):
    page = review.page()
    old = page.get("/state").json()["run_id"]
    assert old in page.get("/").text
    run_again(pending)
    before = snapshots(pending)
    answer = review.decide(page, run_id=old)
    new = page.get("/state").json()["run_id"]
    assert answer.status_code == 409
    assert f"comes from run {old}, but the last one is {new}: nothing was decided" in answer.json()["error"]
    assert snapshots(pending) == before
    shown = page.get("/").text
    assert f'"run_id":"{new}"' in shown.replace(": ", ":")
    assert f'"run_id":"{old}"' not in shown.replace(": ", ":")


def test_while_a_run_is_going_on_nothing_is_accepted_and_the_last_one_is_shown(pending, review):
    page = review.page()
    run_id = page.get("/state").json()["run_id"]
    before = snapshots(pending)
    with runs.comparing(settings.load(pending.root / "parity.toml")):
        answer = review.decide(page, run_id=run_id)
        assert answer.status_code == 409
        assert "a run is going on" in answer.json()["error"]
        assert run_id in page.get("/").text
    assert snapshots(pending) == before
    assert review.decide(page, run_id=run_id).status_code == 200


def test_without_a_readable_report_the_page_says_so_and_nothing_is_decided(pending, review):
    page = review.page()
    run_id = page.get("/state").json()["run_id"]
    (pending.root / "reports/latest/parity.json").unlink()
    shown = page.get("/")
    assert (shown.status_code, shown.headers["content-type"]) == (503, "text/plain; charset=utf-8")
    assert "which is no whole run: make one with `parity run`" in shown.text
    answer = review.decide(page, run_id=run_id)
    assert answer.status_code == 409
    assert "nothing was decided" in answer.json()["error"]


# Starting and ending


def test_interrupting_ends_cleanly_and_says_what_was_decided(pending, review):
    page = review.page()
    assert review.decide(page, selection={"cases": ["plain"]}).status_code == 200
    assert review.decide(page, "reject", selection={"cases": ["other"]}).status_code == 200
    review.interrupt()
    record = ledger(pending)[-1]["id"]
    assert review.said.splitlines()[-1] == (
        f"parity review: ended; 1 accepted (record {record}), 1 rejected; 0 goldens still wait; look at `git diff`"
    )
    assert review.code == 0
    assert "Traceback" not in review.said


def test_being_terminated_ends_it_the_same_way(review):
    review.page()
    review.interrupt(signal.SIGTERM)
    assert review.said.splitlines()[-1] == "parity review: ended; nothing was decided"
    assert review.code == 0


def test_it_opens_the_address_in_the_browser(pending, tmp_path):
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.new && mv {opened}.new {opened}\n')
    browser.chmod(0o755)
    with reviewing(pending.root, python_path=ROOT, opens=True, BROWSER=str(browser)) as running:
        end = time.monotonic() + 30
        while not opened.exists() and time.monotonic() < end:
            time.sleep(0.05)
        assert opened.read_text() == f"{running.url}\n"


def test_asked_not_to_it_opens_no_browser(pending, tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\ntouch {tmp_path}/opened\n")
    browser.chmod(0o755)
    with reviewing(pending.root, python_path=ROOT, BROWSER=str(browser)) as running:
        assert running.page().get("/state").status_code == 200
        running.interrupt()
    assert not (tmp_path / "opened").exists()


def test_while_somebody_decides_for_long_the_state_can_still_be_read(pending, review):
    from parity.decide import journal
    from parity.pipeline import settings

    page = review.page()
    with journal.alone(settings.load(pending.root / "parity.toml")):  # as an accept that repeats a run
        assert {change["state"] for change in page.get("/state").json()["changes"]} == {"open"}


def test_two_starts_have_two_tokens(pending, review):
    with reviewing(pending.root, python_path=ROOT) as second:
        assert second.token != review.token
        assert httpx.get(f"{second.base}/state", headers={"X-Parity-Token": review.token}).status_code == 403


def test_a_port_that_is_taken_is_named(pending, review):
    done = pending.parity("review", "--no-open", "--port", str(review.port))
    assert done.returncode == 2
    assert f"--port {review.port}: 127.0.0.1:{review.port} cannot be listened on: Address already in use" in done.stderr


def test_it_does_not_start_in_a_workflow(drifted):
    done = subprocess.run(
        [sys.executable, "-m", "parity", "review", "--no-open"],
        cwd=drifted.root,
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": IMPORTS, "CI": "true"},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "CI is set: goldens are never written there" in done.stderr


def test_without_a_report_it_says_how_to_get_one(project):
    done = project.parity("review", "--no-open")
    assert done.returncode == 2
    assert done.stderr == "parity: usage: no run in reports: make one with `parity run`\n"
