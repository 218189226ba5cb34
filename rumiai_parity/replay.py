"""A replayed case: a recording of the services' results, and the ground truth of what it shows.

``replay.yaml`` stands beside ``recorded.json`` and marks the case; it holds

========== ==================================================================================================
covers     what the recording is there for, one clause each: things that no free picture shows
script     what happens in it, from which the recording is made (``script.py`` has the keys); absent where the
           recording was written by hand
expected   ground truth: ``words`` and ``scenes`` and ``persons`` as [least, most], ``speech_coverage`` as a share
           [least, most], ``texts``, ``stickers`` (number), ``objects`` (classes), ``gestures`` (types in order of time),
           ``silences`` (start, end), and ``cta``, ``peaks``, ``hook``, ``emotions`` as in a storyboard
========== ==================================================================================================

Unlike a storyboard it says nothing of what the services find: they are not run. Judged is what is made of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from parity import reading
from rumiai_parity.script import Script
from rumiai_parity.storyboard import Expected, Share, Span, StoryboardError, _Part

REPLAY = "replay.yaml"
Count = Annotated[int, Field(ge=0)]


class Truth(Expected):
    """What a replay must find; a component that is not given is not judged."""

    words: tuple[Count, Count] | None = None
    speech_coverage: tuple[Share, Share] | None = None
    scenes: tuple[Count, Count] | None = None
    persons: tuple[Count, Count] | None = None
    texts: tuple[str, ...] | None = None
    stickers: Count | None = None
    objects: tuple[str, ...] | None = None
    gestures: tuple[str, ...] | None = None
    silences: tuple[Span, ...] | None = None


class Replay(_Part):
    """A whole ``replay.yaml``."""

    covers: Annotated[tuple[str, ...], Field(min_length=1)]
    script: Script | None = None
    expected: Truth


def load_replay(folder: Path) -> Replay:
    """Read ``replay.yaml`` of a case folder; raises StoryboardError naming file, place and reason."""
    path = folder / REPLAY
    try:
        raw: Any = reading.yaml_file(path)
        return Replay.model_validate(raw)
    except (OSError, reading.Unfit) as error:
        raise StoryboardError(f"{path}: cannot be read as YAML: {error}; mend it, or take it back from git") from error
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'replay'}: {e['msg']}" for e in error.errors())
        raise StoryboardError(f"{path}: {places}") from error
