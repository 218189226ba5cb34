"""The stand-in, driven by the clients the production runner uses, over loopback."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from apify_client import ApifyClient
from apify_client.errors import ApifyApiError

from rumiai_parity import platform
from rumiai_parity.platform import ACTOR, CORPUS, Fault, Platform

CASES = [CORPUS / "high_energy", CORPUS / "tutorial", CORPUS / "edge_case"]


@pytest.fixture(scope="module")
def served() -> Iterator[Platform]:
    with Platform(CASES) as running:
        yield running


def client(running: Platform, token: str | None = None) -> ApifyClient:
    return ApifyClient(token or running.token, api_url=running.api_url, max_retries=0)


def scrape(running: Platform, url: str, *, wait: float = 2) -> tuple[str, list[dict]]:
    api = client(running)
    started = api.actor(ACTOR).start(run_input={"postURLs": [url], "resultsPerPage": 1, "shouldDownloadVideos": True})
    run = api.run(started.id).wait_for_finish(wait_duration=timedelta(seconds=wait))
    return run.status, api.dataset(run.default_dataset_id).list_items().items


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_real_client_scrapes_a_case_and_its_clip_downloads(served: Platform, case: Path) -> None:
    status, [item] = scrape(served, served.url_of(case))
    assert status == "SUCCEEDED"
    written = json.loads((case / "metadata.json").read_text(encoding="utf-8"))
    [address] = item["mediaUrls"]
    assert item | {"mediaUrls": [], "videoMeta": written["videoMeta"]} == written
    assert httpx.get(address).content == (case / "clip.mp4").read_bytes()


def test_an_unknown_url_finds_nothing(served: Platform) -> None:
    assert scrape(served, "https://www.tiktok.com/@nobody/video/1") == ("SUCCEEDED", [])


def test_requests_tell_which_host_received_the_token() -> None:
    with Platform(CASES[:1]) as running:
        _, [item] = scrape(running, running.url_of("high_energy"))
        httpx.get(item["mediaUrls"][0])
        api = [r for r in running.requests if r.server == "api"]
        media = [r for r in running.requests if r.server == "media"]
    assert {r.headers["authorization"] for r in api} == {f"Bearer {running.token}"}
    assert [(r.method, r.path) for r in media] == [("GET", f"/{item['id']}.mp4")]
    assert "authorization" not in media[0].headers
    assert {r.host for r in api}.isdisjoint(r.host for r in media)
    assert json.loads(api[0].body)["postURLs"] == [running.url_of("high_energy")]


def test_a_wrong_token_is_refused(served: Platform) -> None:
    with pytest.raises(ApifyApiError) as caught:
        client(served, "wrong").actor(ACTOR).start(run_input={})
    assert caught.value.status_code == 401


def test_the_token_can_be_refused_although_it_is_right() -> None:
    with Platform(CASES, faults=[Fault.TOKEN_REFUSED]) as running, pytest.raises(ApifyApiError, match="not valid"):
        client(running).actor(ACTOR).start(run_input={})


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.ACTOR_FAILED, "FAILED"),
        (Fault.ACTOR_TIMED_OUT, "TIMED-OUT"),
        (Fault.ACTOR_ABORTED, "ABORTED"),
        (Fault.ACTOR_NEVER_ENDS, "RUNNING"),
    ],
)
def test_an_actor_can_end_badly_or_not_at_all(fault: Fault, status: str) -> None:
    with Platform(CASES, faults=[fault]) as running:
        assert scrape(running, running.url_of("tutorial"), wait=0.5)[0] == status


def test_a_running_actor_can_be_aborted() -> None:
    with Platform(CASES, faults=[Fault.ACTOR_NEVER_ENDS]) as running:
        started = client(running).actor(ACTOR).start(run_input={})
        assert client(running).run(started.id).abort().status == "ABORTED"


def test_a_run_can_find_no_item() -> None:
    with Platform(CASES, faults=["no_item"]) as running:
        assert scrape(running, running.url_of("tutorial")) == ("SUCCEEDED", [])


def test_unknown_actors_runs_and_pages_are_not_found(served: Platform) -> None:
    head = {"authorization": f"Bearer {served.token}"}
    assert httpx.post(f"{served.api_url}/v2/acts/other/runs", headers=head, json={}).status_code == 404
    for path in ("actor-runs/none", "datasets/none/items", "users/me"):
        answer = httpx.get(f"{served.api_url}/v2/{path}", headers=head)
        assert (answer.status_code, "error" in answer.json()) == (404, True)


def media(running: Platform) -> str:
    _, [item] = scrape(running, running.url_of("tutorial"))
    return item["mediaUrls"][0]


def test_media_can_be_missing() -> None:
    with Platform(CASES, faults=[Fault.MEDIA_404]) as running:
        assert httpx.get(media(running)).status_code == 404


def test_media_can_be_a_page_instead_of_a_video() -> None:
    with Platform(CASES, faults=[Fault.MEDIA_HTML]) as running:
        answer = httpx.get(media(running))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")


def test_media_can_break_off_half_way() -> None:
    whole = (CORPUS / "tutorial" / "clip.mp4").stat().st_size
    with Platform(CASES, faults=[Fault.MEDIA_CUT]) as running, httpx.stream("GET", media(running)) as answer:
        assert int(answer.headers["content-length"]) == whole
        got = 0
        with pytest.raises(httpx.RemoteProtocolError):
            for chunk in answer.iter_raw():
                got += len(chunk)
    assert 0 < got <= whole // 2


def test_answers_can_be_slow_and_closing_does_not_wait_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "SLOW_PAUSE", 0.05)
    with Platform(CASES, faults=[Fault.SLOW]) as running:
        assert httpx.get(media(running)).elapsed >= timedelta(seconds=0.05)


def test_a_folder_without_clip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"metadata\.json: missing"):
        Platform([tmp_path])


def test_by_hand_it_prints_the_command_to_try() -> None:
    command = [sys.executable, "-u", "-m", "rumiai_parity.platform", "tutorial"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CORPUS.parents[1]) as process:
        try:
            lines = [process.stdout.readline() for _ in range(5)]
        finally:
            process.terminate()
    address = lines[0].split()[1]
    assert lines[4].split() == [
        f"APIFY_API_BASE_URL={address}",
        f"APIFY_API_TOKEN={Platform.token}",
        "python",
        "-m",
        "rumiai_v2",
        "production",
        "https://www.tiktok.com/@rumi.calm.minutes/video/7312345678901234567",
    ]


def test_by_hand_an_unknown_case_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        platform.main(["nothing"])
    assert "no case 'nothing'" in capsys.readouterr().err
