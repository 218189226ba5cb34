"""``parity``: run both configurations of a pipeline, compare them with each other and with the goldens."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from harness.verdict import ParityError, Verdict

_EXIT_CODES = "\n".join(f"  {int(verdict)}  {verdict.label}: {verdict.meaning}" for verdict in Verdict)


#: In the order of the help; each is the attribute of that name in ``harness.commands.<name>``.
COMMANDS = {
    "run": "Run the pipeline on every case, compare, exit with the verdict.",
    "diff": "Compare two captures, folders of outputs, corpora or files.",
    "golden": "Record what the runs do now as the goldens.",
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
        return getattr(import_module(f"harness.commands.{cmd_name}"), cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ParityError as error:
            click.echo(f"parity: {error.verdict.label}: {error}", err=True)
            sys.exit(int(error.verdict))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="\b\nExample, from a fresh checkout:\n"
    "  parity run                             run, compare, print a verdict\n"
    "  parity run --from reports/captures     compare the last runs again (seconds)\n"
    "  parity golden --case tutorial          record what one case does now as the truth\n"
    "  parity expect                          was everything found that is known to be there?\n\n"
    f"\b\nExit codes:\n{_EXIT_CODES}",
)
@click.option("--config", "file", type=click.Path(dir_okay=False), help="Settings (default: the nearest parity.toml).")
@click.pass_context
def main(ctx: click.Context, file: str | None) -> None:
    """Do two configurations of one pipeline still agree, with each other and with what was accepted?

    Every case of the corpus is run in each configuration. Each file, the returned value, the report, the exit code,
    the lines on stdout and the tree of created files are checked against their schemas, compared exactly between
    the configurations, and within tolerance with the goldens.
    """
    ctx.obj = file
