"""Names for the canned gesture classifier: bundles made for custom gestures carry it without its label list."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

# The order of the classifier's outputs, as MediaPipe's gesture recogniser guide lists them.
LABELS = ("None", "Closed_Fist", "Open_Palm", "Pointing_Up", "Thumb_Down", "Thumb_Up", "Victory", "ILoveYou")
_INNER, _CLASSIFIER = "hand_gesture_recognizer.task", "canned_gesture_classifier.tflite"


def labelled_bundle(path: Path) -> bytes:
    """The gesture bundle at ``path``, its canned classifier named; MediaPipe's own bundle is returned as it is.

    Without names the library answers every gesture with a nameless category and no index. Imports mediapipe.
    """
    outer = _members(path.read_bytes())
    inner = _members(outer[_INNER])
    if b"TFLITE_METADATA" in inner[_CLASSIFIER]:
        return path.read_bytes()
    inner[_CLASSIFIER] = _label(inner[_CLASSIFIER])
    outer[_INNER] = _stored(inner)
    return _stored(outer)


def _label(model: bytes) -> bytes:
    """A TFLite model with metadata that ties its only output to a label file appended as a zip archive."""
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as meta
    from mediapipe.tasks.metadata import schema_py_generated as tflite

    labels, scores, graph, top = (
        meta.AssociatedFileT(),
        meta.TensorMetadataT(),
        meta.SubGraphMetadataT(),
        meta.ModelMetadataT(),
    )
    labels.name, labels.type = "labels.txt", meta.AssociatedFileType.TENSOR_AXIS_LABELS
    scores.name, scores.associatedFiles = "score", [labels]
    graph.inputTensorMetadata, graph.outputTensorMetadata = [meta.TensorMetadataT()], [scores]
    top.subgraphMetadata, top.minParserVersion = [graph], "1.0.0"
    described = flatbuffers.Builder(0)
    described.Finish(top.Pack(described), b"M001")

    tree = tflite.ModelT.InitFromObj(tflite.Model.GetRootAsModel(model, 0))
    buffer, entry = tflite.BufferT(), tflite.MetadataT()
    buffer.data = list(described.Output())
    entry.name, entry.buffer = b"TFLITE_METADATA", len(tree.buffers)
    tree.buffers.append(buffer)
    tree.metadata = [*(tree.metadata or []), entry]
    packed = flatbuffers.Builder(0)
    packed.Finish(tree.Pack(packed), b"TFL3")
    return bytes(packed.Output()) + _stored({"labels.txt": "\n".join(LABELS).encode()})


def _members(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        return {name: members.read(name) for name in members.namelist()}


def _stored(members: dict[str, bytes]) -> bytes:
    # Stored, not compressed: the library maps the members in place.
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return out.getvalue()
