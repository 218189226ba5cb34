"""Runs one configuration in a fresh folder, and keeps everything it left behind: a capture."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from parity.documents import Ambiguous, Unreadable, read
from parity.files import encoded
from parity.guard import Guarded
from parity.pipeline.capture import (
    FORMAT,
    MANIFEST,
    RUN_FILE,
    STDERR,
    STDOUT,
    TEMP,
    WORK,
    Capture,
    load,
    neutral,
)
from parity.pipeline.case import Case
from parity.pipeline.parts import RUN, Found, Job, Pipeline, Reuse
from parity.run.cpu import cpu
from parity.verdict import ParityError


def record(
    pipeline: Pipeline,
    case: Case,
    configuration: str,
    *,
    destination: Path,
    run_id: str,
    reuse: Reuse | None = None,
) -> Capture:
    """Run ``configuration`` on ``case`` in a fresh folder and save everything at ``destination``, all or nothing.

    Without ``reuse`` everything is computed. A pipeline that fails is a capture too, with ``failure`` set.
    """
    reuse = reuse or Reuse()
    job: Callable[[], AbstractContextManager[Job]] = partial(pipeline.job, case, configuration)
    if reuse.place is not None:
        job = partial(_reusing, pipeline, job, reuse)
    return _save(pipeline, job, (case.name, configuration), destination=destination, run_id=run_id, reuse=reuse.mode)


@contextlib.contextmanager
def _reusing(pipeline: Pipeline, make: Callable[[], AbstractContextManager[Job]], reuse: Reuse) -> Iterator[Job]:
    reusing: Callable[[Job, Reuse], AbstractContextManager[Job]] = getattr(pipeline, "reusing")  # noqa: B009 - optional
    with make() as job, reusing(job, reuse) as made:
        yield made


def repeat(pipeline: Pipeline, capture: Capture, *, destination: Path, run_id: str) -> Capture:
    """Run again from what the run in ``capture`` recorded, and save everything at ``destination``."""
    recording = capture.folder / capture.files.get(pipeline.recording, pipeline.recording)
    name = (capture.case, destination.name)
    return rerun(pipeline, recording, capture.configuration, name=name, destination=destination, run_id=run_id)


def rerun(
    pipeline: Pipeline, recording: Path, configuration: str, *, name: tuple[str, str], destination: Path, run_id: str
) -> Capture:
    """Run ``configuration``'s program from a recording; ``name`` is the capture's (case, configuration)."""
    return _save(
        pipeline, partial(pipeline.repeat, recording, configuration), name, destination=destination, run_id=run_id
    )


def _save(
    pipeline: Pipeline,
    job: Callable[[], AbstractContextManager[Job]],
    name: tuple[str, str],
    *,
    destination: Path,
    run_id: str,
    reuse: str = "fresh",
) -> Capture:
    destination.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{name[1]}-", dir=destination.parent))
    try:
        manifest = _run(pipeline, job, name, building)
        manifest |= {"run_id": run_id, "reuse": reuse}
        _write_json(building / MANIFEST, manifest)
        if destination.exists():
            shutil.rmtree(destination)
        building.chmod(0o755)
        building.rename(destination)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return load(destination)


def _run(
    pipeline: Pipeline, make: Callable[[], AbstractContextManager[Job]], name: tuple[str, str], folder: Path
) -> dict[str, Any]:
    work = folder / WORK
    work.mkdir()
    begun, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    job, exit_code, failure, changed = Job((), {}), None, None, list[str]()
    try:
        with make() as job:
            exit_code, failure = _execute(job, folder)
            changed = _changed(job, work)
    except ParityError as error:
        failure = str(error)
    except Exception as error:  # whatever a stand-in dies of must be reported as this run's failure, not lose the rest
        failure = f"could not be started: {type(error).__name__}: {error}"
    seconds = time.monotonic() - begun
    _remove(job.inputs, work)
    found = pipeline.find(folder) if exit_code is not None else Found(files={})
    files = dict(found.files)
    if exit_code is not None:
        _write_json(folder / RUN_FILE, run_document(folder, exit_code=exit_code, found=found, inputs=job.inputs))
        files[RUN] = RUN_FILE
    for each in found.untracked:
        (work / each).unlink(missing_ok=True)
    shutil.rmtree(folder / TEMP, ignore_errors=True)
    return {
        "format": FORMAT,
        "case": name[0],
        "configuration": name[1],
        "argv": list(job.argv),
        "exit_code": exit_code,
        "failure": failure,
        "started": started,
        "seconds": round(seconds, 3),
        "files": files,
        "problems": [*changed, *found.problems],
        "stamps": list(found.stamps),
        "input_names": list(job.input_names),
        "provenance": origin(pipeline),
    }


def _execute(job: Job, folder: Path) -> tuple[int | None, str | None]:
    work, temporary = folder / WORK, folder / TEMP
    temporary.mkdir()
    for name, source in job.inputs.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, work / name)
    with open(folder / STDOUT, "wb") as stdout, open(folder / STDERR, "wb") as stderr:
        environment = {**job.env, "TMPDIR": str(temporary)}
        process = Guarded(job.argv, cwd=work, env=environment, stdout=stdout, stderr=stderr)
        try:
            exit_code = process.wait(timeout=job.timeout_s)
        except subprocess.TimeoutExpired:
            return None, f"did not end within {job.timeout_s:g} s and was stopped; last lines:\n{_tail(folder)}"
        finally:
            process.kill()
    if exit_code != 0 and not job.may_fail:
        return exit_code, f"ended with exit code {exit_code}; last lines of {STDERR}:\n{_tail(folder)}"
    return exit_code, None


def _changed(job: Job, work: Path) -> list[str]:
    """The inputs that the run removed or overwrote, one sentence each."""
    found = []
    for name, source in job.inputs.items():
        if not (work / name).is_file():
            found.append(f"the run removed its input {name}")
        elif (work / name).read_bytes() != source.read_bytes():
            found.append(f"the run changed its input {name}")
    return found


def _remove(inputs: Iterable[str], work: Path) -> None:
    """Remove the inputs, and the folders that held nothing else."""
    for name in inputs:
        (work / name).unlink(missing_ok=True)
        for folder in (work / name).parents:
            if folder == work or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


def _tail(folder: Path, lines: int = 4) -> str:
    text = (folder / STDERR).read_text(encoding="utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:]) or "(nothing on stderr)"


def run_document(folder: Path, *, exit_code: int, found: Found, inputs: Iterable[str]) -> dict[str, Any]:
    """Exit code, stdout lines and the tree of created files; stamps become ``<stamp>``, the folder ``<work>``.

    A folder that holds nothing but what is left out is left out with it; an empty folder is not.
    """
    work = folder / WORK
    tree = _tree(work, work, {work / name for name in (*inputs, *found.untracked)})
    tree = [f"{name} (no JSON)" if name.endswith(".json") and not _is_json(work / name) else name for name in tree]
    # Files alone: libraries leave empty folders there.
    left = (path for path in (folder / TEMP).rglob("*") if not path.is_dir())
    tree += [f"<temp>/{path.relative_to(folder / TEMP).as_posix()}" for path in left]
    stdout = (folder / STDOUT).read_text(encoding="utf-8", errors="replace").splitlines()
    return {
        "exit_code": exit_code,
        "stdout": [neutral(line.replace(str(work), "<work>"), found.stamps) for line in stdout],
        "tree": sorted(neutral(name, found.stamps) for name in tree),
    }


def _is_json(file: Path) -> bool:
    """Whether it is whole: a document that was cut off in the middle of writing is none."""
    try:
        read(file.read_bytes())
    except Ambiguous:
        return True
    except (OSError, Unreadable):
        return False
    return True


def _tree(root: Path, folder: Path, leave_out: set[Path]) -> list[str]:
    names = []
    for path in sorted(folder.iterdir()):
        if path in leave_out:
            continue
        name = path.relative_to(root).as_posix()
        if not path.is_dir() or path.is_symlink():
            names.append(name)
        elif inside := _tree(root, path, leave_out):
            names += [f"{name}/", *inside]
        elif not any(path.iterdir()):
            names.append(f"{name}/")
    return names


def provenance(packages: Iterable[str]) -> dict[str, Any]:
    """The machine's kind and the versions that a run depends on."""
    versions = {}
    for name in packages:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpus": os.cpu_count() or 0,
        "packages": versions,
    }


def origin(pipeline: Pipeline) -> dict[str, Any]:
    """Everything that a run of ``pipeline`` on this machine depends on, as far as it is told.

    ``weights`` and ``threads`` are what the pipeline says of its model files and of the threads of its libraries: nothing
    and None where it has neither.
    """
    weights = pipeline.weights() if hasattr(pipeline, "weights") else {}
    threads = getattr(pipeline, "threads", None)
    return {**provenance(pipeline.packages), "cpu": cpu(), "threads": threads, "weights": dict(weights)}


def _write_json(file: Path, document: object) -> None:
    file.write_bytes(encoded(json.dumps(document, ensure_ascii=False, indent=1) + "\n"))
