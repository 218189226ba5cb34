"""``parity report``: the last report again, in any form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from parity import plain
from parity.cli.common import Display, display_options, json_text, run_option, settings_of_run
from parity.pipeline.settings import Config

Report = dict[str, Any]


@click.command(
    epilog="\b\nExamples:\n  parity report -v                                   every difference\n"
    "  parity report --format html --out parity.html      the page\n"
    '  parity report --format markdown >> "$GITHUB_STEP_SUMMARY"\n\n'
    "Exit code: 0, whatever the verdict was; 2 when there is no report."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "markdown", "junit", "annotations", "json"]),
    default="text",
    show_default=True,
)
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", help="Write there instead of printing.")
@run_option
@display_options
@click.pass_obj
def report(file: str | None, form: str, out: str | None, run_id: str | None, display: Display) -> None:
    """Show the last comparison again, or that of --run, from its folder; run nothing.

    text: the summary of `parity run`. html: the page, one file. markdown: for the summary of a CI job. junit: a test case
    per case and artifact. annotations: GitHub workflow commands. json: the report itself.
    """
    from parity.report import write

    config = settings_of_run(file, run_id)
    found = write.read(config)
    if form == "text" and out is None:
        display.show(config, found)
        return
    text = _shown(form, config, found, display)
    if out is not None:
        from parity.files import write_atomically

        write_atomically(Path(out), text)
        click.echo(f"wrote {plain.line(out)}", err=True)
    else:
        click.echo(plain.encoded(text), nl=False)


def _shown(form: str, config: Config, found: Report, display: Display) -> str:
    """The report in one of its forms."""
    from parity.report import annotations, junit, markdown, write

    match form:
        case "text":
            from parity.report.terminal.lines import text_of

            return text_of(display.lines(config, found)) + "\n"
        case "html":
            from parity.report.page.payload import payload
            from parity.report.page.render import html

            return html(payload(config, found, write.read_differences(config)))
        case "markdown":
            return markdown.render(found, write.read_differences(config))
        case "junit":
            return junit.render(found)
        case "annotations":
            text = annotations.render(found, config.root, write.read_differences(config))
            return text + "\n" if text else ""
        case _:
            return json_text(found) + "\n"
