"""Every way a run can end but success: one class per situation, each with the exit code it causes."""

from rumiai_v2.redact import redacted


class RumiError(Exception):
    """A failure that names what, where, expected, got and what to do; without secrets, whose words it may repeat.

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


class Defect(RumiError):
    """An error nobody foresaw; ``crash.reported`` says where its traceback is."""

    exit_code = 70


class Stopped(BaseException):
    """SIGTERM asks the run to end. No ``except Exception`` on its way up takes it for an error."""

    exit_code = 143
    signal = "SIGTERM"

    def __init__(self, how_far: str = "before the run was done; start it again") -> None:
        super().__init__(f"stopped by {self.signal} {how_far}")


class Interrupted(Stopped):
    """The same by SIGINT: somebody has pressed Ctrl-C."""

    exit_code = 130
    signal = "SIGINT (Ctrl-C)"
