"""The drifts that the rules are there for: the historical ones as far as they show in code, and their relatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.rumiai_parity.sync_rules.trees import Edit, appended, document, given, replaced

CLI, RUNNER = "rumiai_v2/cli.py", "rumiai_v2/runner.py"
SPEECH = "rumiai_v2/analyses/speech_analysis.py"


@dataclass(frozen=True)
class Drift:
    """A change, and the one finding it must lead to: the rule, its file, words of the line it names, and of the text."""

    name: str
    edit: Edit
    rule: str
    file: str
    at: str
    says: str
    expected: str = ""


def without(path: str, *keys: str) -> Edit:
    """The schema without the field that the keys lead to."""

    def change(node: Any) -> None:
        for key in keys[:-1]:
            node = node[key]
        del node[keys[-1]]

    return document(path, change)


def renamed(path: str, old: str, new: str, *keys: str) -> Edit:
    """The schema with another name for a field of the object that the keys lead to."""

    def change(node: Any) -> None:
        for key in keys:
            node = node[key]
        node[new] = node.pop(old)

    return document(path, change)


LOCAL_SOURCE = '        return LocalFile(file, metadata=metadata, video_id=options["video_id"])\n'
PAUSES = b'''"""How long nobody speaks."""

from rumiai_v2.analyses.base import BLOCKS, Analysis


def compute(unified):
    return {"CoreMetrics": {}, "Dynamics": {}, "Interactions": {}, "KeyEvents": {}, "Patterns": {}, "Quality": {}}


ANALYSIS = Analysis(name="pause_profile", prefix="pause", compute=compute)
'''

DRIFTS = [
    Drift(
        "only production loads .env (D7)",
        replaced(
            CLI,
            "    def source(settings: Settings) -> Any:\n        from rumiai_v2.sources.tiktok",
            "    _load_env_file()\n\n    def source(settings: Settings) -> Any:\n        from rumiai_v2.sources.tiktok",
        ),
        "one-path",
        CLI,
        "_load_env_file()",
        "the command production does something of its own",
        "argument checks",
    ),
    Drift(
        "the local source is prepared (D6)",
        replaced(CLI, LOCAL_SOURCE, '        Path("temp").mkdir(exist_ok=True)\n' + LOCAL_SOURCE),
        "one-path",
        CLI,
        'Path("temp").mkdir',
        "the source of local is made with more than its class",
    ),
    Drift(
        "local has options of its own (D1)",
        replaced(CLI, "@_services\n@_common\ndef local(", "@_common\ndef local("),
        "one-path",
        CLI,
        "def local(",
        "the command local has not the options that all share",
        "_common, _services",
    ),
    Drift(
        "local runs by itself (D10, D13)",
        appended(
            CLI,
            "\n\ndef _local(settings: Any) -> Any:\n"
            "    from rumiai_v2.runner import RunnerConfig, run\n"
            "\n    return run(RunnerConfig(source=None, settings=settings, allow_partial=True))\n",
        ),
        "one-path",
        CLI,
        "return run(RunnerConfig(",
        "a second place makes a runner configuration",
    ),
    Drift(
        "the analyses are chosen",
        replaced(CLI, "            source=source,\n", "            source=source,\n            analyses=(),\n"),
        "one-path",
        CLI,
        "analyses=()",
        "the runner configuration chooses its analyses",
    ),
    Drift(
        "a flag depends on the source (D14)",
        replaced(CLI, 'allow_partial=options.get("allow_partial", False),', "allow_partial=source.owns_file,"),
        "one-path",
        CLI,
        "allow_partial=source.owns_file",
        "_execute depends on the source",
    ),
    Drift(
        "the run branches on the source (D18)",
        replaced(
            CLI,
            "        with ConsoleProgress(",
            "        if source.owns_file:\n            log_level = 'INFO'\n        with ConsoleProgress(",
        ),
        "one-path",
        CLI,
        "if source.owns_file:",
        "_execute depends on the source",
    ),
    Drift(
        "a flag depends on an option that production alone has (D14)",
        replaced(CLI, 'options.get("allow_partial", False)', 'options.get("allow_partial", "video_url" in options)'),
        "unaware",
        CLI,
        '"video_url" in options',
        "_execute asks for video_url, which one command alone has",
    ),
    Drift(
        "a value depends on the download",
        replaced(RUNNER, "size=evidence.size)", "size=evidence.size if self.downloaded is None else None)"),
        "unaware",
        RUNNER,
        "self.downloaded is None else None",
        "_Run._execute asks whether the video was downloaded",
    ),
    Drift(
        "the runner asks where the video is kept",
        replaced(
            RUNNER,
            "        folder = self.settings.insights_dir / evidence.video_id\n",
            "        folder = self.settings.insights_dir / evidence.video_id\n"
            '        web = bool(evidence.video) and "temp" in folder.parts\n',
        ),
        "unaware",
        RUNNER,
        "web = bool(evidence.video)",
        "_Run._execute decides by where the video is",
    ),
    Drift(
        "a file that the source made does more",
        replaced(
            RUNNER,
            "                self._make_temp_folder()\n",
            "                self._make_temp_folder()\n                only = only[:1]\n",
        ),
        "unaware",
        RUNNER,
        "if source.owns_file:",
        "_Run._gather asks whether the source made its file",
    ),
    Drift(
        "a service asks for its file's name",
        appended("rumiai_v2/services/speech.py", "\n\ndef _web(media):\n    return media.path.suffix\n"),
        "unaware",
        "rumiai_v2/services/speech.py",
        "media.path.suffix",
        "_web decides by where the video is",
    ),
    Drift(
        "the runner reads a source's setting",
        appended(RUNNER, "\n\ndef _web(settings):\n    return bool(settings.apify_token)\n"),
        "unaware",
        RUNNER,
        "settings.apify_token",
        "_web reads a setting of one source",
    ),
    Drift(
        "the command line reads a field that is declared to differ",
        appended(CLI, '\n\ndef _web(returned):\n    return returned["outputs"]["video"] is None\n'),
        "declared",
        CLI,
        'returned["outputs"]["video"]',
        "_web reads 'video', which differs between the configurations",
    ),
    Drift(
        "an analysis asks for the runner (D8)",
        appended(SPEECH, '\n\ndef _burst(configuration: str) -> bool:\n    return configuration == "local"\n'),
        "unaware",
        SPEECH,
        'configuration == "local"',
        "holds the name of a configuration, 'local'",
    ),
    Drift(
        "a dispatch by runner",
        appended(RUNNER, '\n\nVERSION = {"production": "2.0"}\n'),
        "unaware",
        RUNNER,
        '{"production": "2.0"}',
        "the module holds the name of a configuration, 'production'",
    ),
    Drift(
        "the report knows the source class (D3)",
        appended(
            "rumiai_v2/outputs/report.py",
            "\n\ndef _cost(source: object) -> float:\n"
            "    from rumiai_v2.sources.tiktok import TikTok\n"
            "\n    return 1.0 if isinstance(source, TikTok) else 0.0\n",
        ),
        "unaware",
        "rumiai_v2/outputs/report.py",
        "isinstance(source, TikTok)",
        "asks what kind of source it has (isinstance)",
    ),
    Drift(
        "the runner asks where the video came from (D4)",
        replaced(
            RUNNER,
            "        folder = self.settings.insights_dir / evidence.video_id\n",
            "        folder = self.settings.insights_dir / evidence.video_id\n"
            '        remote = evidence.reference.startswith("http")\n',
        ),
        "unaware",
        RUNNER,
        'evidence.reference.startswith("http")',
        "_Run._execute decides by where the video came from",
    ),
    Drift(
        "an analysis reads a field that is declared to differ (D3a)",
        appended(
            "rumiai_v2/analyses/metadata_analysis.py",
            '\n\ndef _served(metadata):\n    return metadata.get("downloadUrl") is not None\n',
        ),
        "declared",
        "rumiai_v2/analyses/metadata_analysis.py",
        'metadata.get("downloadUrl")',
        "_served reads 'downloadUrl', which differs between the configurations",
    ),
    Drift(
        "the timeline reads one by its attribute",
        appended(
            "rumiai_v2/timeline/unified.py",
            "\n\ndef _served(evidence, metadata):\n    return bool(metadata.download_url)\n",
        ),
        "declared",
        "rumiai_v2/timeline/unified.py",
        "metadata.download_url",
        "_served reads 'downloadUrl', which differs between the configurations",
    ),
    Drift(
        "a stage that only replay lacks (D12)",
        replaced(
            RUNNER,
            '        with self._stage("downloading_video"):\n            self.publication.begin(',
            "        if True:\n            self.publication.begin(",
        ),
        "stages",
        RUNNER,
        "def _gather_recorded",
        "a replay begins other stages than a run of a video",
        "scraping_metadata, downloading_video",
    ),
    Drift(
        "a stage of another name (D18)",
        replaced(RUNNER, 'self._stage("generating_report")', 'self._stage("writing_report")'),
        "stages",
        RUNNER,
        'self._stage("writing_report")',
        "begins a stage 'writing_report' that is none",
    ),
    Drift(
        "a stage that the schema lacks",
        without(
            "schemas/report.schema.json",
            "properties",
            "processing_metrics",
            "properties",
            "stage_seconds",
            "properties",
            "saving_analysis",
        ),
        "stages",
        "schemas/report.schema.json",
        "stage_seconds",
        "the schema names other stages than the code",
        "saving_analysis",
    ),
    Drift(
        "an analysis without a schema",
        given({"rumiai_v2/analyses/pause_profile.py": PAUSES}),
        "analyses",
        "rumiai_v2/analyses/pause_profile.py",
        "ANALYSIS = Analysis(",
        "the analysis pause_profile has no schema",
        "schemas/pause_profile.schema.json",
    ),
    Drift(
        "a schema without an analysis",
        given({"rumiai_v2/analyses/scene_pacing.py": None}),
        "analyses",
        "schemas/scene_pacing.schema.json",
        "x-parity-prefix",
        "the schema scene_pacing has a prefix and no analysis writes it",
    ),
    Drift(
        "another prefix in the code",
        replaced("rumiai_v2/analyses/scene_pacing.py", 'prefix="scenePacing"', 'prefix="pacing"'),
        "analyses",
        "rumiai_v2/analyses/scene_pacing.py",
        'prefix="pacing"',
        "the prefix of scene_pacing is not the one of its schema",
        "'scenePacing'",
    ),
    Drift(
        "two analyses share a prefix",
        replaced(SPEECH, 'prefix="speech"', 'prefix="density"'),
        "analyses",
        SPEECH,
        'prefix="density"',
        "the prefix 'density' is taken by rumiai_v2/analyses/creative_density.py",
    ),
    Drift(
        "the registry leaves one out (D17)",
        replaced(
            "rumiai_v2/analyses/registry.py",
            'if found.name != "registry"',
            'if found.name not in ("registry", "scene_pacing")',
        ),
        "analyses",
        "rumiai_v2/analyses/registry.py",
        '("registry", "scene_pacing")',
        "the registry leaves out the analysis scene_pacing",
    ),
    Drift(
        "a field is renamed in the code",
        replaced(
            "rumiai_v2/analyses/metadata_analysis.py", '"hashtagStrategy": strategy', '"strategyOfHashtags": strategy'
        ),
        "fields",
        "rumiai_v2/analyses/metadata_analysis.py",
        '"strategyOfHashtags"',
        "writes Dynamics.strategyOfHashtags, which the schema does not have",
    ),
    Drift(
        "a field is renamed in a block of its own function",
        replaced(
            "rumiai_v2/analyses/emotional_journey.py",
            '"stabilityScore": value("stabilityScore"',
            '"steadiness": value("stabilityScore"',
        ),
        "fields",
        "rumiai_v2/analyses/emotional_journey.py",
        '"steadiness": value(',
        "writes Dynamics.steadiness, which the schema does not have",
    ),
    Drift(
        "a field is added to the schema only",
        document(
            "schemas/speech_analysis.schema.json",
            lambda s: s["properties"]["Quality"]["properties"].update(accent={"type": "string"}),
        ),
        "fields",
        "schemas/speech_analysis.schema.json",
        '"accent"',
        "the schema has Quality.accent, which nobody writes",
        SPEECH,
    ),
    Drift(
        "the harness expects other blocks",
        replaced("rumiai_parity/layout.py", '"KeyEvents", "Patterns", "Quality")', '"Patterns", "Quality")'),
        "fields",
        "rumiai_parity/layout.py",
        "BLOCKS = (",
        "the harness expects other blocks than the analyses have",
        "KeyEvents",
    ),
    Drift(
        "a fourth kind of file",
        replaced(
            "rumiai_v2/outputs/file_sets.py",
            '        "ml": dict(ml_form),\n',
            '        "ml": dict(ml_form),\n        "raw": dict(ml_form),\n',
        ),
        "file-kinds",
        "rumiai_v2/outputs/file_sets.py",
        "SET_FILE = ",
        "knows other kinds of files than a run writes",
        "raw",
    ),
    Drift(
        "a service without a schema",
        given({"schemas/services/ocr.schema.json": None}),
        "services",
        "rumiai_v2/services/registry.py",
        '"ocr": _lazily(',
        "the service ocr has no schema",
        "schemas/services/ocr.schema.json",
    ),
    Drift(
        "a service that is removed",
        replaced("rumiai_v2/services/registry.py", '    "audio_energy": _lazily("audio_energy", "AudioEnergy"),\n', ""),
        "services",
        "schemas/services/audio_energy.schema.json",
        "{",
        "no service audio_energy is registered",
    ),
    Drift(
        "a service that the report does not know",
        without("schemas/report.schema.json", "properties", "ml_completion_details", "properties", "emotion_detection"),
        "services",
        "schemas/report.schema.json",
        "ml_completion_details",
        "ml_completion_details lacks the service emotion_detection",
    ),
    Drift(
        "a service of another name",
        replaced("rumiai_v2/services/text.py", '    name = "ocr"\n', '    name = "text"\n'),
        "services",
        "rumiai_v2/services/text.py",
        'name = "text"',
        "the service registered as ocr calls itself text",
    ),
    Drift(
        "the report loses a field",
        replaced("rumiai_v2/outputs/report.py", '        "total_tokens": 0,\n', ""),
        "documents",
        "schemas/report.schema.json",
        '"total_tokens"',
        "the schema has 'total_tokens', which build_report does not write",
    ),
    Drift(
        "the return structure loses its report",
        replaced(
            RUNNER,
            '            "outputs": outputs,\n            "report": report,\n',
            '            "outputs": outputs,\n            "analyses_generated": [],\n            "report": report,\n',
        ),
        "documents",
        RUNNER,
        '"analyses_generated"',
        "_Run._success writes 'analyses_generated', which the schema does not have",
        "schemas/return_success.schema.json",
    ),
    Drift(
        "metrics are gone",
        replaced("rumiai_v2/metrics.py", '            "cpu_percent": self._process.cpu_percent(),\n', ""),
        "documents",
        "schemas/metrics.schema.json",
        '"cpu_percent"',
        "the schema has 'cpu_percent', which Metrics.snapshot does not write",
    ),
    Drift(
        "the wrapper loses its version (D23)",
        replaced("rumiai_v2/outputs/file_sets.py", '        "version": "2.0",\n', ""),
        "documents",
        "rumiai_parity/pipeline.py",
        '"version"',
        "the complete file's field 'version' stands in one of complete_form and _complete_schema only",
    ),
    Drift(
        "the wrapper names another mode",
        replaced("rumiai_v2/outputs/file_sets.py", '"processing_mode": "python_only"', '"processing_mode": "local"'),
        "documents",
        "rumiai_v2/outputs/file_sets.py",
        '"processing_mode": "local"',
        "the complete file's 'processing_mode' is another constant than in _complete_schema",
        "'python_only'",
    ),
    Drift(
        "metadata of another shape (D3)",
        replaced("rumiai_v2/models/metadata.py", "    saves: int | None = None\n", ""),
        "documents",
        "schemas/metadata.schema.json",
        '"saves"',
        "the schema has 'saves', which VideoMetadata does not have",
    ),
    Drift(
        "a timeline field is renamed in the schema",
        renamed("schemas/timeline.schema.json", "entry_count", "entries_total", "properties"),
        "documents",
        "rumiai_v2/models/timeline.py",
        '"entry_count"',
        "Timeline.to_dict writes 'entry_count', which the schema does not have",
    ),
    Drift(
        "an analysis reads the environment (D8)",
        appended(
            SPEECH,
            "\n\ndef _python_only() -> bool:\n"
            "    import os\n"
            '\n    return os.environ.get("USE_PYTHON_ONLY_PROCESSING") == "true"\n',
        ),
        "environment",
        SPEECH,
        "os.environ.get(",
        "_python_only reads the environment",
        "rumiai_v2/settings.py",
    ),
    Drift(
        "the environment by another name of its module",
        appended(SPEECH, '\n\ndef _web():\n    import os as system\n\n    return "WEB" in system.environ\n'),
        "environment",
        SPEECH,
        "system.environ",
        "_web reads the environment",
    ),
    Drift(
        "arguments by hand (D1)",
        appended(RUNNER, "\n\ndef _path() -> str:\n    import sys\n\n    return sys.argv[1]\n"),
        "environment",
        RUNNER,
        "sys.argv[1]",
        "_path reads the arguments of the process",
    ),
    Drift(
        ".env is read elsewhere (D7)",
        appended(
            "rumiai_v2/sources/tiktok.py",
            "\n\ndef _token() -> None:\n    from dotenv import load_dotenv\n\n    load_dotenv()\n",
        ),
        "environment",
        "rumiai_v2/sources/tiktok.py",
        "from dotenv import load_dotenv",
        "_token reads .env",
    ),
    Drift(
        "a folder by name (D5)",
        replaced(
            RUNNER,
            "        folder = self.settings.insights_dir / evidence.video_id\n",
            '        folder = Path("insights") / evidence.video_id\n',
        ),
        "folders",
        RUNNER,
        'Path("insights")',
        "_Run._execute names a folder itself",
        "RUMIAI_INSIGHTS_DIR",
    ),
    Drift(
        "the system's temporary folder (D21)",
        appended(
            "rumiai_v2/media/audio.py",
            '\n\ndef _cached(video_id: str) -> Path:\n    return Path(f"/tmp/{video_id}.wav")\n',
        ),
        "folders",
        "rumiai_v2/media/audio.py",
        'Path(f"/tmp/',
        "_cached names a folder itself",
    ),
    Drift(
        "a setting that no page has (D19)",
        replaced(
            "rumiai_v2/settings.py",
            "    cleanup_video: bool",
            '    mode: str = Field("", validation_alias="RUMIAI_MODE")\n    cleanup_video: bool',
        ),
        "settings",
        "rumiai_v2/settings.py",
        "RUMIAI_MODE",
        "reads RUMIAI_MODE, which stands nowhere in docs/settings.md",
    ),
    Drift(
        "a page with a setting that nothing reads",
        replaced("docs/settings.md", "| `LOG_LEVEL` |", "| `RUMIAI_COLOUR` | `auto` | colours |\n| `LOG_LEVEL` |"),
        "settings",
        "docs/settings.md",
        "RUMIAI_COLOUR",
        "documents RUMIAI_COLOUR, which nothing reads",
    ),
    Drift(
        "another default in the code",
        replaced(
            "rumiai_v2/settings.py",
            'Field(default=300.0, gt=0, validation_alias="RUMIAI_MAX_VIDEO_DURATION")',
            'Field(default=60.0, gt=0, validation_alias="RUMIAI_MAX_VIDEO_DURATION")',
        ),
        "settings",
        "docs/settings.md",
        "RUMIAI_MAX_VIDEO_DURATION",
        "states another default of RUMIAI_MAX_VIDEO_DURATION",
        "60",
    ),
    Drift(
        "two readers with two defaults",
        replaced(
            "rumiai_v2/services/weights.py", "'RUMIAI_WHISPER_MODEL', 'base'", "'RUMIAI_WHISPER_MODEL', 'tiny.en'"
        ),
        "settings",
        "rumiai_v2/services/weights.py",
        "'tiny.en'",
        "RUMIAI_WHISPER_MODEL has another default than at rumiai_v2/services/speech.py",
    ),
    Drift(
        "an output that is dumped (D15)",
        appended(
            "rumiai_v2/outputs/report.py",
            "\n\ndef save(report: dict, path: Any) -> None:\n"
            '    with path.open("w") as out:\n'
            "        out.write(str(report))\n",
        ),
        "writes",
        "rumiai_v2/outputs/report.py",
        'path.open("w")',
        "save writes a file itself",
        "Publication.stage",
    ),
    Drift(
        "an output that is written (D15)",
        appended(RUNNER, "\n\ndef _save(path: Path, content: bytes) -> None:\n    path.write_bytes(content)\n"),
        "writes",
        RUNNER,
        "path.write_bytes(content)",
        "_save writes a file itself",
    ),
    Drift(
        "an output that is renamed into place",
        appended(RUNNER, "\n\ndef _move(path: Path, target: Path) -> None:\n    path.replace(target)\n"),
        "writes",
        RUNNER,
        "path.replace(target)",
        "_move writes a file itself",
    ),
    Drift(
        "an end of the process inside (D16)",
        appended(RUNNER, "\n\ndef _stop() -> None:\n    raise SystemExit(1)\n"),
        "exit-codes",
        RUNNER,
        "raise SystemExit(1)",
        "_stop ends the process",
        "only rumiai_v2/entry.py",
    ),
    Drift(
        "another code for an error (D28)",
        replaced("rumiai_v2/errors.py", "    exit_code = 2\n", "    exit_code = 5\n"),
        "exit-codes",
        "README.md",
        "Exit codes: 0 success",
        "lists other exit codes than the errors have",
        "0, 1, 130, 143, 3, 4, 5, 70",
    ),
    Drift(
        "a code that no error has",
        replaced(
            CLI,
            "raise Exit(4 if any(row.problem for row in found) else 0)",
            "raise Exit(7 if any(row.problem for row in found) else 0)",
        ),
        "exit-codes",
        CLI,
        "raise Exit(7 if",
        "ends with a code that no error has",
        "0, 1, 130, 143, 2, 3, 4, 70",
    ),
    Drift(
        "a help text with another table",
        replaced(CLI, "\n  4  weights missing, or a service failed", ""),
        "exit-codes",
        CLI,
        'EXIT_CODES = """',
        "lists other exit codes than the errors have",
    ),
    Drift(
        "a print in the runner (D18)",
        replaced(
            RUNNER, '        self._begin("completed")\n', '        self._begin("completed")\n        print("done")\n'
        ),
        "stdout",
        RUNNER,
        'print("done")',
        "_Run._execute prints",
    ),
    Drift(
        "logging for the whole process (D18)",
        appended(RUNNER, "\n\nlogging.basicConfig(level=logging.INFO)\n"),
        "stdout",
        RUNNER,
        "logging.basicConfig(",
        "sets up logging for the whole process",
    ),
    Drift(
        "a temporary file that stays (D21)",
        appended(
            "rumiai_v2/media/audio.py",
            "\n\ndef _extract() -> str:\n"
            "    import tempfile\n"
            '\n    handle, name = tempfile.mkstemp(suffix=".wav")\n'
            "    return name\n",
        ),
        "temporary",
        "rumiai_v2/media/audio.py",
        "tempfile.mkstemp(",
        "_extract makes a temporary file that nothing removes",
    ),
    Drift(
        "a temporary file that a with block keeps",
        appended(
            "rumiai_v2/media/audio.py",
            "\n\ndef _keep() -> str:\n"
            "    import tempfile\n"
            "\n    with tempfile.NamedTemporaryFile(delete=False) as file:\n"
            "        return file.name\n",
        ),
        "temporary",
        "rumiai_v2/media/audio.py",
        "NamedTemporaryFile(delete=False)",
        "_keep makes a temporary file that nothing removes",
    ),
    Drift(
        "nothing is taken back (D15)",
        replaced(RUNNER, "                self.publication.discard()\n", "                pass\n"),
        "cleaning",
        RUNNER,
        "def execute",
        "a run does not clean up whatever happens",
        "self.publication.discard",
    ),
    Drift(
        "the pipeline knows its tests",
        appended(RUNNER, "\n\nfrom parity import verdict\n"),
        "layers",
        RUNNER,
        "from parity import verdict",
        "the pipeline imports the harness that tests it",
    ),
    Drift(
        "a model outside the services",
        appended("rumiai_v2/analyses/series.py", "\n\nimport torch\n"),
        "layers",
        "rumiai_v2/analyses/series.py",
        "import torch",
        "uses torch outside the services",
    ),
    Drift(
        "a source knows what stands behind it",
        appended("rumiai_v2/sources/tiktok.py", "\n\nimport rumiai_v2.analyses.series as _series\n"),
        "layers",
        "rumiai_v2/sources/tiktok.py",
        "import rumiai_v2.analyses.series",
        "sources imports analyses, which is not below it",
        "errors, media, models, outputs, redact, settings",
    ),
    Drift(
        "a service loads the settings",
        appended("rumiai_v2/services/speech.py", "\n\nfrom rumiai_v2.settings import load_settings\n"),
        "layers",
        "rumiai_v2/services/speech.py",
        "from rumiai_v2.settings import",
        "services imports settings, which is not below it",
        "analyses, errors, media",
    ),
    Drift(
        "a package taken from the root",
        appended("rumiai_v2/analyses/series.py", "\n\nfrom rumiai_v2 import sources\n"),
        "layers",
        "rumiai_v2/analyses/series.py",
        "from rumiai_v2 import sources",
        "analyses imports sources, which is not below it",
    ),
    Drift(
        "a relative import, which the rules cannot follow",
        appended(RUNNER, "\n\nfrom .sources import tiktok\n"),
        "layers",
        RUNNER,
        "from .sources import tiktok",
        "runner imports .sources, which is not below it",
    ),
    Drift(
        "a module that stands nowhere",
        given({"rumiai_v2/flags.py": b"WEB = False\n"}),
        "layers",
        "rumiai_v2/flags.py",
        "WEB",
        "flags stands in no layer",
    ),
    Drift(
        "a source patches what stands behind it",
        appended("rumiai_v2/sources/tiktok.py", "\n\nimport rumiai_v2.analyses.series as _s\n_s.sample_spread = len\n"),
        "reach",
        "rumiai_v2/sources/tiktok.py",
        "_s.sample_spread = len",
        "the module changes what it has imported",
    ),
    Drift(
        "a source patches it with setattr",
        appended("rumiai_v2/sources/tiktok.py", '\n\ndef _patch(builder):\n    setattr(builder, "OBJECT_GAP", 2.0)\n'),
        "reach",
        "rumiai_v2/sources/tiktok.py",
        "setattr(builder",
        "_patch changes what it has imported",
    ),
    Drift(
        "a table of another module is added to",
        appended(
            RUNNER, "\n\ndef _more():\n    from rumiai_v2.services.registry import SERVICES\n\n    SERVICES.pop(0)\n"
        ),
        "reach",
        RUNNER,
        "SERVICES.pop(0)",
        "_more changes what it has imported",
    ),
    Drift(
        "an analysis looks at what is loaded",
        appended("rumiai_v2/analyses/series.py", '\n\nimport sys\n_WEB = "rumiai_v2.sources.tiktok" in sys.modules\n'),
        "reach",
        "rumiai_v2/analyses/series.py",
        "in sys.modules",
        "the module looks at what is loaded or who calls it",
    ),
    Drift(
        "an analysis looks at who calls it",
        appended(
            "rumiai_v2/analyses/series.py", "\n\ndef _caller():\n    import inspect\n\n    return inspect.stack()\n"
        ),
        "reach",
        "rumiai_v2/analyses/series.py",
        "import inspect",
        "_caller looks at what is loaded or who calls it",
    ),
    Drift(
        "an import that is no statement",
        appended("rumiai_v2/analyses/series.py", '\n\ndef _web():\n    return __import__("os").name\n'),
        "reach",
        "rumiai_v2/analyses/series.py",
        '__import__("os")',
        "_web looks at what is loaded or who calls it",
    ),
    Drift(
        "the general harness knows the pipeline",
        appended("harness/parity/verdict.py", "\n\nfrom rumiai_v2 import runner\n"),
        "layers",
        "harness/parity/verdict.py",
        "from rumiai_v2 import runner",
        "the general harness imports the pipeline",
    ),
    Drift(
        "a golden is gone",
        given({"golden/snapshots/tutorial/scene_pacing.result.json": None}),
        "goldens",
        "golden/corpus/tutorial",
        "",
        "the case tutorial has no golden scene_pacing.result.json",
        "golden/snapshots/tutorial/scene_pacing.result.json",
    ),
    Drift(
        "a case without goldens",
        given({"golden/corpus/new/clip.mp4": b""}),
        "goldens",
        "golden/corpus/new",
        "",
        "the case new has no goldens",
        "a folder golden/snapshots/new",
    ),
    Drift(
        "a golden that no artifact needs",
        given({"golden/snapshots/tutorial/old.json": b"{}"}),
        "goldens",
        "golden/snapshots/tutorial/old.json",
        "",
        "a golden of no artifact",
    ),
    Drift(
        "goldens without a case",
        given({"golden/snapshots/gone/run.json": b"{}"}),
        "goldens",
        "golden/snapshots/gone",
        "",
        "goldens of a case that is none",
    ),
    Drift(
        "a ledger that cannot be read",
        appended("golden/ledger/runner-differences.jsonl", '{"artifact": \n'),
        "goldens",
        "golden/ledger/runner-differences.jsonl",
        '{"artifact": ',
        "a record that is no JSON",
    ),
    Drift(
        "a table without an artifact",
        replaced("docs/leaves.md", "## speech_analysis.result\n", "## speech\n"),
        "leaves",
        "docs/leaves.md",
        "",
        "has no section on speech_analysis.result",
        "## speech_analysis.result",
    ),
    Drift(
        "a page with a command that is none",
        appended("docs/cases.md", "\nThen `parity validate` tells.\n"),
        "commands",
        "docs/cases.md",
        "`parity validate`",
        "names the command `parity validate`, which there is not",
    ),
    Drift(
        "a command without its module",
        given({"harness/parity/cli/expect.py": None}),
        "commands",
        "harness/parity/cli/main.py",
        '"expect":',
        "the command expect has no module",
    ),
]
