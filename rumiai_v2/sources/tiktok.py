"""The production configuration: a TikTok URL through an Apify actor (long: what each of its answers means)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from rumiai_v2.errors import InputError, OutputError, SourceError, UsageError
from rumiai_v2.models.items import Kind, error_of, is_photo_post, kind_of, quotable
from rumiai_v2.models.metadata import metadata_from
from rumiai_v2.redact import redacted, register_url
from rumiai_v2.settings import Settings
from rumiai_v2.sources.address import why_unreadable
from rumiai_v2.sources.base import Described
from rumiai_v2.sources.video_id import checked_video_id

if TYPE_CHECKING:
    import httpx

ACTOR = "GdWCkxBtKWOsKjdch"
#: Items that are looked at; one video is asked for, and an actor may put words of its own beside it.
MOST_ITEMS = 20
#: A bearer token (RFC 6750): whatever else is in it was not meant to be.
NOT_OF_A_TOKEN = re.compile(r"[^A-Za-z0-9._~+/=-]")
#: Where an address names its video: in its path, else in its query, else behind ``#`` in the same ways.
_ID_IN_PATH = re.compile(
    r"/(?:video|photo|share/item|v|embed(?:/v\d+)?|player/v\d+)/(\d+)(?:\.html)?(?:/|$)", re.IGNORECASE
)
_ID_IN_QUERY = ("item_id", "share_item_id", "aweme_id", "modal_id")
DOWNLOAD_CHUNK = 1 << 16
#: How long a media host may stay silent before the download counts as cut (s).
MEDIA_SILENCE = 30.0

log = logging.getLogger(__name__)


class TikTok:
    """A URL on the platform. The bearer token goes to the API's own origin only, never to a media host."""

    owns_file = True
    inputs: tuple[Path, ...] = ()

    def __init__(self, url: str, settings: Settings, *, video_id: str | None = None) -> None:
        register_url(url)
        self.url = url
        self.shown = self.reference = redacted(url)
        self.settings = settings
        self.video_id = video_id
        self.photo_post = False

    def describe(self) -> Described:
        self._check_arguments()
        self._check_token()
        item = self._chosen(self._scrape())
        try:
            metadata = metadata_from(item)
        except ValueError as error:
            raise SourceError(
                f"metadata of {self.shown} from the platform: {error}; the actor's output has changed"
            ) from None
        self.photo_post = is_photo_post(item)
        if metadata.download_url:
            register_url(metadata.download_url)
        elif self.photo_post:
            raise self._photo_post("it has pictures, and no video address")
        if self.video_id is not None:
            return Described(self.video_id, metadata)
        found = checked_video_id(
            metadata.id,
            origin="the platform",
            of=f" of {self.shown}",
            error=SourceError,
            remedy="override it with --id ID",
        )
        return Described(found, metadata)

    def _check_arguments(self) -> None:
        """What nobody has to be asked for."""
        if reason := why_unreadable(self.url):
            raise UsageError(
                f"video URL: expected http://… or https://…, got {_begin(self.url)}: {reason}; "
                "give the address of the video's page"
            )
        base = self.settings.apify_base_url
        if reason := why_unreadable(base):
            raise UsageError(
                f"APIFY_API_BASE_URL: expected http://… or https://…, got {_begin(base)}: {reason}; correct or unset it"
            )
        if self.video_id is not None:
            checked_video_id(self.video_id, origin="--id")

    def _check_token(self) -> None:
        """Whether the token can be sent at all; it is never shown, and no library is asked that could."""
        token = self.settings.apify_token
        if not token:
            raise SourceError(
                "APIFY_API_TOKEN: expected the token of an Apify account, got nothing; set it in the environment or in .env"
            )
        if odd := NOT_OF_A_TOKEN.search(token):
            raise SourceError(
                f"APIFY_API_TOKEN: expected letters, digits and . _ ~ + / - = only, got U+{ord(odd[0]):04X} as character "
                f"{odd.start() + 1} of {len(token)}; copy the token again from the Apify console"
            )

    def _chosen(self, items: list[Any]) -> Mapping[str, Any]:
        """The item of the video that was asked for, and of no other one."""
        said = "; ".join(dict.fromkeys(filter(None, map(error_of, items))))
        videos = [item for item in items if isinstance(item, Mapping) and item and error_of(item) is None]
        if not videos:
            if said:
                raise SourceError(
                    f"the platform has no video for {self.shown}: {said}; check that the video is public and the URL right"
                )
            got = "an empty object" if isinstance(items[0], Mapping) else f"{type(items[0]).__name__}"
            raise SourceError(
                f"metadata of {self.shown} from the platform: expected an object about the video, got {got}; "
                "the actor's output has changed"
            )
        videos = [item for item in videos if kind_of(item) is not Kind.UNKNOWN] or videos
        chosen = self._index([_id_of(item) for item in videos], f" (it says: {said})" if said else "")
        if said:
            log.warning("the platform says of %s: %s", self.shown, said)
        return videos[chosen]

    def _index(self, found: list[str | None], said: str) -> int:
        """Which of the items with the ids ``found`` is the one that was asked for."""
        wanted = id_in(self.url)
        if wanted is not None and wanted in found:
            return found.index(wanted)
        ids = ", ".join(dict.fromkeys("none" if each is None else repr(quotable(each)) for each in found))
        if wanted is not None and any(each is not None for each in found):
            raise SourceError(
                f"the platform has another video for {self.shown}: expected the id {wanted}, got {ids}{said}"
                "; check the URL, or try again later"
            )
        if len(set(found)) > 1 or found.count(None) > 1:
            raise SourceError(
                f"the platform has several videos for {self.shown}: expected one, got {len(found)} with the ids {ids}{said}, "
                "and nothing tells which was asked for; give the address of the video's page, which names its id"
            )
        return 0

    def _photo_post(self, why: str) -> SourceError:
        return SourceError(
            f"{self.shown}: expected a video, got a photo post, no video ({why}); give a video's address"
        )

    def _scrape(self) -> list[Any]:
        """Run the actor for this URL and return its items, at least one."""
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
            if run is None or status != "SUCCEEDED":
                raise SourceError(
                    f"{where}: expected run {started.id} for {self.shown} to succeed, it ended as {status}{_saying(run)}; "
                    "see the run's log in the Apify console"
                )
            items = client.dataset(run.default_dataset_id).list_items(limit=MOST_ITEMS).items
        except ApifyApiError as error:
            if error.status_code in (401, 403):
                raise SourceError(
                    f"{where}: token refused (HTTP {error.status_code}: {quotable(str(error.message))}); check APIFY_API_TOKEN"
                ) from None
            raise SourceError(
                f"{where}: HTTP {error.status_code}: {quotable(str(error.message))}; try again later"
            ) from None
        except SourceError:
            raise
        except (ApifyClientError, impit.HTTPError, OSError, RuntimeError, ValueError, LookupError, TypeError) as error:
            # Whatever a host answers that is not the API: the client looks for headers and fields without asking.
            reason = quotable(str(error))
            raise SourceError(
                f"{where}: no usable answer ({type(error).__name__}: {reason}); check APIFY_API_BASE_URL and the network"
            ) from None
        if not items:
            raise SourceError(
                f"{where}: expected one item for {self.shown}, got none{_saying(run)}; is the video public and the URL right?"
            )
        return list(items)

    def fetch(self, described: Described, partial: Path, progress: Callable[[float], None]) -> Path:
        url = described.metadata.download_url
        if not url:
            raise SourceError(
                f"download address of {self.shown}: the platform's item has none; the actor's output has changed"
            )
        if reason := why_unreadable(url):
            raise SourceError(
                f"download address of {self.shown}: expected http://… or https://…, got {_begin(_without_query(url))}: {reason}; "
                "the actor's output has changed"
            )
        complete = False
        try:
            self._download(url, partial, progress)
            self._check_is_video(partial, url)
            complete = True
        except OSError as error:
            raise OutputError(
                f"download folder {partial.parent}: cannot write {partial.name} ({error.strerror or error}); check RUMIAI_TEMP_DIR"
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
        try:
            client = httpx.Client(follow_redirects=True, timeout=MEDIA_SILENCE)
        except (OSError, ValueError, ImportError) as error:  # it reads proxies and certificates from the environment
            raise SourceError(
                f"download of {_without_query(url)}: the proxy or the certificates that the environment names cannot be used "
                f"({type(error).__name__}: {error}); correct or unset HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE or "
                "SSLKEYLOGFILE"
            ) from None
        with client, media_errors(url):
            attempts(self._download_once, client, url, partial, progress)

    def _download_once(self, client: httpx.Client, url: str, partial: Path, progress: Callable[[float], None]) -> None:
        log.info("downloading %s", _without_query(url))
        with (
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

    def _check_is_video(self, path: Path, url: str) -> None:
        """A media host may answer 200 with something else: that is a wrong download, not a bad input file."""
        from rumiai_v2.media.index import index
        from rumiai_v2.media.kind import is_picture_file, what_is

        try:
            index(path)
        except InputError as error:
            got = what_is(path)
            if self.photo_post or is_picture_file(path):
                raise self._photo_post(f"its address serves {got}") from None
            raise SourceError(
                f"download of {_without_query(url)}: expected a video, got {got} ({error}); "
                "the address may have expired, try again"
            ) from None

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


def id_in(url: str) -> str | None:
    """The id of the video that ``url`` names; None for a short link, which names none."""
    parts = urlsplit(url)
    path, _, query = parts.fragment.partition("?")
    return _named(parts.path, parts.query) or _named(f"/{path}", query or path)


def _named(path: str, query: str) -> str | None:
    if found := _ID_IN_PATH.search(unquote(path)):
        return found[1]
    asked = parse_qs(query)
    return next((asked[key][0] for key in _ID_IN_QUERY if key in asked and asked[key][0].isdigit()), None)


def _id_of(item: Mapping[str, Any]) -> str | None:
    """The id that ``item`` states, else the one in its address."""
    stated = next((item[key] for key in ("id", "video_id", "aweme_id") if item.get(key) is not None), None)
    if isinstance(stated, str | int) and not isinstance(stated, bool) and str(stated).strip():
        return str(stated).strip()
    address = item.get("webVideoUrl")
    try:
        return id_in(address) if isinstance(address, str) else None
    except ValueError:
        return None


def _saying(run: Any) -> str:
    """The words with which a run ended, where it left any."""
    words = getattr(run, "status_message", None)
    return f" ({quotable(str(words))})" if words else ""


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _begin(url: str) -> str:
    """An address for a message, however long it is; secrets go before the cut, which could hide them."""
    url = redacted(url)
    return repr(url) if len(url) <= 200 else f"{url[:200]!r}… ({len(url)} characters)"


def _without_query(url: str) -> str:
    """Media addresses carry signatures in their query; logs and messages do not."""
    return url.split("?", 1)[0]
