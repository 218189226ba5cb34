"""A case whose runs must fail: what is broken, and how both configurations must end.

``failure.yaml`` is all that such a case holds; its input is made from another case's at run time.

========== ==================================================================================================
broken     what is wrong, one sentence
of         the case whose clip and metadata are taken
clip       instead of its clip: ``cut`` (the first share of its bytes, 0 to 1), ``text`` (these bytes), or ``missing``
metadata   top-level fields of its metadata to replace; null stands for null
settings   environment variables
services   run only these
files      files that stand in the working folder beforehand: name → text
raises     ``service`` or ``analysis``: the one that raises in the middle of its work; ``timeline``: it raises, which
           nobody foresaw; or ``rename``: what meets the
           publishing: 1 is the decision, from 2 on the documents are put into place (``full``: the disk is full
           from there on, ``kill``, ``terminate``: signals right after it, ``stop``: SIGTERM right before it)
ends       ``exit_code`` (negative: a signal), ``stage``, ``error_type``: a value for both configurations, or one for
           each by name; without ``error_type`` nothing is returned
says       parts of the error's text: what, where, expected, got, what to do
========== ==================================================================================================

Where the configurations end differently on purpose (a download that is no video is the platform's fault, a file that
is none the user's), the ledger of declared differences must say so for this case too.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from parity import reading
from parity.files import encoded
from parity.pipeline.case import Case
from parity.pipeline.parts import RUN, Ending, Expectation, Job
from rumiai_parity.storyboard import Share, StoryboardError, _Part

FAILURE = "failure.yaml"
CLIP, METADATA = "clip.mp4", "metadata.json"

#: The return structure of a run that published nothing.
ARTIFACT = "failure"


class Clip(_Part):
    """How the clip is broken."""

    cut: Share | None = None
    text: str | None = None
    missing: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("expected one of cut, text and missing")
        return self

    def of(self, whole: bytes) -> bytes:
        """The broken clip, from the bytes of the whole one; one that is missing is whole where it is missed."""
        if self.missing:
            return whole
        return whole[: round(len(whole) * self.cut)] if self.cut is not None else (self.text or "").encode()


class Raises(_Part):
    """What goes wrong in the middle of the run."""

    service: str | None = None
    analysis: str | None = None
    timeline: Literal[True] | None = None
    rename: dict[Annotated[int, Field(ge=1)], Literal["full", "kill", "stop", "terminate"]] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1 or (self.rename is not None and len(self.rename) != 1):
            raise ValueError("expected one of service, analysis, timeline and rename (one number: what meets it)")
        return self

    @property
    def program(self) -> tuple[str, ...]:
        """What starts the command line with it."""
        options: tuple[str, ...] = ("--service", self.service) if self.service else ("--analysis", self.analysis or "")
        if self.timeline:
            options = ("--timeline",)
        for number, event in (self.rename or {}).items():
            options = ("--rename", f"{number}:{event}")
        return (sys.executable, "-m", "rumiai_parity.raising", *options)


ExitCode = Annotated[int, Field(ge=-15, le=255)]


class Ends(_Part):
    """How the runs end; a mapping holds one value per configuration."""

    exit_code: ExitCode | dict[str, ExitCode]
    stage: str | dict[str, str | None] | None = None
    error_type: str | dict[str, str] | None = None

    def of(self, configuration: str) -> tuple[int, str | None, str | None]:
        """Exit code, stage and error type in ``configuration``."""
        values: tuple[Any, ...] = (self.exit_code, self.stage, self.error_type)
        code, stage, kind = (v[configuration] if isinstance(v, dict) else v for v in values)
        return code, stage, kind


class Failure(_Part):
    """A whole ``failure.yaml``."""

    broken: Annotated[str, Field(min_length=1)]
    of: Annotated[str, Field(min_length=1)]
    clip: Clip | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    settings: dict[str, str] = Field(default_factory=dict)
    services: tuple[str, ...] | None = None
    files: dict[str, str] = Field(default_factory=dict)
    raises: Raises | None = None
    ends: Ends
    says: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _said(self) -> Self:
        if self.returns != bool(self.says):
            raise ValueError("says: expected parts of the error's text where one is returned, and none where none is")
        return self

    @property
    def returns(self) -> bool:
        """Whether a structure is returned; a run that is killed returns nothing."""
        return self.ends.error_type is not None

    @property
    def publishes(self) -> bool:
        """Whether outputs are published all the same: an analysis that raises stops no other."""
        return self.raises is not None and self.raises.analysis is not None

    def ending(self, configuration: str) -> Ending:
        """How ``configuration`` must end."""
        code, stage, kind = self.ends.of(configuration)
        if not self.returns:
            return Ending(code, RUN, {"exit_code": code})
        fields = {"success": False, "exit_code": code, "stage": stage, "error_type": kind}
        return Ending(code, "return" if self.publishes else ARTIFACT, fields)


def load_failure(folder: Path, configurations: Sequence[str]) -> Failure:
    """Read ``failure.yaml`` of a case folder; raises StoryboardError naming file, place and reason."""
    path = folder / FAILURE
    try:
        failure = Failure.model_validate(reading.yaml_file(path))
    except (OSError, reading.Unfit) as error:
        raise StoryboardError(f"{path}: cannot be read as YAML: {error}; mend it, or take it back from git") from error
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'failure'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise StoryboardError(f"{path}: {places}") from error
    for name, value in failure.ends:
        if isinstance(value, dict) and set(value) != set(configurations):
            raise StoryboardError(f"{path}: ends.{name}: expected one value for each of {', '.join(configurations)}")
    return failure


def check_failure(failure: Failure, document: Callable[[str], Any]) -> list[Expectation]:
    """Does the error's text say what it must?"""
    if not failure.returns:
        return []
    error = document("return" if failure.publishes else ARTIFACT)["error"]
    return [Expectation("error text", f"it says {part!r}", error, part in error) for part in failure.says]


@contextmanager
def failing_job(
    case: Case,
    failure: Failure,
    configuration: str,
    *,
    program: tuple[str, ...],
    env: Mapping[str, str],
    kept: Sequence[str],
) -> Iterator[Job]:
    """How to start ``configuration`` on the broken input, with ``kept`` as its last arguments.

    ``program`` starts the command line where the case itself needs no other; the platform runs where it is asked.
    """
    program = failure.raises.program if failure.raises else program
    options = [*(("--services", ",".join(failure.services)) if failure.services else ()), *kept]
    with tempfile.TemporaryDirectory(prefix="parity-") as made:
        folder = _prepared(failure, case.folder.parent / failure.of, Path(made) / case.name)
        missing = failure.clip is not None and failure.clip.missing is not None
        given = {name: folder / "files" / name for name in failure.files}
        if configuration == "local":
            inputs = {name: folder / name for name in (CLIP, METADATA) if not (missing and name == CLIP)} | given
            names: tuple[str, ...] = (re.escape(CLIP), re.escape(METADATA))
            argv = (*program, "local", CLIP, "--metadata", METADATA, *options)
            yield Job(argv, {**env, **failure.settings}, inputs, input_names=names, may_fail=True)
            return
        from rumiai_parity.platform import Platform

        with Platform([folder], faults=["media_404"] if missing else []) as platform:
            url = platform.url_of(folder)
            reach = {"APIFY_API_TOKEN": platform.token, "APIFY_API_BASE_URL": platform.api_url}
            # The page, the media's address, and the download until it is published.
            names = (
                re.escape(url),
                re.escape(platform.media_url) + r"/[^\s/]+\.mp4",
                r"temp/\.[^\s/]+\.[0-9a-f]{16}\.partial",
            )
            argv = (*program, "production", url, *options)
            yield Job(argv, {**env, **reach, **failure.settings}, given, input_names=names, may_fail=True)


def _metadata(file: Path) -> dict[str, Any]:
    try:
        return reading.model(dict[str, Any], reading.json_file(file, halves=True))
    except (OSError, reading.Unfit) as error:
        raise StoryboardError(f"{file}: {error}; mend it, or take it back from git") from error


def _prepared(failure: Failure, source: Path, folder: Path) -> Path:
    """Make the broken input in ``folder``."""
    folder.mkdir()
    whole = (source / CLIP).read_bytes()
    (folder / CLIP).write_bytes(failure.clip.of(whole) if failure.clip else whole)
    item = _metadata(source / METADATA) | failure.metadata
    (folder / METADATA).write_text(json.dumps(item), encoding="utf-8")  # escaped: half surrogates can be written
    for name, text in failure.files.items():
        file = folder / "files" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encoded(text))
    return folder
