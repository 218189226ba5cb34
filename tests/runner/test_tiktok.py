"""What the platform says and sends: the right video or none, its own words, and never the token."""

import io
import json
from pathlib import Path

import numpy as np
import pytest

from rumiai_v2.sources.tiktok import id_in
from tests.planted import PLANTED, found_in
from tests.runner.conftest import URL, VIDEO_ID

OTHER = "7000000000000000099"


def scraped(production, *items, url: str = URL, **choices):
    """The result of a run for ``url`` whose dataset holds ``items``."""
    from rumiai_v2.runner import RunnerConfig, run
    from rumiai_v2.settings import load_settings
    from rumiai_v2.sources.tiktok import TikTok

    if items:
        production.platform.items = list(items)
    settings = load_settings()
    source = TikTok(url, settings, **choices)
    return run(RunnerConfig(source=source, settings=settings, only=("scene_detection",)))


def failed(production, result, *says: str, stage: str = "scraping_metadata") -> None:
    production.assert_failed(result, exit_code=3, stage=stage, error_type="SourceError", says=list(says))
    assert not found_in(json.dumps(result.returned).encode())
    production.assert_nothing_left()


def item(**fields) -> dict:
    return {"id": VIDEO_ID, "webVideoUrl": URL, "videoMeta": {"duration": 1}, **fields}


def media(production) -> str:
    return f"{production.platform.media_url}/{VIDEO_ID}.mp4"


# ---------------------------------------------------------------- the token


@pytest.mark.parametrize(
    "around", ["{}\n", "{}\r\n", " {}\t", "\ufeff{}\r\n", '"{}"', " '{}' \n", "\u00a0{}\u00a0", "\n\n{}"]
)
def test_what_stands_around_the_token_is_trimmed(production, monkeypatch, around):
    monkeypatch.setenv("APIFY_API_TOKEN", around.format(PLANTED))
    assert scraped(production).exit_code == 0
    sent = {r.headers["authorization"] for r in production.platform.requests if r.server == "api"}
    assert sent == {f"Bearer {PLANTED}"}


@pytest.mark.parametrize("blank", ["", " ", "\r\n", "''", '" "', "\ufeff"])
def test_a_token_of_nothing_is_missing(production, monkeypatch, blank):
    monkeypatch.setenv("APIFY_API_TOKEN", blank)
    failed(production, scraped(production), "APIFY_API_TOKEN", "got nothing")


@pytest.mark.parametrize(
    ("put", "says"),
    [
        ("{}\u00fc{}", "U+00FC"),
        ("{}\n{}", "U+000A"),
        ("{} {}", "U+0020"),
        ('{}"{}', "U+0022"),
        ("'{}{}", "U+0027"),
        ("{}\x7f{}", "U+007F"),
        ("{}\udcff{}", "U+DCFF"),
        ("{}😀{}", "U+1F600"),
        ("Bearer {}{}", "U+0020"),
    ],
)
def test_a_token_that_cannot_be_sent_is_refused_unseen_before_anything_is_asked(
    production, monkeypatch, caplog, put, says
):
    monkeypatch.setenv("APIFY_API_TOKEN", put.format(PLANTED[:30], PLANTED[30:]))
    result = scraped(production)
    failed(production, result, "APIFY_API_TOKEN", says, "copy the token again")
    assert production.platform.requests == []
    assert PLANTED[:30] not in json.dumps(result.returned) + caplog.text


# ---------------------------------------------------------------- the right video


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.tiktok.com/@a.b/video/7334567890123456789?lang=en", "7334567890123456789"),
        ("https://www.tiktok.com/@a/photo/7334567890123456789/", "7334567890123456789"),
        ("https://www.tiktok.com/%40a/video%2F7334567890123456789", "7334567890123456789"),
        ("https://m.tiktok.com/v/7334567890123456789.html?x=1", "7334567890123456789"),
        ("https://www.tiktok.com/embed/v2/7334567890123456789", "7334567890123456789"),
        ("https://www.tiktok.com/foryou?item_id=7334567890123456789", "7334567890123456789"),
        ("https://www.tiktok.com/@a/video/7334567890123456789?item_id=1", "7334567890123456789"),
        ("https://www.tiktok.com/@a/Video/7334567890123456789", "7334567890123456789"),
        ("https://www.tiktok.com/share/item/7334567890123456789", "7334567890123456789"),
        ("https://www.tiktok.com/#/@a/video/7334567890123456789?lang=en", "7334567890123456789"),
        ("https://www.tiktok.com/foryou#video/7334567890123456789", "7334567890123456789"),
        ("https://www.tiktok.com/foryou#item_id=7334567890123456789&x=1", "7334567890123456789"),
        ("https://www.tiktok.com/#!/foryou?modal_id=7334567890123456789", "7334567890123456789"),
        ("https://www.tiktok.com/@a/video/7334567890123456789#/@b/video/1", "7334567890123456789"),
        ("https://www.tiktok.com/foryou?item_id=7334567890123456789#/video/1", "7334567890123456789"),
        ("https://www.tiktok.com/@a#t=10", None),
        ("https://vm.tiktok.com/ZMabc123/", None),
        ("https://www.tiktok.com/t/ZTabc123/", None),
        ("https://www.tiktok.com/@video/7334", None),
        ("https://www.tiktok.com/@a?item_id=abc", None),
    ],
)
def test_the_id_that_an_address_names(url, expected):
    assert id_in(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        URL,
        URL.replace("/video/", "/photo/"),
        f"https://www.tiktok.com/foryou?item_id={VIDEO_ID}",
        f"https://www.tiktok.com/#/@tester/video/{VIDEO_ID}",
    ],
)
@pytest.mark.parametrize("given", [OTHER, int(OTHER)])
@pytest.mark.parametrize("video_id", [None, "my_own"])
def test_another_video_than_the_one_asked_for_is_refused_by_both_ids(production, url, given, video_id):
    other = item(id=given, webVideoUrl=URL.replace(VIDEO_ID, OTHER), mediaUrls=[media(production)])
    failed(production, scraped(production, other, url=url, video_id=video_id), VIDEO_ID, OTHER, "another video")


def test_an_item_without_an_id_is_known_by_its_address(production):
    other = item(webVideoUrl=URL.replace(VIDEO_ID, OTHER), mediaUrls=[media(production)])
    del other["id"]
    failed(production, scraped(production, other, video_id="my_own"), VIDEO_ID, OTHER, "another video")
    other["webVideoUrl"] = URL
    failed(production, scraped(production, other), "video id", "got None", "--id")
    assert scraped(production, other, video_id="my_own").returned["video_id"] == "my_own"


def test_a_short_link_names_no_id_and_takes_what_it_leads_to(production):
    found = item(id=OTHER, webVideoUrl=URL.replace(VIDEO_ID, OTHER), mediaUrls=[media(production)])
    assert scraped(production, found, url="https://vm.tiktok.com/ZMabc123/").returned["video_id"] == OTHER


@pytest.mark.parametrize("first", [{}, {"id": None}])
@pytest.mark.parametrize("video_id", [None, "my_own"])
def test_several_videos_for_a_short_link_are_refused_by_their_ids(production, first, video_id):
    both = [
        item(mediaUrls=[media(production)]) | first,
        item(id=OTHER, webVideoUrl=None, mediaUrls=[media(production)]),
    ]
    for items in (both, both[::-1]):
        result = scraped(production, *items, url="https://vm.tiktok.com/ZMabc123/", video_id=video_id)
        failed(
            production, result, "several videos", f"'{VIDEO_ID}'", f"'{OTHER}'", "give the address of the video's page"
        )


def test_items_that_name_no_video_beside_each_other_or_another_one_are_refused(production):
    unnamed = item(id=None, webVideoUrl=None, mediaUrls=[media(production)])
    short = "https://vm.tiktok.com/ZMabc123/"
    failed(
        production, scraped(production, unnamed, unnamed, url=short, video_id="my_own"), "several videos", "ids none"
    )
    failed(production, scraped(production, unnamed, item(), url=short), "several videos", f"ids none, '{VIDEO_ID}'")
    failed(production, scraped(production, unnamed, item(id=OTHER), video_id="my_own"), "another video", OTHER)


def test_the_same_video_twice_and_words_beside_it_are_one(production):
    found = item(mediaUrls=[media(production)])
    result = scraped(production, {"note": "thanks"}, found, found, url="https://vm.tiktok.com/ZMabc123/")
    assert result.returned["video_id"] == VIDEO_ID


def test_an_id_that_names_no_files_is_refused_before_anything_is_asked(production):
    production.assert_failed(
        scraped(production, item(), video_id="../x"),
        exit_code=2,
        stage="scraping_metadata",
        error_type="UsageError",
        says=["video id: expected ", "got '../x' from --id; choose one with --id ID"],
    )
    assert production.platform.requests == []


def test_the_right_one_of_several_items_is_taken(production, caplog):
    right = item(mediaUrls=[media(production)])
    wrong = item(id=OTHER, mediaUrls=["http://127.0.0.1:9/none"])
    error = {"url": URL, "error": "Cover not found"}
    assert scraped(production, error, wrong, right).returned["video_id"] == VIDEO_ID
    assert "Cover not found" in caplog.text


# ---------------------------------------------------------------- the actor's own words


@pytest.mark.parametrize(
    ("items", "says"),
    [
        (
            [{"url": URL, "error": "Post not found or private", "errorCode": "NOT_FOUND"}],
            "Post not found or private (NOT_FOUND)",
        ),
        ([{"url": URL, "id": VIDEO_ID, "errorMessage": "Region\nlocked"}], "Region locked"),
        ([{"#error": True, "#debug": {"errorMessages": ["Timeout", "Timeout", "Blocked"]}}], "Timeout; Blocked"),
        ([{"webVideoUrl": URL, "error": {"type": "gone", "message": "Removed"}}], "Removed (gone)"),
        ([{"error": True}], "does not say why"),
        ([{"demo": True}], "demo item only"),
        ([{"noResults": True}], "no results"),
        ([{"url": URL, "error": "Gone"}, {"url": URL, "error": "Gone"}, {"error": "Blocked"}], "Gone; Blocked;"),
        ([{"error": "<b>No</b> \x1b[31mred\u202e" + "x" * 5000}], "<b>No</b> [31mred x"),
        ([{"error": ["one", "two"]}], "one; two"),
    ],
)
@pytest.mark.parametrize("video_id", [None, "my_own"])
def test_the_actors_own_words_are_the_reason(production, items, says, video_id):
    result = scraped(production, *items, video_id=video_id)
    failed(production, result, says, "has no video", URL)
    assert "\x1b" not in result.returned["error"] and len(result.returned["error"]) < 1000


@pytest.mark.parametrize(
    ("items", "says"), [([{}], "an empty object"), ([[]], "list"), (["text"], "str"), ([None, 3], "NoneType")]
)
def test_an_item_that_says_nothing_is_named(production, items, says):
    failed(production, scraped(production, *items), f"got {says}", "the actor's output has changed")


def test_words_beside_a_video_do_not_stop_it(production, caplog):
    assert scraped(production, item(mediaUrls=[media(production)], error="no subtitles")).exit_code == 0


def test_a_run_without_items_is_told_with_the_runs_own_words(production):
    production.platform.items = []
    failed(production, scraped(production), "got none", "Actor run is succeeded (loopback stand-in)")


# ---------------------------------------------------------------- photo posts and other downloads


def picture(kind: str) -> bytes:
    import cv2

    done, data = cv2.imencode(kind, np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8))
    assert done
    return data.tobytes()


@pytest.mark.parametrize(
    "fields",
    [
        {"isSlideshow": True},
        {"isSlideshow": True, "mediaUrls": []},
        {"slideshowImageLinks": [{"tiktokLink": "https://cdn/1.jpeg"}]},
        {"imagePost": {"images": [1]}},
        {"mediaUrls": ["https://cdn/1.jpeg?x=1", "https://cdn/2.webp"]},
        {"webVideoUrl": URL.replace("/video/", "/photo/")},
        {"isSlideshow": True, "mediaUrls": ["https://cdn/1.png"]},
    ],
)
def test_a_photo_post_is_called_one(production, fields):
    failed(production, scraped(production, item(**fields)), "a photo post, no video")


def test_a_photo_post_with_a_video_is_that_video(production):
    shown = item(isSlideshow=True, mediaUrls=["https://cdn/1.jpeg", media(production)])
    assert scraped(production, shown).exit_code == 0


def test_an_item_without_address_that_is_no_photo_post_has_none(production):
    result = scraped(production, item(isSlideshow=False))
    failed(production, result, "download address", "has none", stage="downloading_video")


def tone_file() -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100)
        for start in range(0, 44100, 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 44100, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lambda: picture(".jpg"), ["a photo post, no video", "a picture (JPEG)"]),
        (lambda: picture(".png"), ["a photo post, no video", "a picture (PNG)"]),
        (lambda: picture(".webp"), ["a photo post, no video", "a picture (WebP)"]),
        (lambda: b"\n<!DOCTYPE html><html>log in</html>", ["got a web page (HTML), 35 bytes"]),
        (lambda: b'{"error": "expired"}', ["got a JSON document, 20 bytes"]),
        (lambda: b"<?xml version='1.0'?><Error/>", ["got an XML document"]),
        (lambda: b"Forbidden", ["got a text, 9 bytes"]),
        (lambda: b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", ["got a playlist (M3U8)"]),
        (lambda: b"", ["got an empty file"]),
        (lambda: bytes(range(256)) * 9, ["got data that is no video"]),
        (tone_file, ["got sound without pictures"]),
    ],
)
def test_a_download_that_is_no_video_is_named_as_what_it_is(production, content, says):
    production.platform.media = content(), "video/mp4"
    result = scraped(production, item(mediaUrls=[media(production)]))
    failed(production, result, "expected a video", *says, stage="downloading_video")


def test_a_photo_post_whose_address_has_sound_only_is_a_photo_post(production):
    production.platform.media = tone_file(), "video/mp4"
    result = scraped(production, item(isSlideshow=True, mediaUrls=[media(production)]))
    failed(production, result, "a photo post, no video", "sound without pictures", stage="downloading_video")


# ---------------------------------------------------------------- a server that repeats the token


@pytest.mark.parametrize("fault", ["token_refused", "actor_failed", "actor_timed_out", "no_item", "media_404"])
def test_a_server_that_repeats_the_token_is_not_repeated(make_world, case, caplog, fault):
    world = make_world("production", case, fault=fault)
    world.platform.faults |= {"echo"}
    result = world.run()
    assert result.exit_code == 3
    assert not found_in(json.dumps(result.returned).encode()) and not found_in(caplog.text.encode())
    if fault != "media_404":
        assert "***" in result.returned["error"]


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_shows_the_token_in_no_spelling(make_world, case, tmp_path, as_json):
    """Base address, video address, log, settings: on both streams, in the return file, in the crash file."""
    world = make_world("production", case)
    world.platform.items = [{"url": URL, "error": world.platform.said(f"Blocked {PLANTED}")}]
    world.platform.faults |= {"echo"}
    base = world.platform.api_url.replace("://", "://me:pa55word-of-mine@")
    world.platform._urls[case.name] = f"https://me:pa55word-of-mine@www.tiktok.com/@t/video/{VIDEO_ID}?token={PLANTED}"
    for environment in (
        {},
        {"RUMIAI_APIFY_TIMEOUT": PLANTED},
        {"LOG_LEVEL": "DEBUG", "APIFY_API_TOKEN": PLANTED + "\r\n"},
    ):
        done = world.process(
            *(["--json"] if as_json else []),
            "--return-file",
            "back.json",
            environment={"APIFY_API_BASE_URL": base, "TMPDIR": str(tmp_path), **environment},
        )
        assert done.returncode == (2 if "RUMIAI_APIFY_TIMEOUT" in environment else 3), done.stderr
        written = done.stdout + done.stderr + Path("back.json").read_text()
        assert "***" in written and not found_in(written.encode())
        assert "pa55word-of-mine" not in written


def test_addresses_with_secrets_leave_their_outputs_without_them(production, caplog):
    """And the next run of the same address still knows it for the same source."""
    address = media(production).replace("://", "://you:pa55word-of-media@") + f"?token={PLANTED}&w=1"
    signed = "https://cdn/cover.jpeg?x-expires=17&x-signature=abc"
    found = item(mediaUrls=[address], text=f"my token is {PLANTED}", videoMeta={"duration": 1, "coverUrl": signed})
    url = URL.replace("://", "://me:pa55word-of-mine@") + f"?token={PLANTED}&lang=en"
    for _ in range(2):
        assert scraped(production, found, url=url).exit_code == 0
    written = "".join(path.read_text() for path in production.folder.rglob("*.json"))
    assert not found_in((written + caplog.text).encode()) and "pa55word" not in written + caplog.text
    unified = json.loads((production.folder / "unified_analysis" / f"{VIDEO_ID}.json").read_text())
    assert unified["processing_metadata"]["source"] == URL.replace("://", "://***@") + "?token=***&lang=en"
    told = unified["metadata"]
    assert told["description"] == "my token is ***" and told["coverUrl"] == signed
    assert told["downloadUrl"] == media(production).replace("://", "://***@") + "?token=***&w=1"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[]", "KeyError"),
        (b"<html>log in</html>", "InvalidResponseBodyError"),
        (b"null", "ValueError"),
        (b"[" * 9999, "R"),
    ],
)
def test_a_host_that_is_not_the_api_gives_no_usable_answer(production, monkeypatch, content, says):
    """A proxy's page, or an answer without the headers that the client looks for."""
    from http import HTTPStatus

    from rumiai_parity import platform

    monkeypatch.setattr(
        platform._ApiHandler, "_items", lambda self, _: self._answer(HTTPStatus.OK, content, "application/json")
    )
    monkeypatch.setenv("RUMIAI_APIFY_RETRIES", "0")
    failed(production, scraped(production), "no usable answer", says, "APIFY_API_BASE_URL")


FAILING = """
import os, threading, warnings
from rumiai_v2.entry import main
from rumiai_v2.sources.tiktok import TikTok
def fail(self):
    token = os.environ["APIFY_API_TOKEN"]
    def work():
        raise KeyError(token)
    warnings.warn(f"warned of {token}")
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    raise AttributeError(f"nothing is {token!r}")
TikTok._scrape = fail
main()
"""


def test_a_warning_a_thread_and_a_crash_show_no_token(production):
    done = production.process("--json", script=FAILING)
    assert done.returncode == 70
    [crash] = (production.folder / "temp").glob("rumiai-crash-*.txt")
    assert "warned of ***" in done.stderr and "KeyError: '***'" in done.stderr
    assert "nothing is '***'" in json.loads(done.stdout)["error"] and "nothing is '***'" in crash.read_text()
    assert not found_in((done.stdout + done.stderr + crash.read_text()).encode())


# ---------------------------------------------------------------- the way to the media host


@pytest.mark.parametrize("address", ["http://[x", "http://host:99999/x.mp4", "ftp://host/x.mp4", "/x.mp4"])
def test_a_media_address_that_cannot_be_read(production, address):
    failed(production, scraped(production, item(mediaUrls=[address])), "download address of", stage="downloading_video")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1"),
        ("HTTP_PROXY", "odd://x"),
        ("SSL_CERT_FILE", "/gone"),
        ("SSLKEYLOGFILE", "/gone/x"),
    ],
)
def test_an_environment_that_the_download_cannot_use(production, monkeypatch, name, value):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # the platform itself can be asked
    monkeypatch.setenv(name, value)
    result = scraped(production, item(mediaUrls=[media(production)]))
    failed(production, result, "that the environment names cannot be used", stage="downloading_video")
