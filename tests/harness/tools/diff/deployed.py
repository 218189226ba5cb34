"""Folders as the deployed system writes them: its fields, types and files, older than today's contract.

Production saves each analysis under a stamp of its own, local all under one; local's complete file of the temporal markers has
four keys only. A test changes what it needs.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BLOCKS = ("CoreMetrics", "Dynamics", "Interactions", "KeyEvents", "Patterns", "Quality")
PREFIXES = {
    "creative_density": "density",
    "emotional_journey": "emotional",
    "person_framing": "personFraming",
    "scene_pacing": "scenePacing",
    "speech_analysis": "speech",
    "visual_overlay_analysis": "visualOverlay",
    "metadata_analysis": "metadata",
    "temporal_markers": "",
}
FORMS = ("complete", "ml", "result")


def results() -> dict[str, Any]:
    """The result form of all eight outputs of one short video, with the deployed system's fields and types."""
    return copy.deepcopy(_RESULTS)


@dataclass
class Folder:
    """``insights/<id>``, written by ``save``. ``stamps``: one for all analyses (local), or one each (production)."""

    root: Path
    video_id: str = "7000000000000000001"
    local: bool = False
    results: dict[str, Any] = field(default_factory=results)
    stamp: str = "20250811_124759"

    def save(self) -> Path:
        for number, name in enumerate(self.results):
            self.save_set(name, self.stamp if self.local else f"{self.stamp[:-2]}{number:02}")
        return self.path

    @property
    def path(self) -> Path:
        return self.root / "insights" / self.video_id

    def save_set(self, name: str, stamp: str, forms: tuple[str, ...] = FORMS) -> None:
        result = self.results[name]
        documents = {"result": result, "ml": ml(name, result), "complete": self.complete(name)}
        for form in forms:
            write(self.path / name / f"{name}_{form}_{stamp}.json", documents[form])

    def complete(self, name: str) -> dict[str, Any]:
        result = self.results[name]
        made = {
            "analysis_type": name,
            "success": True,
            "result": json.dumps(result),
            "parsed_response": ml(name, result),
            "source": "python_precompute",
            "processing_mode": "python_only",
            "version": "2.0",
        }
        if self.local and name == "temporal_markers":
            return {key: made[key] for key in ("analysis_type", "success", "result", "parsed_response")}
        return made

    def file(self, name: str, form: str) -> Path:
        return sorted((self.path / name).glob(f"{name}_{form}_*.json"))[-1]

    def change(self, name: str, form: str, *steps: Any, value: Any) -> None:
        """Set one value in one file (NaN and anything else that Python's JSON can write)."""
        file = self.file(name, form)
        document = json.loads(file.read_text())
        place = document
        for step in steps[:-1]:
            place = place[step]
        place[steps[-1]] = value
        file.write_text(json.dumps(document))


def ml(name: str, result: Any) -> Any:
    prefix = PREFIXES[name]
    if not isinstance(result, dict) or not prefix:
        return result
    names = {f"{prefix}{block}": block for block in BLOCKS}
    return {names.get(key, key): value for key, value in result.items()}


def write(file: Path, document: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document if isinstance(document, str) else json.dumps(document, indent=2))
    return file


def _curve(numbers: list[int]) -> list[dict[str, Any]]:
    return [{"second": s, "density": n, "primaryElement": "text" if n else "none"} for s, n in enumerate(numbers)]


_RESULTS: dict[str, Any] = {
    "creative_density": {
        "densityCoreMetrics": {
            "avgDensity": 5.5, "maxDensity": 12.0, "minDensity": 0.0, "stdDeviation": 3.25, "totalElements": 44,
            "elementsPerSecond": 5.5,
            "elementCounts": {"text": 16, "sticker": 0, "transition": 3, "object": 4, "gesture": 0, "expression": 24},
            "sceneChangeCount": 3, "timelineCoverage": 0.875, "confidence": 0.95,
        },
        "densityDynamics": {
            "densityCurve": _curve([4, 12, 4, 0, 8, 4, 4, 8]), "volatility": 0.59, "accelerationPattern": "oscillating",
            "densityProgression": "stable", "emptySeconds": [3], "confidence": 0.95,
        },
        "densityInteractions": {
            "multiModalPeaks": [{"timestamp": "1-2s", "elements": ["text", "object", "expression"], "syncType": "complementary"}],
            "elementCooccurrence": {"object_text": 2}, "dominantCombination": "object_text", "coordinationScore": 0.125,
            "confidence": 0.9,
        },
        "densityKeyEvents": {
            "peakMoments": [
                {"timestamp": "1-2s", "totalElements": 12, "surpriseScore": 2.0,
                 "elementBreakdown": {"text": 4, "sticker": 0, "transition": 0, "scene_change": 0}},
            ],
            "deadZones": [], "densityShifts": [{"timestamp": 3, "from": "medium", "to": "none", "magnitude": 0.33}],
            "confidence": 0.95,
        },
        "densityPatterns": {
            "structuralFlags": {
                "strongOpeningHook": True, "crescendoPattern": False, "frontLoaded": False, "consistentPacing": False,
                "finalCallToAction": True, "rhythmicPattern": False,
            },
            "densityClassification": "dense", "pacingStyle": "oscillating", "cognitiveLoadCategory": "challenging",
            "mlTags": ["density_computed", "avg_5.5"], "confidence": 0.85,
        },
        "densityQuality": {
            "dataCompleteness": 0.95, "overallConfidence": 0.9,
            "detectionReliability": {
                "textOverlay": 0.95, "sticker": 0.92, "transition": 0.85, "sceneChange": 0.85, "object": 0.88, "gesture": 0.87,
            },
        },
    },
    "emotional_journey": {
        "emotionalCoreMetrics": {
            "uniqueEmotions": 2, "emotionTransitions": 1, "dominantEmotion": "joy", "emotionalDiversity": 0.17,
            "gestureEmotionAlignment": 0.0, "audioEmotionAlignment": 0.0, "captionSentiment": "neutral",
            "emotionalIntensity": 0.8, "confidence": 0.85,
        },
        "emotionalDynamics": {
            "emotionProgression": [{"timestamp": "0-1s", "emotion": "joy", "intensity": 0.8}],
            "transitionSmoothness": 0.67, "stabilityScore": 0.67, "emotionalArc": "evolving", "peakEmotionMoments": [],
            "tempoEmotionSync": 0.0, "confidence": 0.8,
        },
        "emotionalInteractions": {
            "gestureReinforcement": 0.0, "multimodalCoherence": 0.0, "emotionalContrastMoments": [], "confidence": 0.75,
        },
        "emotionalKeyEvents": {
            "emotionalPeaks": [], "transitionPoints": [{"timestamp": "1s", "fromEmotion": "joy", "toEmotion": "neutral"}],
            "climaxMoment": "1s", "resolutionMoment": None, "confidence": 0.88,
        },
        "emotionalPatterns": {
            "journeyArchetype": "discovery", "emotionalTechniques": ["steady_state"], "pacingStrategy": "gradual_build",
            "viewerJourneyMap": "gradual_build", "engagementHooks": [], "confidence": 0.82,
        },
        "emotionalQuality": {
            "detectionConfidence": 0.8, "timelineCoverage": 0.38, "emotionalDataCompleteness": 1.0,
            "analysisReliability": "high", "missingDataPoints": [], "overallConfidence": 0.73,
        },
    },
    "person_framing": {
        "personFramingCoreMetrics": {
            "primarySubject": "single", "averageFaceSize": 6.4, "faceVisibilityRate": 0.63, "framingConsistency": 0,
            "subjectCount": 1, "dominantFraming": "medium", "eyeContactRate": 0.5,
        },
        "personFramingDynamics": {
            "gazeSteadiness": "high", "framingProgression": [{"type": "wide", "start": 0, "end": 5, "duration": 5}],
            "distanceVariation": 0, "framingTransitions": 0, "movementPattern": "static", "stabilityScore": 0.8,
        },
        "personFramingInteractions": {
            "multiPersonDynamics": {}, "speakerFraming": {}, "interactionZones": [], "socialDistance": "personal",
        },
        "personFramingKeyEvents": {"closeUpMoments": [], "groupShots": [], "keySubjectMoments": [], "framingChanges": 1},
        "personFramingPatterns": {
            "framingDistribution": {"extreme_close": 0, "close": 0.2, "medium": 0.6, "full": 0.2},
            "compositionRule": "center", "cinematicStyle": "casual", "framingTechnique": "standard",
        },
        "personFramingQuality": {
            "compositionScore": 0.7, "framingAppropriate": 0.8, "visualEngagement": 0.75, "professionalLevel": 0.6,
            "overallScore": 0.72,
        },
    },
    "scene_pacing": {
        "scenePacingCoreMetrics": {
            "totalScenes": 4, "averageSceneDuration": 2.67, "scenesPerMinute": 22.5, "pacingScore": 0,
            "rhythmConsistency": "varied", "transitionSmoothing": 0.8,
        },
        "scenePacingDynamics": {
            "pacingProgression": [], "sceneRhythm": "regular", "temporalFlow": "linear", "accelerationPoints": [],
            "decelerationPoints": [],
        },
        "scenePacingInteractions": {"audioVisualSync": 0.8, "beatMatching": 0, "emotionalPacing": 0.7, "narrativeFlow": 0.75},
        "scenePacingKeyEvents": {
            "longestScene": {"duration": 0, "timestamp": "0-5s"}, "shortestScene": {"duration": 0, "timestamp": "0-1s"},
            "pacingShifts": [], "climaxTiming": 0.7,
        },
        "scenePacingPatterns": {
            "editingStyle": "rhythmic", "transitionTypes": ["cut"], "pacingPattern": "steady", "rhythmStructure": "4/4",
        },
        "scenePacingQuality": {
            "flowScore": 0.75, "engagementPacing": 0.7, "viewerRetention": 0.65, "editingQuality": 0.7, "overallScore": 0.71,
        },
    },
    "speech_analysis": {
        "speechCoreMetrics": {
            "totalWords": 20, "speechDensity": 2.5, "wordsPerMinute": 171.4, "vocabularyDiversity": 0.85,
            "silenceRatio": 0.13, "speechCoverage": 0.88, "avgSegmentDuration": 3.5, "uniqueWords": 17, "confidence": 0.85,
        },
        "speechDynamics": {
            "wpmProgression": [120.0, 180.0, 180.0, 180.0, 180.0, 180.0, 180.0, 120.0], "silencePeriods": [],
            "speechBursts": [{"start": 0.0, "end": 5.0, "duration": 5.0, "energy": 1.0, "type": "high_energy"}],
            "burstPattern": "front_loaded", "energyVariance": 0.04, "hasAudioEnergy": True, "pacingVariation": 0,
            "temporalAlignment": {
                "gesture_emphasis_moments": [], "expression_peaks_during_speech": [], "lip_sync_quality": 0.8,
                "body_language_congruence": 0.5,
            },
        },
        "speechInteractions": {
            "speechGestureSync": 0, "speechEmotionAlignment": 0, "speechTextOverlap": 0, "multiModalCoherence": 0,
        },
        "speechKeyEvents": {
            "longestSegment": {"duration": 4.0, "timestamp": "0-5s", "words": 0},
            "climaxMoment": {"timestamp": 3.2, "intensity": 0}, "silentMoments": [],
        },
        "speechPatterns": {
            "repetitionRate": 0, "emphasisTechniques": [], "narrativeStyle": "conversational", "verbalHooks": [],
        },
        "speechQuality": {
            "clarity": 0.8, "engagement": 0.7, "emotionalRange": 0.5, "deliveryStyle": "natural", "overallScore": 0.75,
        },
    },
    "visual_overlay_analysis": {
        "visualOverlayCoreMetrics": {
            "totalOverlays": 4, "totalTextOverlays": 4, "totalStickers": 0, "uniqueOverlayCount": 4, "overlayDensity": 0.5,
            "uniqueOverlayRatio": 1.0, "timeToFirstOverlay": 0, "avgOverlayDuration": 1.0, "overlayFrequency": 30.0,
            "confidence": 0.92,
        },
        "visualOverlayDynamics": {
            "overlayProgression": [{"timestamp": "0-0s", "overlayCount": 0, "density": 0}], "rhythmConsistency": -1.221,
            "overlayAcceleration": "stable", "temporalDistribution": "front_loaded", "burstPatterns": 1, "confidence": 0.88,
        },
        "visualOverlayInteractions": {
            "overlaySpeechAlignment": 0.5, "overlayGestureSync": 0.0, "multimodalReinforcementCount": 2,
            "multimodalMoments": [{"timestamp": "0s", "textContent": "tap | <b>here</b>", "hasSpeech": True, "hasGesture": False}],
            "crossModalCoherence": 0.25, "confidence": 0.85,
        },
        "visualOverlayKeyEvents": {
            "overlayPeaks": [], "ctaMoments": [{"timestamp": "7s", "ctaType": "link", "textContent": "link in bio"}],
            "climaxMoment": None, "quietMoments": ["0-0s"], "confidence": 0.9,
        },
        "visualOverlayPatterns": {
            "overlayStrategy": "minimal", "overlayTechniques": ["direct_cta"], "engagementArchetype": "informational",
            "pacingPattern": "stable", "contentFocus": "informational", "confidence": 0.87,
        },
        "visualOverlayQuality": {
            "dataCompleteness": 1.0, "detectionConfidence": 0.85, "analysisReliability": "high", "missingDataPoints": [],
            "timelineCoverage": 0.5, "overallConfidence": 0.93,
        },
    },
    "metadata_analysis": {
        "metadataCoreMetrics": {
            "captionLength": 40, "wordCount": 6, "hashtagCount": 2, "emojiCount": 1, "mentionCount": 0,
            "engagementRate": 12.5, "viewCount": 1000, "videoDuration": 8,
        },
        "metadataDynamics": {
            "hashtagStrategy": "minimal", "emojiDensity": 0.17, "mentionDensity": 0.0, "publishHour": 12, "publishDayOfWeek": 0,
        },
        "metadataInteractions": {"likeCount": 100, "commentCount": 20, "shareCount": 5},
        "metadataKeyEvents": {
            "hashtags": ["fyp", "cats"], "keyMentions": [], "primaryEmojis": ["🐈"], "hasHook": 0, "callToAction": 1,
        },
        "metadataPatterns": {
            "hashtagBreakdown": {"total": 2, "generic": 1, "niche": 1, "genericRatio": 0.5, "strategy": "minimal"},
            "ctaFeatures": {
                "hasCTA": 1, "ctaFollow": 1, "ctaLike": 0, "ctaComment": 0, "ctaShare": 0, "ctaUrgency": 0, "ctaCount": 1,
            },
            "hasQuestion": 0, "hasExclamation": 1,
        },
        "metadataQuality": {"wordCount": 6, "hasCaption": 1, "linkPresent": 0},
    },
    "temporal_markers": {
        "first_5_seconds": {
            "density_progression": [4, 10, 4, 0, 8],
            "text_moments": [{"timestamp": "0s", "text": "hello there", "duration": 1.1, "position": "right"}],
            "emotion_sequence": ["neutral", "neutral", "positive", "neutral", "neutral"], "gesture_moments": [],
            "object_appearances": [], "speech_segments": [{"start": "0s", "end": "4s", "text": "This is what I do"}],
            "scene_changes": [0.0, 2.4],
        },
        "cta_window": {
            "time_range": "6-8s", "cta_appearances": [{"timestamp": "7s", "keyword": "link", "context": "link in bio", "type": "text"}],
            "gesture_sync": {"gesture_count": 0, "speech_count": 1, "sync_ratio": 0.0}, "object_focus": [],
            "speech_emphasis": {"speech_duration": 4.0, "word_count": 10, "words_per_second": 2.5, "segment_count": 1},
            "text_overlays": [{"timestamp": "7s", "text": "link in bio", "duration": 1.1, "position": "right"}],
        },
        "peak_moments": [{"timestamp": 1.0, "intensity": 12.5, "events": ["text: hello there", "face"]}],
        "engagement_curve": [0.8, 0.35],
        "metadata": {
            "video_id": "7000000000000000001", "duration": 8.0, "generated_at": "2025-08-11T12:47:59.623997",
            "ml_data_available": {"yolo": True, "whisper": True, "ocr": True, "mediapipe": True, "scene": True},
        },
    },
}  # fmt: skip
