"""``parity``: run both configurations of a pipeline, compare them with each other and with the goldens."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from parity import ending
from parity.files import refused
from parity.verdict import HarnessError, ParityError, Verdict

_EXIT_CODES = " · ".join(f"{int(verdict)} {verdict.label}" for verdict in Verdict)


#: In the order of the help; each is the attribute of that name in ``parity.cli.<name>``.
COMMANDS = {
    "run": "Run the pipeline on every case, compare, exit with the verdict.",
    "diff": "Compare two captures, folders of outputs, corpora or files.",
    "status": "What a run would have the goldens be, and what was decided.",
    "accept": "Write pending changes into the goldens, with a reason.",
    "reject": "Note that pending changes are not wanted.",
    "golden": "Run, show, ask, record: all goldens at once.",
    "review": "The last report as a local page: accept or reject what changed.",
    "report": "The last report again: text, page, Markdown, JUnit, annotations, JSON.",
    "expect": "Hold what is known of each case against its saved run.",
    "corpus": "The cases that are run.",
    "schema": "The schemas that outputs are compared by.",
    "calibrate": "Learn tolerances from repeated and perturbed runs.",
    "drill": "Put known faults in: does the comparison find and name them?",
    "sync": "Check without running anything that both configurations are one code path.",
}


class _Commands(click.Group):
    """Imports a subcommand when it is asked for; errors of the harness become a text on stderr and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"parity.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, *arguments: Any, standalone_mode: bool = True, **options: Any) -> Any:
        command = partial(super().main, *arguments, **(options | {"standalone_mode": False}))
        if not standalone_mode:
            return command()
        ending.process(partial(_ended, command), reports=lambda: _reports(None))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            foreseen = isinstance(error, ParityError) and not isinstance(error, HarnessError)
            if foreseen or (isinstance(error, OSError) and refused(error) is not None):
                raise
            sys.exit(ending.crashed(error, _reports(ctx.params["file"])))


def _reports(file: str | None) -> Path | None:
    """The folder of reports, for a crash; imported when there is one."""
    from parity.pipeline import settings

    return settings.reports_folder(file)


def _ended(run: Callable[[], Any]) -> int:
    """The exit code of what click runs; click itself knows 1 alone, which is a verdict here."""
    try:
        ended = run()
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except click.ClickException as error:
        text = io.StringIO()
        error.show(text)
        ending.say(text.getvalue().rstrip("\n"))
        return int(Verdict.USAGE)
    return ended if isinstance(ended, int) else 0


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="\b\nExample, from a fresh checkout:\n"
    "  parity run                                 run, compare, print a verdict\n"
    "  parity review                              see what changed; accept or reject it\n"
    '  parity accept --cause ID --reason "why"    the same without a page\n'
    "  parity run --from reports/captures         compare the last run again (seconds)\n\n"
    f"Exit codes: {_EXIT_CODES} (`parity run --help` says what each means)",
)
@click.option("--config", "file", type=click.Path(dir_okay=False), help="Settings (default: the nearest parity.toml).")
@click.pass_context
def main(ctx: click.Context, file: str | None) -> None:
    """Do two configurations of one pipeline still agree, with each other and with what was accepted?

    Every case is run in each configuration. All it leaves behind is checked against schemas, compared exactly between the
    configurations, and within tolerance with the goldens.
    """
    ctx.obj = file
