"""Payloads as a real run makes them: any number of differences, and texts that try to break out."""

from __future__ import annotations

import base64
import io
import math
from typing import Any

from PIL import Image, ImageDraw

CASES = (
    "edge_case", "five_sections", "high_energy", "hook_and_loop", "minimal", "product_cta", "rapid_cuts", "story",
    "text_heavy", "tutorial", "replay_broken", "replay_feelings", "replay_older", "replay_pair", "broken_analysis",
    "broken_cut", "broken_disk", "broken_empty", "broken_folder", "broken_id", "broken_kill", "broken_limit",
    "broken_markers", "broken_metadata", "broken_missing", "broken_service", "broken_setting", "broken_stop",
    "broken_taken", "broken_text", "broken_weights",
)  # fmt: skip
ANALYSES = (
    "creative_density",
    "emotional_journey",
    "metadata_analysis",
    "person_framing",
    "scene_pacing",
    "speech_analysis",
    "temporal_markers",
    "visual_overlay_analysis",
)
ARTIFACTS = (
    "unified",
    "return",
    "report",
    "run",
    *(f"{name}.{form}" for name in ANALYSES for form in ("result", "ml", "complete")),
    "failure",
)
COLUMNS = (
    {
        "id": "runners",
        "title": "local = production",
        "check": "configurations",
        "configuration": "local",
        "against": "production",
    },
    {
        "id": "golden-production",
        "title": "production ~ golden",
        "check": "golden",
        "configuration": "production",
        "against": "golden",
    },
    {"id": "golden-local", "title": "local ~ golden", "check": "golden", "configuration": "local", "against": "golden"},
    {"id": "repeated", "title": "repeat = local", "check": "repeated", "configuration": "repeat", "against": "local"},
)
TEXTS, PACING = "ocr-values-dd9d584d", "scene_pacing-values-4e551853"
ROW = (
    "cause", "role", "check", "case", "configuration", "against", "artifact", "stage", "path", "kind", "expected", "actual",
    "magnitude", "unit", "allowed", "would_pass", "note",
)  # fmt: skip
NUMBERS = ("magnitude", "allowed", "would_pass")

#: What an OCR, a file name or a platform's metadata may say.
HOSTILE = (
    "</script><script>window.broken=1</script>",
    '<img src=x onerror="window.broken=2">',
    "\x1b[31mred\x1b[0m \x1b]8;;http://example.com\x07link\x1b]8;;\x07",
    "abc\u202edcba\u202c \u200bzero\ufeff",
    "line\u2028separator\u2029 \x00nul \ud800lone",
    "javascript:alert(1)//\"'`--><!--<svg onload=alert(1)>",
    "{{ 7*7 }} {% raw %} ${window.broken=3}",
)


def payload(differences: int = 240, *, say: str | None = None, cases: int = len(CASES)) -> dict[str, Any]:
    """A drift of two causes with ``differences`` differences; ``say`` is put wherever a text of others can stand.

    ``cases``: how many the matrix shows.
    """
    rows = list(_rows(differences, say))
    return {
        "format": "parity-page/1",
        "title": say or "parity of the example: drift",
        "verdict": {
            "label": "drift", "exit_code": 1, "meaning": "a difference beyond tolerance, or a missing or extra artifact",
            "others": [{"label": "stale", "meaning": "a golden or a declared difference that nothing needs"}],
        },
        "started": "2026-11-23T13:49:36+00:00", "seconds": 241.4, "pipeline": "example",
        "configurations": ["production", "local"],
        "media_note": None,
        "matrix": _matrix(CASES[:cases]),
        "first_stage": {"stage": "ocr", "kind": "service", "title": "service ocr", "number": 4, "cases": ["text_heavy"]},
        "causes": [_texts(rows, say), _pacing(rows)],
        "differences": table(rows),
        "curves": [_curve(say), _curve(say, case="tutorial", title="energy"), _feelings()],
        "frames": [_frame(say), _frame(say, image=False)],
        "stages": _stages(),
        "provenance": _provenance(say),
        "machines": [say or "The goldens were recorded on another class of processor (AMD EPYC 7763); its spread is known: "
                     "0.002 of a probability."],
        "messages": [
            {"place": say or "broken_text · local", "text": say or "run ended with exit code 1\nas it has to", "verdict": "drift"},
        ],
        "expectations": {"passed": 138, "total": 139, "failed": [{
            "case": "text_heavy", "configuration": "local", "component": "ocr", "expected": "'TWENTY WORDS' at 0.4 s",
            "got": say or "no such text",
        }]},
        "ignored": {
            "share": {column["title"]: {"ignored": 264, "leaves": 32902, "volatile": 246, "environment": 0, "declared": 18,
                                        "media": 0} for column in COLUMNS},
            "rules": [{"case": "edge_case", "artifact": "report", "path": f"device.fact_{at}", "by": "environment",
                       "reason": say or "depends on what is installed on the machine"} for at in range(40)],
            "total": 40,
        },
        "stale": {"goldens": [say or "golden/snapshots/gone/unified.json"], "declared": []},
        "next": ["mend service ocr, then `parity run --case text_heavy`",
                 f"or, if it is meant, `parity accept --cause {TEXTS} --run 5d21c0 --reason \"…\"`"],
    }  # fmt: skip


def table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows as the page reads them: texts once, in the cells their indices."""
    strings: dict[str, int] = {}
    cells = [
        [
            row[name] if name in NUMBERS or row[name] is None else strings.setdefault(row[name], len(strings))
            for name in ROW
        ]
        for row in rows
    ]
    return {"total": len(cells), "strings": list(strings), "columns": list(ROW), "rows": cells}


def _rows(number: int, say: str | None) -> Any:
    """Two thirds of the rows are texts and what follows from them, one third are numbers of an analysis."""
    words = ["LINK", "IN", "BIO", "NOW", "TWENTY", "WORDS", "STEP", "ONE", "SHORT", "BREAK", "FOLLOW", "FOR", "MORE"]
    for at in range(number):
        column = COLUMNS[1 + at % 2]
        place = {"check": column["check"], "configuration": column["configuration"], "against": "golden"}
        if at % 3 < 2:
            own = at % 9 < 4
            artifact = "unified" if own else f"{ANALYSES[at % len(ANALYSES)]}.{('ml', 'result', 'complete')[at % 3]}"
            yield {
                **place,
                "cause": TEXTS,
                "role": "own" if own else "follows",
                "case": "text_heavy",
                "artifact": artifact,
                "stage": "ocr" if own else artifact.partition(".")[0],
                "path": f"ml_data.ocr.textAnnotations[{at}].text" if own else f"overlay.timeline[{at}].value",
                "kind": "value",
                "expected": f"'{words[at % 13]} {at}'",
                "actual": say or f"'{words[(at + 3) % 13]} {at}'",
                "magnitude": round(0.1 + at % 7 / 10, 3),
                "unit": "CER",
                "allowed": 0.05,
                "would_pass": None,
                "note": "class read_text",
            }
        else:
            amount = 0.004 * (1 + at % 230)
            yield {
                **place,
                "cause": PACING,
                "role": "own",
                "case": CASES[at % 10],
                "artifact": f"scene_pacing.{('ml', 'result', 'complete')[at % 3]}",
                "stage": "scene_pacing",
                "path": f"CoreMetrics.scenes[{at}].averageSceneDuration",
                "kind": "value",
                "expected": f"{1.59 + at / 100:.4f}",
                "actual": f"{1.59 + at / 100 + amount:.4f}",
                "magnitude": amount,
                "unit": "s",
                "allowed": 0.003,
                "would_pass": amount,
                "note": "class time",
            }


def _count(rows: list[dict[str, Any]], cause: str) -> int:
    return sum(row["cause"] == cause for row in rows)


def _texts(rows: list[dict[str, Any]], say: str | None) -> dict[str, Any]:
    return {
        "id": TEXTS, "title": say or "service ocr: 3 texts of ml_data.ocr.textAnnotations[*].text differ", "kind": "values",
        "stage": "ocr", "cases": ["text_heavy"],
        "comparisons": [{"check": "golden", "configuration": name, "against": "golden",
                         "differences": _count(rows, TEXTS) // 2} for name in ("local", "production")],
        "paths": ["ml_data.ocr.textAnnotations[*].text"], "artifacts": ["unified"], "values": 3,
        "differences": _count(rows, TEXTS), "leaves": _count(rows, TEXTS), "largest": None, "would_pass": {},
        "parts": [{"kind": "values", "title": "3 texts differ", "paths": [], "differences": 3, "leaves": 3}],
        "proven": True,
        "proof": ["the analysis code is innocent: fed with the golden's data, local's code reproduces 25 of 25 artifacts "
                  "exactly (text_heavy)", "the reverse, only service ocr of local: changes timeline, temporal_markers"],
        "follows": [{"stage": "timeline", "differences": 12, "artifacts": ["unified"], "proven": True},
                    {"stage": "speech_analysis", "differences": 16, "artifacts": ["speech_analysis.ml"], "proven": True}],
        "examples": [{"check": "golden", "case": "text_heavy", "configuration": "local", "against": "golden",
                      "artifact": "unified", "file": "golden/snapshots/text_heavy/unified.json",
                      "path": "ml_data.ocr.textAnnotations[0].text", "expected": "TWENTY WORDS", "actual": "LINK IN BIO NOW",
                      "text": say or "ml_data.ocr.textAnnotations[0].text: golden 'TWENTY WORDS', local 'LINK IN BIO NOW'"}],
        "next": "parity diff golden/snapshots/text_heavy reports/captures/text_heavy/local --field '*text'",
        "accept": f'parity accept --cause {TEXTS} --run 5d21c0 --reason "…"',
        "accepted_before": [{"record": "8c1de0aa4f10", "date": "2026-10-02T09:12:44+00:00", "author": say or "R. Keeper",
                             "reason": say or "the new recogniser reads small capitals"}],
        "curves": [0, 1], "frames": [0, 1],
    }  # fmt: skip


def _pacing(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": PACING, "title": "analysis scene_pacing: 5 values of CoreMetrics.averageSceneDuration differ", "kind": "values",
        "stage": "scene_pacing", "cases": list(CASES[:10]),
        "comparisons": [{"check": "golden", "configuration": name, "against": "golden",
                         "differences": _count(rows, PACING) // 2} for name in ("local", "production")],
        "paths": ["CoreMetrics.averageSceneDuration", "Quality.flowScore"],
        "artifacts": ["scene_pacing.complete", "scene_pacing.ml", "scene_pacing.result"], "values": 9,
        "differences": _count(rows, PACING), "leaves": _count(rows, PACING),
        "largest": {"magnitude": 0.9199999999999999, "unit": "s", "allowed": 0.003, "case": "tutorial",
                    "artifact": "scene_pacing.complete",
                    "path": "result(json).scenePacingCoreMetrics.averageSceneDuration"},
        "would_pass": {"ratio": 0.13136168488525202, "s": 0.9199999999999999},
        "parts": [{"kind": "values", "title": f"5 values of {name} differ", "paths": [], "differences": 9, "leaves": 9}
                  for name in ("CoreMetrics.averageSceneDuration", "Quality.flowScore")],
        "proven": False, "proof": ["not proven: the run on exchanged data failed"], "follows": [], "examples": [],
        "next": "parity diff golden/snapshots/tutorial reports/captures/tutorial/local --field '*averageSceneDuration'",
        "accept": f'parity accept --cause {PACING} --run 5d21c0 --reason "…"',
        "accepted_before": [], "curves": [2], "frames": [],
    }  # fmt: skip


def _matrix(cases: tuple[str, ...]) -> dict[str, Any]:
    cells = []
    for case_at, case in enumerate(cases):
        failing = case.startswith("broken")
        for at, artifact in enumerate(ARTIFACTS):
            if failing != (artifact in ("failure",)) and artifact not in ("run", "return"):
                continue
            for column_at, column in enumerate(COLUMNS):
                touched = case == "text_heavy" or (case_at < 10 and artifact.startswith("scene_pacing"))
                drift = touched and column["check"] == "golden" and artifact not in ("run", "report", "return")
                state = "drift" if drift else "parity"
                if case == "broken_kill" and artifact == "run":
                    state = "pipeline"
                differing = (7 * (at + 3) % 140 or 1) if drift else 0
                cells.append(
                    [case_at, at, column_at, state, 120, 3 * (column["check"] == "golden"), 0, 4, 0, differing]
                )
    return {"columns": list(COLUMNS), "cases": list(cases), "artifacts": list(ARTIFACTS), "cells": cells}


def _curve(say: str | None, *, case: str = "text_heavy", title: str = "density of overlays") -> dict[str, Any]:
    golden = [[at / 2, round(2 + math.sin(at / 5) + at / 40, 4)] for at in range(60)]
    local = [[x, (y if not 10 <= x <= 14 else round(y + 0.8 * math.sin((x - 10) * math.pi / 4), 4))] for x, y in golden]
    local[40][1] = None
    differs = [x for (x, y), (_, other) in zip(golden, local, strict=True) if y != other]
    return {
        "case": case,
        "artifact": "creative_density.ml",
        "path": "density.curve",
        "title": say or title,
        "x": {"title": "time", "unit": "s"},
        "y": {"title": "elements", "unit": "per second"},
        "labels": None,
        "sides": [{"title": "golden", "points": golden}, {"title": "local", "points": local}],
        "differs": differs,
        "column": "golden-local",
    }


def _feelings() -> dict[str, Any]:
    labels = ["joy", "sadness", "neutral", "surprise"]
    golden = [[at, (at // 4) % 4] for at in range(30)]
    local = [[x, y if x < 18 else 2] for x, y in golden]
    return {
        "case": "story",
        "artifact": "emotional_journey.ml",
        "path": "journey",
        "title": "emotions",
        "x": {"title": "time", "unit": "s"},
        "y": {"title": "emotion", "unit": ""},
        "labels": labels,
        "sides": [{"title": "golden", "points": golden}, {"title": "local", "points": local}],
        "differs": [x for (x, y), (_, other) in zip(golden, local, strict=True) if y != other],
        "column": "golden-local",
    }


def _frame(say: str | None, *, image: bool = True) -> dict[str, Any]:
    person = {"x": 0.1, "y": 0.05, "w": 0.8, "h": 0.9, "label": "person", "text": False, "stage": "yolo"}
    read = {"x": 0.12, "y": 0.42, "w": 0.76, "h": 0.07, "label": "TWENTY WORDS", "text": True, "stage": "ocr"}
    return {
        "case": "text_heavy",
        "time": 0.4,
        "title": "first text that differs",
        "width": 360,
        "height": 640,
        "image": picture() if image else None,
        "why_no_image": None if image else "the case is a recording: there is no video",
        "sides": [
            {"title": "golden", "boxes": [person, read], "notes": []},
            {
                "title": "local",
                "boxes": [person, {**read, "x": 0.2, "w": 0.6, "label": say or "LINK IN BIO NOW"}],
                "notes": [say or "speech: 'link in bio'"],
            },
        ],
        "cause": TEXTS,
    }


def picture() -> str:
    """A small portrait picture as a data address."""
    image = Image.new("RGB", (360, 640), (52, 60, 78))
    draw = ImageDraw.Draw(image)
    for y in range(640):
        draw.line((0, y, 360, y), fill=(40 + y // 12, 50 + y // 16, 80 + y // 20))
    draw.ellipse((110, 90, 250, 250), fill=(214, 170, 140))
    draw.rounded_rectangle((60, 260, 300, 640), 60, fill=(150, 60, 70))
    draw.rectangle((44, 270, 316, 312), fill=(250, 250, 250))
    draw.text((120, 284), "TWENTY WORDS", fill=(10, 10, 10))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=70)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()


def _stages() -> list[dict[str, Any]]:
    services = ("yolo", "whisper", "mediapipe", "ocr", "scene_detection", "audio_energy", "emotion_detection")
    upstream = ["source", "media", *services]
    analyses = [name for name in ANALYSES if name != "temporal_markers"]
    given = [("source", "source", []), ("media", "media", [])]
    given += [
        (name, "service", ["media", *(["mediapipe"] if name == "emotion_detection" else [])]) for name in services
    ]
    given += [("timeline", "derived", upstream), ("temporal_markers", "derived", [*upstream, "timeline"])]
    given += [(name, "analysis", [*upstream, "timeline"]) for name in analyses]
    given += [("report", "output", [*upstream, "timeline", *ANALYSES]), ("return", "output", ["report"])]
    given += [("unified file", "output", ["timeline", "temporal_markers"]), ("run", "output", ["report", "return"])]
    state = {
        "ocr": ("first", 36),
        "scene_pacing": ("own", 72),
        "timeline": ("follows", 12),
        "temporal_markers": ("follows", 30),
        "speech_analysis": ("follows", 16),
        "visual_overlay_analysis": ("follows", 40),
    }
    return [
        {
            "name": name,
            "title": f"{kind} {name}" if kind in ("service", "analysis") else name,
            "kind": kind,
            "needs": needs,
            "number": number,
            "state": state.get(name, ("same", 0))[0],
            "differences": state.get(name, ("same", 0))[1],
        }
        for number, (name, kind, needs) in enumerate(given, start=-1)
    ]


def _provenance(say: str | None) -> dict[str, Any]:
    sides = ["local, this run", "production, this run", "golden of text_heavy"]
    same = {
        "python": "3.11.7",
        "system": "Linux",
        "threads": "1",
        "torch": "2.13.0+cpu",
        "numpy": "2.4.6",
        "av": "18.1.0",
    }
    rows = [{"name": name, "values": [value] * 3, "differs": False} for name, value in same.items()]
    rows.append({"name": "processor", "values": ["Intel Xeon 8370C"] * 2 + [say or "AMD EPYC 7763"], "differs": True})
    rows.append({"name": "easyocr", "values": ["1.7.2", "1.7.2", "1.7.1"], "differs": True})
    rows.append(
        {"name": "weights of the recogniser", "values": ["a1b2c3d4e5f60718", "a1b2c3d4e5f60718", None], "differs": True}
    )
    return {"sides": [{"title": title} for title in sides], "rows": rows}
