"""All settings, from the environment (and a ``.env`` file in the working folder, loaded by the command line)."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rumiai_v2.errors import UsageError

#: White space, a byte order mark, and what a variable cannot hold but a file may.
_AROUND = string.whitespace + "\ufeff\0\u00a0\u200b"

#: A week (s); no client can be told to wait for ever.
LONGEST_WAIT = 604_800


class Settings(BaseSettings):
    """One object for both runner configurations; ``docs/settings.md`` explains every variable.

    Durations are seconds. The weights' own settings (``RUMIAI_WEIGHTS_*``) are read by ``services.weights``.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    apify_token: str = Field(default="", validation_alias="APIFY_API_TOKEN", repr=False)
    apify_base_url: str = Field(default="https://api.apify.com", validation_alias="APIFY_API_BASE_URL", repr=False)
    apify_timeout: float = Field(default=300.0, gt=0, le=LONGEST_WAIT, validation_alias="RUMIAI_APIFY_TIMEOUT")
    apify_retries: int = Field(default=3, ge=0, validation_alias="RUMIAI_APIFY_RETRIES")

    temp_dir: Path = Field(default=Path("temp"), validation_alias="RUMIAI_TEMP_DIR")
    unified_dir: Path = Field(default=Path("unified_analysis"), validation_alias="RUMIAI_UNIFIED_DIR")
    insights_dir: Path = Field(default=Path("insights"), validation_alias="RUMIAI_INSIGHTS_DIR")

    shared_results: Path | None = Field(default=None, validation_alias="RUMIAI_SHARED_RESULTS")
    recorded_results: Path | None = Field(default=None, validation_alias="RUMIAI_RECORDED_RESULTS")

    max_duration: float = Field(default=300.0, gt=0, validation_alias="RUMIAI_MAX_VIDEO_DURATION")
    cleanup_video: bool = Field(default=False, validation_alias="RUMIAI_CLEANUP_VIDEO")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", validation_alias="LOG_LEVEL"
    )

    @field_validator("apify_token", mode="after")
    @classmethod
    def _trimmed(cls, value: str) -> str:
        """Without what a file or a shell put around it: line ends, spaces, a byte order mark, quotes."""
        value = value.strip(_AROUND)
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        return value[1:-1].strip(_AROUND) if quoted else value

    @field_validator("shared_results", "recorded_results", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value  # as a path it would be the working folder


def load_settings() -> Settings:
    """The settings of this process; ``UsageError`` names the variable, what it holds and what it may hold."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{e['loc'][0]}={e['input']!r}: {e['msg']}" for e in error.errors()]
        raise UsageError(
            "invalid settings in the environment or .env:\n  "
            + "\n  ".join(lines)
            + "\ncorrect or unset these variables"
        ) from None
