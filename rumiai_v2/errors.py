"""Every failure a run can end with: one class per situation, each with the exit code it causes."""

from rumiai_v2.redact import redacted


class RumiError(Exception):
    """A failure that names what, where, expected, got and what to do; whoever's words it repeats, without secrets.

    ``exit_code`` is what the command line ends with; ``stage`` is filled in by the runner
    (one of the nine progress labels) unless the raiser knows better.
    """

    exit_code = 1

    def __init__(self, message: str, *, stage: str | None = None) -> None:
        super().__init__(redacted(message))
        self.stage = stage


class InputError(RumiError):
    """The video is missing, empty, not a video, over a limit, or its id is taken by other media."""


class OutputError(RumiError):
    """Outputs could not be written."""


class AnalysisError(RumiError):
    """An analysis raised; the other outputs are saved."""


class UsageError(RumiError):
    """Wrong arguments, or an unreadable or invalid metadata, replay or settings file."""

    exit_code = 2


class SourceError(RumiError):
    """The platform failed: token, actor, item, id or download."""

    exit_code = 3


class ServiceError(RumiError):
    """An ML service failed while running, or could not start."""

    exit_code = 4

    def __init__(self, message: str, *, service: str, stage: str | None = None) -> None:
        super().__init__(message, stage=stage)
        self.service = service


class WeightsError(ServiceError):
    """A model file is missing or its hash is not the pinned one."""
