"""Every known drift: what it does, under which conditions, and where it must show. Imports nothing of the pipeline.

The numbers are those of the owners' list of twelve update requirements for the local runner, and of the list of all
differences between the two deployed runners.
"""

from __future__ import annotations

from parity.tools.drill.fault import Fault, Spared

#: The case that faults are put into where they name no other: it has something of everything.
CASE = "tutorial"
#: Its measured duration is not the platform's.
UNEVEN = "edge_case"

_SEVEN = (
    "creative_density", "emotional_journey", "person_framing", "scene_pacing", "speech_analysis",
    "visual_overlay_analysis", "metadata_analysis",
)  # fmt: skip
_NOT_BY_STAMP = r"(run: tree|return: outputs|run: stdout)"
_TREE = "run: tree"
#: What is made of the metadata.
_OF_METADATA = (
    r"metadata_analysis\.", r"emotional_journey\.\w+: .*captionSentiment",
)  # fmt: skip
#: Where the video's id stands.
_NAMED = (
    _NOT_BY_STAMP,
    r"unified: timeline\.video_id",
    r"unified: temporalMarkers\.metadata\.video_id",
    r"return: report",
    r"temporal_markers\.",
)


def _each(text: str) -> tuple[str, ...]:
    return tuple(text.replace("*", name) for name in _SEVEN)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "item-1", "complete file keys", "the complete files of the seven analyses lack source, mode and versions",
        "artifacts", _each(r"*\.complete: (source|processing_mode|version|contract_version): missing"),
        follows=_each(r"*\.complete: "),
    ),
    Fault(
        "item-2", "audio cleanup", "the extracted sound stays behind in the system's temporary folder",
        "artifacts", (r"run: tree.*<temp>/.*\.wav",), follows=(_TREE,),
    ),
    Fault(
        "item-3", "prefix conversion", "the result form of one analysis carries the prefix of an older table",
        "artifacts", (r"visual_overlay_analysis\.result: .*overlays", r"visual_overlay_analysis\.complete: .*overlays"),
        follows=(r"visual_overlay_analysis\.(result|complete): ",),
    ),
    Fault(
        "item-4", "atomic writes", "file sets are written in place, without staging",
        "kill", (r"run: stdout.*left by the killed run.*half a file",), follows=("run: stdout", r"return: outputs\."),
        scene="killed at a set",
    ),
    Fault(
        "item-5", "atomic unified file", "the unified file is written in place, without staging",
        "kill", (r"run: stdout.*left by the killed run.*unified_analysis.*half a file",), follows=("run: stdout",),
        scene="killed at the unified file",
    ),
    Fault(
        "item-6", "device check at start", "the start-up line that names the device is missing",
        "log lines", (r"run: log: missing; production 'INFO .*models run on",),
    ),
    Fault(
        "item-7", "new services", "the local runner does not know the latest service",
        "artifacts",
        (r"unified: ml_data\.emotion_detection", r"report: services\.emotion_detection\.status"),
        follows=(
            r"unified: ", r"report: ", r"emotional_journey\.",
            r"(person_framing|scene_pacing|speech_analysis|temporal_markers|creative_density)\.", r"return: ", r"run: stdout",
        ),
    ),
    Fault(
        "item-8", "report", "no report is written or returned",
        "artifacts", (r"report: .*missing", r"return: report: missing"),
        follows=(r"run: tree", r"return: ", r"report: "),
    ),
    Fault(
        "item-9", "return structure", "a small summary is returned instead of the structure",
        "artifacts", (r"return: ml_results_count", r"return: metrics: missing"), follows=(r"return: ",),
    ),
    Fault(
        "item-10", "metrics", "memory and counters are not measured",
        "artifacts", (r"return: metrics\.memory: missing", r"report: processing_metrics\.counters: missing"),
        follows=(r"return: (metrics|report)", r"report: processing_metrics"),
    ),
    Fault(
        "item-11", "settings file", "a .env in the working folder is not loaded",
        "settings", (r"run: tree.*(results|insights)", r"return: outputs\.insights"), follows=(_NOT_BY_STAMP,),
        scene="dotenv",
    ),
    Fault(
        "item-12", "python-only mode", "results say that they come from a prompt",
        "artifacts", (*_each(r"*\.complete: processing_mode"), r"report: feature_flags\.python_only"),
        follows=(r"\w+\.complete: (source|processing_mode)", r"return: report"),
    ),
    Fault(
        "extra", "failed analyses", "an analysis that fails leaves files with an error",
        "failure parity", (r"scene_pacing\.(result|ml|complete): ", r"run: tree.*scene_pacing"),
        follows=(r"run: tree", r"scene_pacing\."), scene="analysis fails",
    ),
    Fault(
        "D1", "entry input", "only the path is read from the command line, the options are not",
        "artifacts", (r"return: video_id", r"unified: video_id", r"report: video_id"),
        follows=_NAMED, scene="named",
    ),
    Fault(
        "D2", "video id", "the id is the file's name",
        "artifacts", (r"return: video_id", r"unified: video_id", r"report: video_id"),
        follows=_NAMED,
    ),
    Fault(
        "D3", "metadata shape", "the metadata have the shape of a raw item",
        "artifacts", (r"unified: metadata\.(text|diggCount)",), follows=(r"unified: metadata", *_OF_METADATA),
    ),
    Fault(
        "D3a", "invented metadata", "unknown counts are 0, the date is 1970",
        "artifacts", (r"unified: metadata\.views", r"metadata_analysis\.result: "),
        follows=(r"unified: metadata\.", *_OF_METADATA),
    ),
    Fault(
        "D4", "duration", "the duration is the platform's whole seconds",
        "artifacts", (r"unified: duration", r"report: duration"), follows=(r"",), case=UNEVEN,
    ),
    Fault(
        "D5", "folders", "the folders are fixed, whatever the settings say",
        "settings", (r"run: tree.*(results|insights)", r"return: outputs\.insights"), follows=(_NOT_BY_STAMP,),
        scene="settings",
    ),
    Fault(
        "D6", "temporary folder", "the sound analysis needs a folder that nobody makes",
        "artifacts", (r"run of local: .*exit code 4(.|\n)*service audio_energy",), follows=(r"",),
    ),
    Fault(
        "D7", "settings file too late", ".env is loaded after the settings are read",
        "settings", (r"run: tree.*(results|insights)", r"return: outputs\.insights"), follows=(_NOT_BY_STAMP,),
        scene="dotenv",
    ),
    Fault(
        "D8", "mode decides on speech", "without sound, python-only mode makes the speech analysis fail",
        "settings", (r"(run of local: .*exit code 1|speech_analysis\.result: )",), follows=(r"",), scene="python only",
    ),
    Fault(
        "D9", "dependency check", "missing models are not noticed",
        "failure parity", (r"(run of local: must fail with exit code 4|run: exit_code)",), follows=(r"",),
        scene="no weights",
    ),
    Fault(
        "D10", "stamps", "every file set has a stamp of its own",
        "artifacts", (r"run of local: 8 stamps|run of local: 9 stamps",),
        follows=(r"run: tree", r"return: outputs", r"run of local: "),
    ),
    Fault(
        "D11", "moment of saving", "each analysis is published as soon as it is computed",
        "kill", (r"run: stdout.*left by the killed run.*_complete_",),
        # What is published alone has a stamp of its own.
        follows=("run: stdout", r"return: outputs\.", r"run of local: \d+ stamps in the file names of one run", _TREE),
        scene="killed in an analysis",
    ),
    Fault(
        "D12", "order of saving", "the unified file is published before the file sets",
        "kill", (r"run: stdout.*left by the killed run: unified_analysis",), follows=("run: stdout",),
        scene="killed at a set",
    ),
    Fault(
        "D13", "shared input", "an analysis changes the document that the next ones read",
        "artifacts", (r"emotional_journey\.result: ", r"person_framing\.result: "),
        follows=(r"(emotional_journey|person_framing|scene_pacing|speech_analysis|visual_overlay_analysis)\.",
                 r"metadata_analysis\."),
    ),
    Fault(
        "D14", "failed analysis ends the run", "an analysis that fails stops all others",
        "failure parity", (r"(return|failure|run of local): ",), follows=(r"",), scene="analysis fails",
    ),
    Fault(
        "D15", "partial file sets", "after an error of the disk half-written files stay behind",
        "failure parity", (r"run: tree.*partial",), follows=(_TREE,), scene="full disk",
    ),
    Fault(
        "D16", "top-level failure", "an error is raised through: a traceback instead of the failure structure",
        "failure parity", (r"failure: .*missing|failure: .*wrote no", r"(run of local|run: exit_code)"), follows=(r"",),
        scene="service fails",
    ),
    Fault(
        "D17", "success flag", "the run says success although an analysis failed",
        "failure parity", (r"return: success", r"(run: exit_code|run of local: )"),
        follows=(r"return: ", r"run: (exit_code|stdout)", r"run of local: "), scene="analysis fails",
    ),
    Fault(
        "D18", "stdout and stderr", "no progress lines; other libraries' messages are let through",
        "log lines", (r"run: stdout", r"run: log: extra; local 'INFO third\.party"), follows=(r"run: log: extra",),
    ),
    Fault(
        "D19", "log level", "LOG_LEVEL is ignored",
        "log lines", (r"run: log: extra; local 'INFO ",), scene="quiet",
    ),
    Fault(
        "D20", "memory guard", "no garbage is collected when memory runs full",
        "log lines", (r"run: log: missing; production 'WARNING .*memory guard",), scene="full memory",
    ),
    Fault(
        "D21", "audio cleanup after failures", "a failed run leaves the extracted sound behind",
        "failure parity", (r"run: tree.*<temp>/.*\.wav",), follows=(_TREE,), scene="service fails",
    ),
    Fault(
        "D22", "copy of the video", "the local runner copies the video into the temporary folder",
        "artifacts", (r"run: tree.*temp/",), follows=(_TREE,),
    ),
    Fault(
        "D23", "complete file of the markers", "it has four keys only",
        "artifacts", (r"temporal_markers\.complete: (source|processing_mode|version)",),
        follows=(r"temporal_markers\.complete: ",),
    ),
    Fault(
        "D24", "error markers", "markers that failed are saved as an empty document",
        "failure parity", (r"temporal_markers\.(result|ml|complete): ", r"run: tree.*temporal_markers"),
        follows=(r"run: tree", r"temporal_markers\.", r"return: outputs\.temporal", r"unified: (temporalMarkers|pipeline_status)"),
        scene="markers fail",
    ),
    Fault(
        "D25", "service files under a hash", "a service keeps its output in a folder named by a hash",
        "artifacts", (r"run: tree.*object_detection_outputs",), follows=(_TREE,),
    ),
    Fault(
        "D26", "missing file", "a file that is not there is raised before the run begins",
        "failure parity", (r"(failure: .*(missing|wrote no)|run of local: )",), follows=(r"",), scene="no file",
    ),
    Fault(
        "D27", "metadata file", "--metadata is ignored",
        "artifacts", (r"unified: metadata\.views", r"metadata_analysis\.result: "),
        follows=(r"unified: metadata\.", *_OF_METADATA), scene="named",
    ),
    Fault(
        "D28", "exit code of wrong arguments", "a missing argument ends with 1",
        "failure parity", (r"run: exit_code",), follows=(r"run: stdout", r"run of local: "), scene="no argument",
    ),
    # Drifts that stand in the source alone: the rule of the static check that must name them.
    Fault("S1", "a question about the source", "the timeline asks which configuration it serves",
          "sync", (r"sync unaware: ",), follows=(r"sync layers: ",)),
    Fault("S2", "a setting of one source", "the local source reads an environment variable of its own",
          "sync", (r"sync environment: ",), follows=(r"sync settings: ",)),
    Fault("S3", "a plain write", "the report could be written in place", "sync", (r"sync writes: ",)),
    Fault("S4", "a service that one list lacks", "the registry has no expressions",
          "sync", (r"sync services: ",), follows=(r"sync (documents|stages|settings): ",)),
    Fault("S5", "a prefix of an older table", "schema and analysis disagree on the prefix",
          "sync", (r"sync analyses: ",), follows=(r"sync (file-kinds|documents|goldens|leaves): ",)),
    Fault("S6", "other stages", "a recording goes through other stages than a video", "sync", (r"sync stages: ",)),
    Fault("S7", "a line on stdout", "a service prints", "sync", (r"sync stdout: ",)),
    Fault("S8", "a failure with exit code 0", "errors of the platform end with 0", "sync", (r"sync exit-codes: ",)),
    Fault("S9", "a fixed folder", "a service has the temporary folder's name in its code",
          "sync", (r"sync folders: ",)),
    Fault("S10", "a temporary file", "the sound is put into a file that nobody removes",
          "sync", (r"sync temporary: ",), follows=(r"sync writes: ",)),
)  # fmt: skip

SPARED: tuple[Spared, ...] = (
    Spared(
        "D29", "JSON formatting",
        "no difference: both write indent 2; another indent is a control, for it changes no value",
    ),
    Spared(
        "D30", "response validator",
        "an import that nothing used; it has no behaviour to be re-introduced",
    ),
)  # fmt: skip
