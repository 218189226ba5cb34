"""What the harness must know of RumiAI: configurations, artifacts, forms (long: the whole interface ``Pipeline``).

The rule for the forms is written here a second time on purpose: a fault in the pipeline's own converter must show.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.contract import forms
from parity.pipeline.case import Case
from parity.pipeline.parts import RUN, Adopted, Answers, Artifact, Expectation, Failing, Found, Job, Reuse
from parity.verdict import PipelineError, UsageError
from rumiai_parity import stages, transplant
from rumiai_parity.layout import BLOCKS, CLIP, FAILURE, FORMS, METADATA, PREFIXES, RECORDED, REPLAY, ROOT, STORYBOARD
from rumiai_parity.settled import LEAVES, null_reasons

if TYPE_CHECKING:
    from parity.pipeline.capture import Capture

#: Every way of running has its own, so that an order that depends on the hash seed shows as a difference.
_HASH_SEEDS = {"production": "1", "local": "2", "repeat": "3"}

_SET_FILE = re.compile(r"(?P<analysis>[a-z_]+)_(?P<form>complete|ml|result)_(?P<stamp>\d{8}_\d{6})\.json")
#: Of the outputs, and of the file with the traceback of an error nobody foresaw.
_STAMPED = re.compile(r"(?:_|rumiai-crash-)(\d{8}_\d{6}(?:-[0-9a-f]{8})?)\.(?:json|txt)")
#: A file that a killed run left: what marks it stands before its ending.
_MARKED = re.compile(r".+\.([0-9a-f]{16})\.(?:partial|lock)")
_REPORT_FILE = re.compile(r"report_(?P<stamp>\d{8}_\d{6})\.json")

#: Settings of the pipeline that say where its models are; all others would change what it computes or writes.
_KEPT_SETTINGS = re.compile(r"RUMIAI_WEIGHTS\w*|RUMIAI_CACHE\w*")


#: How a configuration is started, before its arguments.
_PROGRAM = (sys.executable, "-m", "rumiai_v2")

#: The return structure goes beside the working folder, so that it is no part of the compared tree.
_KEPT = ("--return-file", "../return.json")


def _artifacts() -> tuple[Artifact, ...]:
    found = [
        Artifact("unified", "unified.schema.json", "unified.json"),
        Artifact("return", "return_success.schema.json", "return.json", repeats={"report": "report"}, names_files=True),
        Artifact("report", "report.schema.json", "report.json"),
        Artifact(RUN, "run.schema.json", "run.json"),
    ]
    for name in PREFIXES:
        found.append(Artifact(f"{name}.result", f"{name}.result.derived.json", f"{name}.result.json"))
        found.append(Artifact(f"{name}.ml", f"{name}.schema.json", None))
        found.append(Artifact(f"{name}.complete", f"{name}.complete.derived.json", None))
    return tuple(found)


class RumiAI:
    """The pipeline behind ``parity.pipeline.parts.Pipeline``.

    ``programs``: configuration → how it is started, before its arguments, where that is not the installed program.
    """

    name = "rumiai"
    configurations: tuple[str, ...] = ("production", "local")
    reference = "local"
    artifacts = _artifacts()
    packages: tuple[str, ...] = (
        "torch",
        "ultralytics",
        "mediapipe",
        "easyocr",
        "openai-whisper",
        "scenedetect",
        "librosa",
        "numpy",
        "av",
    )

    repeatable = ("unified", *(f"{name}.{form}" for name in PREFIXES for form in FORMS))
    recording = "unified"
    stages = stages.build(PREFIXES, BLOCKS)
    input_hash: tuple[str, str] | None = ("unified", "processing_metadata.media.sha256")
    hashed: Mapping[str, tuple[str, ...]] = {"report": ("services.*.request",)}
    frame_size = ("unified", "processing_metadata.media.width", "processing_metadata.media.height")
    settled = LEAVES
    drill = "rumiai_parity.faults.rehearsal:REHEARSAL"
    failure_artifacts = (
        Artifact("failure", "return_failure.schema.json", "failure.json", names_files=True, names_input=True),
    )

    def __init__(self, programs: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.programs = dict.fromkeys(self.configurations, _PROGRAM) | dict(programs or {})

    @property
    def reader(self) -> Any:
        """Reads folders and files that no harness captured (``parity.pipeline.reading.Reader``)."""
        from rumiai_parity.insights import READER

        return READER

    @property
    def perturbations(self) -> Any:
        """The conditions that tolerances are calibrated under."""
        from rumiai_parity.perturbations import Perturbations

        return Perturbations(RumiAI)

    def weights(self) -> Mapping[str, str]:
        """The model files that a run on this machine needs, by name, with their SHA-256; their containers count as one."""
        from rumiai_v2.services import weights

        hashes = {}
        for info, _ in weights.status():
            # The accepted hashes of a file are containers of one model: the first stands for them all.
            accepted = weights.SPECS[info.name].sha256
            hashes[info.name] = accepted[0] if info.sha256 in accepted else info.sha256
        return hashes

    @property
    def threads(self) -> int:
        """Threads of every library in a run: no setting of this process reaches one, so it is what the pipeline defaults to."""
        return int(environment("0").get("RUMIAI_THREADS", "1"))

    def replayed(self, case: Case) -> bool:
        return (case.folder / REPLAY).is_file()

    def clip(self, case: Case) -> Path | None:
        """The video of a case; None of one that is a recording of the services' results."""
        clip = case.folder / CLIP
        return clip if clip.is_file() else None

    def failing(self, case: Case) -> Failing | None:
        if not (case.folder / FAILURE).is_file():
            return None
        failure = self._failure(case)
        endings = {name: failure.ending(name) for name in self.configurations}
        if not failure.publishes:
            return Failing(endings, ("failure", RUN) if failure.returns else (RUN,))
        names = [artifact.name for artifact in self.artifacts]
        return Failing(endings, tuple(name for name in names if name.partition(".")[0] != failure.raises.analysis))

    def _failure(self, case: Case) -> Any:
        from rumiai_parity.failure import load_failure

        return load_failure(case.folder, self.configurations)

    @contextmanager
    def job(self, case: Case, configuration: str) -> Iterator[Job]:
        env = environment(_HASH_SEEDS[configuration])
        if (case.folder / FAILURE).is_file():
            from rumiai_parity.failure import failing_job

            program = self.programs[configuration]
            with failing_job(case, self._failure(case), configuration, program=program, env=env, kept=_KEPT) as job:
                yield job
            return
        if self.replayed(case):
            if not (case.folder / RECORDED).is_file():
                raise PipelineError(
                    f"case {case.name}: {case.folder / RECORDED} is missing; make it with "
                    f"`parity corpus render {case.name}`, or write it"
                )
            yield Job(self._replay(configuration), env, {RECORDED: case.folder / RECORDED})
            return
        for name in (CLIP, METADATA):
            if not (case.folder / name).is_file():
                raise PipelineError(
                    f"case {case.name}: {case.folder / name} is missing; "
                    + (f"render it with `parity corpus render {case.name}`" if name == CLIP else "write it")
                )
        command = (*self.programs[configuration], configuration)
        if configuration == "local":
            inputs = {name: case.folder / name for name in (CLIP, METADATA)}
            yield Job((*command, CLIP, "--metadata", METADATA, *_KEPT), env, inputs)
            return
        from rumiai_parity.platform import Platform

        with Platform([case.folder]) as platform:
            reach = {"APIFY_API_TOKEN": platform.token, "APIFY_API_BASE_URL": platform.api_url}
            yield Job((*command, platform.url_of(case.folder), *_KEPT), {**env, **reach})

    @contextmanager
    def reusing(self, job: Job, reuse: Reuse) -> Iterator[Job]:
        """``job`` with the services' results shared through a folder, or taken from a golden unified file."""
        if reuse.mode == "fresh" or reuse.place is None:
            yield job
        elif reuse.mode == "shared":
            yield replace(job, env={**job.env, "RUMIAI_SHARED_RESULTS": str(reuse.place)})
        else:
            from rumiai_parity.recorded import recording_of

            with recording_of(reuse.place) as recording:
                env = {**job.env, "RUMIAI_RECORDED_RESULTS": RECORDED}
                yield replace(job, env=env, inputs={**job.inputs, RECORDED: recording})

    @contextmanager
    def repeat(self, recording: Path, configuration: str) -> Iterator[Job]:
        yield Job(self._replay(configuration), environment(_HASH_SEEDS["repeat"]), {RECORDED: recording})

    def transplant(self, recipient: Any, donor: Any, stages: Iterable[str]) -> Any:
        return transplant.transplant(recipient, donor, stages, self.stages)

    def _replay(self, configuration: str) -> tuple[str, ...]:
        return *self.programs[configuration], "replay", RECORDED, *_KEPT

    def find(self, capture: Path) -> Found:
        files: dict[str, list[str]] = {}
        stamps: list[str] = []
        for path in sorted((capture / "work").rglob("*.json")):
            if (known := _identify(path)) is not None:
                name, stamp = known
                files.setdefault(name, []).append(path.relative_to(capture).as_posix())
                stamps += [stamp] if stamp else []
        problems = [f"{name}: {len(paths)} files, expected one: {paths}" for name, paths in files.items() if paths[1:]]
        found = {name: paths[-1] for name, paths in files.items()}
        if (capture / "return.json").is_file() and not _publishes(capture):
            # Its files are gone, but its error may name one of them.
            stamps += _STAMPED.findall((capture / "return.json").read_text(encoding="utf-8"))
        # In order of their number, so that a file whose stamp differs from the others' shows in the tree.
        ranked = sorted(set(stamps), key=lambda stamp: (-stamps.count(stamp), stamp))
        if len(ranked) > 1:
            problems.append(f"{len(ranked)} stamps in the file names of one run, expected one: {', '.join(ranked)}")
        video = None
        if (capture / "return.json").is_file():
            found["return" if _publishes(capture) else "failure"] = "return.json"
            video = _video_of(capture)
        else:
            # Nobody names the download of a run that was killed.
            video = next(
                (path.relative_to(capture / "work").as_posix() for path in capture.glob("work/temp/*.mp4")), None
            )
            ranked += sorted(
                {match[1] for path in (capture / "work").rglob(".*") if (match := _MARKED.fullmatch(path.name))}
            )
        return Found(found, (video,) if video else (), tuple(ranked), tuple(problems))

    def derived_schemas(self, schemas: Mapping[str, Any]) -> list[dict[str, Any]]:
        made = []
        for name, prefix in PREFIXES.items():
            base = f"{name}.schema.json"
            if base not in schemas:
                continue
            made.append(forms.renamed(schemas[base], schema_id=f"{name}.result.derived.json", rename=_renamer(prefix)))
            made.append(_complete_schema(name))
        return made

    def expectations(self, case: Case, document: Callable[[str], Any]) -> Sequence[Expectation]:
        if (case.folder / FAILURE).is_file():
            from rumiai_parity.failure import check_failure

            return check_failure(self._failure(case), document)
        outputs = {name: document(f"{name}.result") for name in PREFIXES}
        if self.replayed(case):
            from rumiai_parity.expectations.replay import check_replay
            from rumiai_parity.replay import load_replay

            return check_replay(load_replay(case.folder).expected, document("unified"), outputs)
        if not (case.folder / STORYBOARD).is_file():
            return ()
        from rumiai_parity.expectations.bookkeeping import check_report
        from rumiai_parity.expectations.run import check_run
        from rumiai_parity.storyboard import load_storyboard

        unified = document("unified")
        has_audio = unified["processing_metadata"]["media"]["has_audio"]
        return [
            *check_run(load_storyboard(case.folder), unified, outputs),
            *check_report(document("report"), has_audio=has_audio),
        ]

    def log_lines(self, capture: Capture) -> list[str]:
        from rumiai_parity.log_lines import log_lines

        return log_lines(capture)

    def answers(self, form: Any, outputs: Path) -> Answers:
        """A golden form of the owners, version 2, held against ``insights/<id>``."""
        from rumiai_parity.expectations.form import check_form

        return check_form(form, outputs)

    def reasons(self, artifact: Artifact, document: Any) -> Mapping[str, str] | None:
        """Why values of an analysis' result are null, as its own list says; elsewhere the schemas' descriptions do."""
        name = artifact.name.rpartition(".")[0]
        return null_reasons(document, PREFIXES[name], BLOCKS) if name in PREFIXES else None

    def expected(self, artifact: Artifact, golden: Callable[[str], Any]) -> Any:
        analysis, form = artifact.name.rsplit(".", 1)
        result = golden(f"{analysis}.result")
        ml = ml_form(result, PREFIXES[analysis])
        if form == "ml":
            return ml
        return {
            "analysis_type": analysis,
            "success": True,
            "result": json.dumps(result),
            "parsed_response": ml,
            "source": "python_precompute",
            "processing_mode": "python_only",
            "version": "2.0",
            "contract_version": golden("unified")["processing_metadata"]["contract_version"],
        }

    def render(self, case: Case) -> None:
        """Make the case's clip from its storyboard, or its recording from its script."""
        if self.replayed(case):
            from rumiai_parity.recording import write_recording

            write_recording(case.folder)
            return
        if not (case.folder / STORYBOARD).is_file():
            has = "its input is made when it is run" if self.failing(case) else f"its {CLIP} is somebody's own video"
            raise UsageError(
                f"case {case.name}: nothing to render: it has no {STORYBOARD}, {has}; name a case that has one, or write it"
            )
        from rumiai_parity.render import render_case

        render_case(case.folder)

    def adopt(self, case: Case, file: Path, metadata: Path | None) -> Adopted:
        """Make the case of somebody's own video, and of what the platform says about it."""
        from rumiai_parity.adopt import adopt

        return adopt(case, file, metadata)


PIPELINE = RumiAI()


def ml_form(result: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The ML form of a result form: the prefix of the six blocks removed, any other key kept to be seen."""
    names = {f"{prefix}{block}": block for block in BLOCKS} if prefix else {}
    return {names.get(key, key): value for key, value in result.items()}


def environment(hash_seed: str) -> dict[str, str]:
    """The environment of a run: this one without settings that would change its outputs, and without proxies."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RUMIAI_", "APIFY_", "PYTEST_")) or _KEPT_SETTINGS.fullmatch(name)
    }
    for name in ("LOG_LEVEL", "USE_PYTHON_ONLY_PROCESSING", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        env.pop(name, None)
        env.pop(name.lower(), None)
    inherited = os.environ.get("PYTHONPATH")
    env["PYTHONHASHSEED"] = hash_seed
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "harness"), *([inherited] if inherited else [])])
    return env


def _renamer(prefix: str) -> Callable[[str], str]:
    return lambda key: f"{prefix}{key}" if key in BLOCKS else key


def _identify(path: Path) -> tuple[str, str | None] | None:
    """(artifact, stamp) of an output file, by its name and place."""
    if match := _SET_FILE.fullmatch(path.name):
        known = match["analysis"] in PREFIXES and path.parent.name == match["analysis"]
        return (f"{match['analysis']}.{match['form']}", match["stamp"]) if known else None
    if match := _REPORT_FILE.fullmatch(path.name):
        return "report", match["stamp"]
    return ("unified", None) if path.parent.name == "unified_analysis" else None


def _publishes(capture: Path) -> bool:
    """Whether the return structure is that of a run that published outputs; one that is no JSON counts as such."""
    try:
        returned = json.loads((capture / "return.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return True  # the contract check reports what is wrong with it
    return not isinstance(returned, dict) or "outputs" in returned or returned.get("success") is not False


def _video_of(capture: Path) -> str | None:
    """The video that the return structure names, when it lies in the working folder."""
    try:
        outputs = json.loads((capture / "return.json").read_bytes()).get("outputs") or {}
    except (OSError, ValueError, AttributeError, RecursionError):
        return None  # the contract check reports what is wrong with it
    video = outputs.get("video") if isinstance(outputs, dict) else None
    work = (capture / "work").resolve()
    if not isinstance(video, str) or "\0" in video or not (work / video).resolve().is_relative_to(work):
        return None
    return (work / video).resolve().relative_to(work).as_posix()


def _complete_schema(name: str) -> dict[str, Any]:
    return forms.closed_object(
        f"{name}.complete.derived.json",
        title=f"Complete file of {name}",
        properties={
            "analysis_type": forms.constant(name, description="Which analysis"),
            "success": forms.constant(True, description="Files are written for successes only"),
            "result": forms.json_text(f"{name}.result.derived.json", description="The result form as JSON text"),
            "parsed_response": {"$ref": f"{name}.schema.json"},
            "source": forms.constant("python_precompute", description="Where the values come from"),
            "processing_mode": forms.constant("python_only", description="How they were computed"),
            "version": forms.constant("2.0", description="Version of the file format"),
            "contract_version": {
                "type": "string",
                "pattern": r"^\d+\.\d+\.\d+$",
                "description": "Version of the meaning of the fields",
                "x-parity": {"unit": "text"},
            },
        },
    )
