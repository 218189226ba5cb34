"""All settings, from the environment (and a ``.env`` file in the working folder, loaded by the command line)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rumiai_v2.errors import UsageError


class Settings(BaseSettings):
    """One object for both runner configurations; ``docs/settings.md`` explains every variable.

    Durations are seconds. The weights' own settings (``RUMIAI_WEIGHTS_*``) are read by ``services.weights``.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    apify_token: str = Field("", validation_alias="APIFY_API_TOKEN", repr=False)
    apify_base_url: str = Field("https://api.apify.com", validation_alias="APIFY_API_BASE_URL")
    apify_timeout: float = Field(300.0, gt=0, validation_alias="RUMIAI_APIFY_TIMEOUT")
    apify_retries: int = Field(3, ge=0, validation_alias="RUMIAI_APIFY_RETRIES")

    temp_dir: Path = Field(Path("temp"), validation_alias="RUMIAI_TEMP_DIR")
    unified_dir: Path = Field(Path("unified_analysis"), validation_alias="RUMIAI_UNIFIED_DIR")
    insights_dir: Path = Field(Path("insights"), validation_alias="RUMIAI_INSIGHTS_DIR")

    shared_results: Path | None = Field(None, validation_alias="RUMIAI_SHARED_RESULTS")
    recorded_results: Path | None = Field(None, validation_alias="RUMIAI_RECORDED_RESULTS")

    max_duration: float = Field(300.0, gt=0, validation_alias="RUMIAI_MAX_VIDEO_DURATION")
    cleanup_video: bool = Field(False, validation_alias="RUMIAI_CLEANUP_VIDEO")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field("INFO", validation_alias="LOG_LEVEL")

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
