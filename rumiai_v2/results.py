"""Where the services' results come from: computed here, shared with other runs that ask the same, or recorded.

Whoever answers, the run goes on in the same way: the same request stands in its report, the same document in its
outputs. Both runner configurations choose by the same settings (docs/settings.md).
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from rumiai_v2.errors import OutputError, ServiceError, UsageError
from rumiai_v2.media.types import Media
from rumiai_v2.services.request import Request, digest_of
from rumiai_v2.settings import Settings

log = logging.getLogger(__name__)

Json = dict[str, Any]


class Results(Protocol):
    """Answers requests. ``computes`` says whether a service may be asked, so that it must be ready."""

    computes: bool

    def begin(self, media: Media) -> None:
        """Called once, before the first request; raises when it cannot answer for this media."""
        ...

    def answer(self, request: Request, compute: Callable[[], Json]) -> Json:
        """The service's document; ``compute`` makes it here."""
        ...


def choose_results(settings: Settings) -> Results:
    """What the settings ask for; ``UsageError`` when they contradict each other or name something unusable."""
    if settings.shared_results is not None and settings.recorded_results is not None:
        raise UsageError(
            "settings RUMIAI_SHARED_RESULTS and RUMIAI_RECORDED_RESULTS: expected at most one of them, got both; "
            "unset the one that is not meant"
        )
    if settings.recorded_results is not None:
        return Recorded(settings.recorded_results)
    return Shared(settings.shared_results) if settings.shared_results is not None else Computed()


class Computed:
    """Every result is computed in this run."""

    computes = True

    def begin(self, media: Media) -> None:
        pass

    def answer(self, request: Request, compute: Callable[[], Json]) -> Json:
        return compute()


class Shared:
    """Equal requests are computed once: the first run stores the result in ``folder``, later ones load it.

    One file per request: ``<service>/<key>.json`` with the full request and the result. A file that does not hold
    what its name says is replaced by a new computation. Runs that ask the same at the same time wait for the first.
    """

    computes = True

    def __init__(self, folder: Path) -> None:
        # Relative paths are of the folder the process was started in, whatever changes it later.
        self.folder = folder.absolute()

    def begin(self, media: Media) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self.folder).close()
        except OSError as error:
            raise OutputError(
                f"setting RUMIAI_SHARED_RESULTS: {self.folder} cannot be used ({error.strerror or error}); name a folder "
                "that can be written, or unset it"
            ) from None

    def answer(self, request: Request, compute: Callable[[], Json]) -> Json:
        from filelock import FileLock

        file = self.folder / request.service / f"{request.key}.json"
        file.parent.mkdir(exist_ok=True)
        with FileLock(file.with_suffix(".lock")):
            known = _stored(file, request)
            if known is not None:
                log.info("%s: result of an equal request loaded from %s", request.service, file)
                return known
            # What is stored is what this run goes on with, so that it cannot differ from those that load it.
            result: Json = json.loads(json.dumps(compute()))
            content = {"request": request.to_json(), "result_sha256": digest_of(result), "result": result}
            _write(file, json.dumps(content, ensure_ascii=False, indent=1))
            log.info("%s: computed, and stored in %s for equal requests", request.service, file)
            return result


class Recorded:
    """A unified file answers: no model is loaded, no weights are needed.

    ``UsageError`` when the file is no recording, or one of other media.
    """

    computes = False

    def __init__(self, path: Path) -> None:
        from rumiai_v2.sources.recorded import read_recorded

        self.path = path
        self._recorded = read_recorded(path)

    def begin(self, media: Media) -> None:
        facts: Mapping[str, Any] = self._recorded.media or {}
        if facts.get("sha256", media.sha256) != media.sha256:
            raise UsageError(
                f"setting RUMIAI_RECORDED_RESULTS: {self.path} was recorded from a file with SHA-256 "
                f"{facts['sha256'][:16]}…, this run is of {media.path.name} with {media.sha256[:16]}…; name the recording of "
                "this very file, or unset the setting to compute the results"
            )
        if facts.get("frames_fingerprint", media.video.fingerprint) != media.video.fingerprint:
            log.warning("%s was recorded from the same file, but its frames were decoded differently", self.path)

    def answer(self, request: Request, compute: Callable[[], Json]) -> Json:
        name = request.service
        status = self._recorded.status.get(name, "not_run")
        if status == "run":
            log.info("%s: recorded result taken from %s", name, self.path)
            return dict(self._recorded.ml_data[name])
        why = self._recorded.errors.get(name, "it was not run")
        raise ServiceError(
            f"service {name}: {self.path} holds no result of it ({why}); leave it out with --services, or carry on "
            "without it with --allow-partial",
            service=name,
        )


def _stored(file: Path, request: Request) -> Json | None:
    """The result in ``file`` when it is whole and belongs to ``request``, else None."""
    try:
        document = json.loads(file.read_bytes())
        if digest_of(document["request"]) != request.key:
            raise ValueError("it holds another request")
        result: Json = document["result"]
        if digest_of(result) != document["result_sha256"]:
            raise ValueError("its result was changed")
        return result
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        log.warning("%s: shared result %s is not usable (%s): computed again", request.service, file, error)
        return None


def _write(file: Path, text: str) -> None:
    """Put ``text`` at ``file``, wholly or not at all."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
