"""The production configuration: a TikTok URL, scraped and downloaded through an Apify actor."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rumiai_v2.errors import InputError, OutputError, SourceError, UsageError
from rumiai_v2.models.metadata import metadata_from, valid_video_id
from rumiai_v2.outputs.files import partial_path
from rumiai_v2.settings import Settings
from rumiai_v2.sources.address import why_unreadable
from rumiai_v2.sources.base import Described

ACTOR = "GdWCkxBtKWOsKjdch"
DOWNLOAD_CHUNK = 1 << 16
#: How long a media host may stay silent before the download counts as cut (s).
MEDIA_SILENCE = 30.0

log = logging.getLogger(__name__)


class TikTok:
    """A URL on the platform. The bearer token goes to the API's own origin only, never to a media host."""

    owns_file = True

    def __init__(self, url: str, settings: Settings, *, video_id: str | None = None) -> None:
        if reason := why_unreadable(url):
            raise UsageError(
                f"video URL: expected http://… or https://…, got {_begin(url)}: {reason}; give the address of the video's page"
            )
        if reason := why_unreadable(settings.apify_base_url):
            raise UsageError(
                f"APIFY_API_BASE_URL: expected http://… or https://…, got {_begin(settings.apify_base_url)}: {reason}; "
                "correct or unset it"
            )
        self.url = url
        self.settings = settings
        self.video_id = video_id
        self.reference = url

    def describe(self) -> Described:
        if not self.settings.apify_token:
            raise SourceError(
                "APIFY_API_TOKEN: expected the token of an Apify account, got nothing; set it in the environment or in .env"
            )
        item = self._scrape()
        try:
            metadata = metadata_from(item)
        except ValueError as error:
            raise SourceError(
                f"metadata of {self.url} from the platform: {error}; the actor's output has changed"
            ) from None
        if self.video_id is not None:
            if not valid_video_id(self.video_id):
                raise UsageError(
                    f"--id: expected 1-128 characters of A-Z a-z 0-9 . _ - without a leading dot, got {self.video_id!r}"
                )
            return Described(self.video_id, metadata)
        if metadata.id is None or not valid_video_id(metadata.id):
            raise SourceError(
                f"video id of {self.url}: expected 1-128 characters of A-Z a-z 0-9 . _ - without a leading dot, "
                f"got {metadata.id!r} from the platform; override it with --id ID"
            )
        return Described(metadata.id, metadata)

    def _scrape(self) -> Any:
        """Run the actor for this URL and return its first item."""
        import impit  # the client's transport, whose errors it lets through
        from apify_client import ApifyClient
        from apify_client.errors import ApifyApiError, ApifyClientError

        settings = self.settings
        client = ApifyClient(settings.apify_token, api_url=settings.apify_base_url, max_retries=settings.apify_retries)
        limit = timedelta(seconds=settings.apify_timeout)
        asked = {
            "postURLs": [self.url],
            "resultsPerPage": 1,
            "shouldDownloadVideos": True,
            "shouldDownloadCovers": True,
            "shouldDownloadSubtitles": True,
            "proxyConfiguration": {"useApifyProxy": True},
        }
        where = f"Apify actor {ACTOR} at {settings.apify_base_url}"
        try:
            started = client.actor(ACTOR).start(run_input=asked, run_timeout=limit)
            run = client.run(started.id).wait_for_finish(wait_duration=limit)
            status = str(getattr(run.status, "value", run.status)) if run else "gone"
            if status in ("READY", "RUNNING", "TIMING-OUT"):
                client.run(started.id).abort()
                raise SourceError(
                    f"{where}: expected run {started.id} to end within {settings.apify_timeout:g} s, it is still {status}; "
                    "try again or raise RUMIAI_APIFY_TIMEOUT"
                )
            if status != "SUCCEEDED":
                raise SourceError(
                    f"{where}: expected run {started.id} for {self.url} to succeed, it ended as {status}; "
                    "see the run's log in the Apify console"
                )
            items = client.dataset(run.default_dataset_id).list_items(limit=1).items
        except ApifyApiError as error:
            if error.status_code in (401, 403):
                raise SourceError(
                    f"{where}: token refused (HTTP {error.status_code}: {error.message}); check APIFY_API_TOKEN"
                ) from None
            raise SourceError(f"{where}: HTTP {error.status_code}: {error.message}; try again later") from None
        except SourceError:
            raise
        except (ApifyClientError, impit.HTTPError, OSError, RuntimeError, ValueError) as error:
            reason = (str(error).splitlines() or [""])[0]
            raise SourceError(
                f"{where}: no usable answer ({type(error).__name__}: {reason}); check APIFY_API_BASE_URL and the network"
            ) from None
        if not items:
            raise SourceError(
                f"{where}: expected one item for {self.url}, got none; is the video public and the URL right?"
            )
        return items[0]

    def fetch(self, described: Described, temp_dir: Path, progress: Callable[[float], None]) -> Path:
        url = described.metadata.download_url
        if not url:
            raise SourceError(
                f"download address of {self.url}: the platform's item has none; the actor's output has changed"
            )
        partial = partial_path(temp_dir / f"{described.video_id}.mp4")
        complete = False
        try:
            self._download(url, partial, progress)
            check_is_video(partial, url)
            complete = True
        except OSError as error:
            raise OutputError(
                f"download folder {temp_dir}: cannot write {partial.name} ({error.strerror or error}); check RUMIAI_TEMP_DIR"
            ) from None
        finally:
            if not complete:
                partial.unlink(missing_ok=True)
        return partial

    def _download(self, url: str, partial: Path, progress: Callable[[float], None]) -> None:
        """Fetch ``url`` into ``partial``, trying again on network trouble."""
        import httpx
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

        def transient(error: BaseException) -> bool:
            status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
            return isinstance(error, httpx.TransportError) or (status is not None and status >= 500)

        attempts = Retrying(
            retry=retry_if_exception(transient),
            stop=stop_after_attempt(self.settings.apify_retries + 1),
            wait=wait_exponential(multiplier=0.2, max=5),
            reraise=True,
        )
        with media_errors(url):
            attempts(self._download_once, url, partial, progress)

    def _download_once(self, url: str, partial: Path, progress: Callable[[float], None]) -> None:
        import httpx

        log.info("downloading %s", _without_query(url))
        with (
            httpx.Client(follow_redirects=True, timeout=MEDIA_SILENCE) as client,
            client.stream("GET", url, headers=self._credentials(url)) as response,
            partial.open("wb") as out,
        ):
            response.raise_for_status()
            expected = int(response.headers.get("content-length", 0))
            got = 0
            for chunk in response.iter_bytes(DOWNLOAD_CHUNK):
                out.write(chunk)
                got += len(chunk)
                if expected:
                    progress(min(1.0, got / expected))

    def _credentials(self, url: str) -> dict[str, str]:
        """The bearer token for the API's own origin (its key-value store serves media too), nothing elsewhere."""
        if _origin(url) != _origin(self.settings.apify_base_url):
            return {}
        return {"Authorization": f"Bearer {self.settings.apify_token}"}


@contextmanager
def media_errors(url: str) -> Iterator[None]:
    """Turn what httpx raises into a ``SourceError`` that names the media address."""
    import httpx

    shown = _without_query(url)
    try:
        yield
    except httpx.HTTPStatusError as error:
        raise SourceError(
            f"download of {shown}: expected the video, got HTTP {error.response.status_code}; the address may have expired, try again"
        ) from None
    except httpx.RemoteProtocolError as error:
        raise SourceError(f"download of {shown}: cut off before its end ({error}); try again") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(
            f"download of {shown}: {type(error).__name__}: {error}; check the network and try again"
        ) from None


def check_is_video(path: Path, url: str) -> None:
    """A media host may answer 200 with an error page: that is a wrong download, not a bad input file."""
    from rumiai_v2.media.index import index

    try:
        index(path)
    except InputError as error:
        size = path.stat().st_size
        raise SourceError(
            f"download of {_without_query(url)}: expected a video, got {size} bytes that are none ({error}); try again"
        ) from None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _begin(url: str) -> str:
    """An address for a message, however long it is."""
    return repr(url) if len(url) <= 200 else f"{url[:200]!r}… ({len(url)} characters)"


def _without_query(url: str) -> str:
    """Media addresses carry signatures in their query; logs and messages do not."""
    return url.split("?", 1)[0]
