"""``parity diff``: two sides, whatever they were read from."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from parity.cli.common import case_option, json_text, project
from parity.verdict import UsageError

#: Options that say how the outcome is shown; all others choose what is compared.
_SHOWING = frozenset({"form", "limit", "quiet"})


@click.command(
    epilog="\b\nExamples:\n"
    "  parity diff reports/captures/tutorial/production reports/captures/tutorial/local\n"
    "  parity diff insights/7334567890123456789 elsewhere/insights/clip --stamp 20260101\n"
    "  parity diff golden/snapshots/tutorial reports/captures/tutorial/local --field '*.confidence'\n"
    "  parity diff reports/captures downloaded/captures --case tutorial --format markdown\n"
    "  parity diff a.json b.json\n\n"
    "Exit codes: 0 the two agree; 1 drift; 2 a path, a stamp or a name cannot be used; 3 a file breaks its schema, or parts "
    "of it are compared by none; 4 one of the two runs failed."
)
@click.argument("a", type=click.Path())
@click.argument("b", type=click.Path())
@case_option
@click.option("--analysis", "analyses", multiple=True, metavar="NAME", help="Only these files; may be given again.")
@click.option(
    "--field",
    "patterns",
    multiple=True,
    metavar="PATTERN",
    help="Only this field and what is below it; * any text, [*] any index; may be given again.",
)
@click.option("--stamp", metavar="STAMP", help="Of folders: the run whose files have this stamp (or begin so).")
@click.option("--stamp-a", metavar="STAMP", help="The same for A alone.")
@click.option("--stamp-b", metavar="STAMP", help="The same for B alone.")
@click.option(
    "--media",
    type=click.Choice(["auto", "same", "different"]),
    default="auto",
    show_default=True,
    help="Whether both saw the same decoded frames; auto compares the fingerprints.",
)
@click.option(
    "--tolerances/--exact",
    "tolerances",
    default=None,
    help="Compare as with a golden, or exactly; otherwise the two sides decide, and the output says why.",
)
@click.option("--schema", metavar="ID", help="Compare along this schema; none: without any.")
@click.option(
    "--any-contract",
    is_flag=True,
    help="Breaches of today's schemas do not count, and what they do not cover is compared without them.",
)
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Findings shown; 0: all.")
@click.option("--quiet", is_flag=True, help="Only the verdict.")
@click.pass_obj
def diff(
    file: str | None,
    a: str,
    b: str,
    cases: tuple[str, ...],
    analyses: tuple[str, ...],
    patterns: tuple[str, ...],
    stamp: str | None,
    stamp_a: str | None,
    stamp_b: str | None,
    media: str,
    tolerances: bool | None,
    schema: str | None,
    any_contract: bool,
    form: str,
    limit: int,
    quiet: bool,
) -> NoReturn:
    """Compare A (what is expected) with B: captures, folders of outputs, goldens, corpora of captures, JSON files.

    Folders: the newest complete set of each analysis, unless a stamp is given. Where both sides tell a fingerprint of
    the decoded media, it decides: the same media are compared exactly, different encodings within the tolerances that were
    measured for them. Files without a schema are compared
    exactly, the items of their lists by the fewest edits.
    """
    from parity.check.rules import Rules
    from parity.run import runs
    from parity.tools.diff import markdown, report, text
    from parity.tools.diff.pair import Options
    from parity.tools.diff.pairs import Comparer

    if stamp and (stamp_a or stamp_b):
        raise UsageError("--stamp is for both sides: leave it out, or leave out --stamp-a and --stamp-b")
    config, pipeline = project(file)
    first_side, second_side = runs.given(config, a), runs.given(config, b)
    options = Options(analyses, patterns, media, tolerances, schema, any_contract)
    comparer = Comparer(Rules(config, pipeline), options)
    stamps = (stamp_a or stamp, stamp_b or stamp)
    found, pairs = comparer.compared(first_side, second_side, cases=cases, stamps=stamps)
    document = report.build(pairs, found, config=config, pipeline=pipeline, options=options, limit=limit or None)
    older = not any_contract and any(pair.may_be_older for _, pair in pairs)
    following = report.next_command(document, _chosen(click.get_current_context()), older=older)
    if quiet:
        _print(text.head(document))
    elif form == "json":
        _print(json_text({**document, "next": following}))
    else:
        _print((markdown if form == "markdown" else text).render(document, following))
    sys.exit(document["exit_code"])


def _chosen(context: click.Context) -> list[str]:
    """The two paths and the options that choose what is compared, as they were given."""
    again = []
    for given in context.command.params:
        if given.name in _SHOWING or context.get_parameter_source(given.name) is ParameterSource.DEFAULT:
            continue
        value = context.params[given.name]
        if isinstance(given, click.Argument):
            again.append(value)
        elif isinstance(given, click.Option) and given.is_flag:
            again += given.opts if value else given.secondary_opts
        else:
            again += [word for each in (value if given.multiple else [value]) for word in (given.opts[0], each)]
    return again


def _print(text: Any) -> None:
    """Print text that may hold half a surrogate pair, which no encoding can say: as its escape."""
    click.echo(text.encode("utf-8", "backslashreplace"))
