"""Speech: a real transcription, and the rules for what is not speech."""

import math
from pathlib import Path
from types import SimpleNamespace

import av
import jiwer
import numpy as np
import pytest

from rumiai_v2.errors import ServiceError, UsageError, WeightsError
from rumiai_v2.media.types import Audio
from rumiai_v2.services import speech, weights, whisper_checkpoint
from rumiai_v2.services.speech import Speech
from tests.schema_check import validate

SCHEMA = "services/whisper.schema.json"
SAID = "Welcome back to the channel. Today I will show you three simple tricks. Follow me for more."
DATA = Path(__file__).resolve().parent.parent / "data"


def media(samples, *, duration=None, rate=16_000):
    audio = None if samples is None else Audio(np.asarray(samples, np.float32), rate, "fingerprint")
    length = duration if duration is not None else (0.0 if samples is None else len(samples) / rate)
    return SimpleNamespace(audio=audio, video=SimpleNamespace(duration=length))


@pytest.fixture(scope="module")
def spoken_line():
    with av.open(str(DATA / "welcome.m4a")) as container:
        parts = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(parts)


@pytest.fixture(scope="module")
def transcript(spoken_line):
    return Speech().analyse(media(spoken_line, duration=4.0), {})


@pytest.fixture
def no_model(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the model must not be loaded")

    monkeypatch.setattr(speech, "_transcribe", refuse)


def raw(**changes):
    segment = {
        "start": 1.0,
        "end": 2.0,
        "text": " Hello there. ",
        "avg_logprob": -0.2,
        "no_speech_prob": 0.1,
        "compression_ratio": 1.1,
        "words": [{"word": " Hello", "start": 1.0, "end": 1.4, "probability": 0.9}],
    }
    return segment | changes


def test_a_spoken_line_is_understood_word_for_word(transcript):
    validate(transcript, SCHEMA, strict=True)

    def plain(text):
        return "".join(c for c in text.lower() if c.isalnum() or c == " ")

    assert jiwer.wer(plain(SAID), plain(transcript["text"])) == 0.0
    assert transcript["language"] == "en"
    assert transcript["has_speech"] is True
    assert transcript["metadata"]["model"] == "openai-whisper-base"


def test_words_have_times_in_order_within_the_video(transcript):
    words = [word for segment in transcript["segments"] for word in segment["words"]]
    assert len(words) == len(SAID.split())
    starts = [word["start"] for word in words]
    assert starts == sorted(starts)
    channel = next(word for word in words if word["word"].startswith("channel"))
    assert 0.8 < channel["start"] < channel["end"] < 1.8
    # the clip is said to end at 4.0 s, before the last words
    assert max(word["end"] for word in words) <= 4.0 == transcript["duration"]


def test_confidence_is_the_exponential_of_the_mean_log_probability(transcript):
    for segment in transcript["segments"]:
        assert segment["confidence"] == math.exp(segment["avg_logprob"])
        assert segment["confidence"] > 0.5


def test_no_audio_track_is_a_valid_empty_result(no_model):
    document = Speech().analyse(media(None), {})
    validate(document, SCHEMA, strict=True)
    assert (document["segments"], document["text"], document["language"]) == ([], "", None)
    assert document["metadata"]["has_audio"] is False
    assert document["metadata"]["processed"] is True


@pytest.mark.parametrize("samples", [np.zeros(16_000), np.full(16_000, 0.0009), np.zeros(0)])
def test_audio_below_60_db_throughout_is_not_transcribed(no_model, samples):
    document = Speech().analyse(media(samples), {})
    validate(document, SCHEMA, strict=True)
    assert document["has_speech"] is False
    assert document["metadata"]["has_audio"] is True


def test_a_single_sample_above_60_db_is_no_silence():
    samples = np.zeros(16_000)
    samples[5] = -0.0011
    assert not speech.is_silent(samples)


@pytest.mark.parametrize(
    "segment",
    [
        raw(no_speech_prob=0.61, avg_logprob=-1.01),
        raw(compression_ratio=2.41),
        raw(text="  "),
        raw(start=10.0, end=11.0),
    ],
    ids=["probably no speech", "repetitive", "empty", "after the end"],
)
def test_what_is_no_speech_is_dropped(segment):
    assert [s["id"] for s in speech.spoken([segment, raw(), segment], duration=10.0)] == [0]


@pytest.mark.parametrize(
    "segment", [raw(no_speech_prob=0.9, avg_logprob=-1.0), raw(no_speech_prob=0.6, avg_logprob=-2.0)]
)
def test_one_doubt_alone_drops_nothing(segment):
    assert len(speech.spoken([segment], duration=10.0)) == 1


def test_segments_and_words_are_cut_at_the_end_of_the_video():
    words = [{"word": " there.", "start": 1.2, "end": 9.0, "probability": 0.5}]
    (segment,) = speech.spoken([raw(end=9.0, words=words)], duration=1.5)
    assert (segment["start"], segment["end"], segment["text"]) == (1.0, 1.5, "Hello there.")
    assert segment["words"] == [{"word": "there.", "start": 1.2, "end": 1.5, "probability": 0.5}]


def test_texts_are_joined_by_one_space():
    segments = speech.spoken([raw(), raw(text=" Bye.", start=2.0, end=3.0)], duration=9.0)
    document = speech.document(segments, language="en", audio=None)
    assert (document["text"], document["duration"]) == ("Hello there. Bye.", 3.0)


def test_a_size_that_does_not_exist_names_the_choices(monkeypatch):
    monkeypatch.setenv("RUMIAI_WHISPER_MODEL", "huge")
    with pytest.raises(UsageError, match=r"RUMIAI_WHISPER_MODEL: expected one of base, tiny\.en, got 'huge'"):
        Speech().describe()


def test_audio_at_another_rate_is_refused():
    with pytest.raises(ServiceError, match="expected audio at 16000 Hz, got 44100 Hz"):
        Speech().analyse(media(np.ones(100), rate=44_100), {})


def test_missing_weights_stop_the_service_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("RUMIAI_WEIGHTS_DIR", str(tmp_path))
    monkeypatch.delenv("RUMIAI_WEIGHTS_WHISPER", raising=False)
    with pytest.raises(WeightsError, match=r"whisper-base\.bin is missing in .*python -m rumiai_v2 weights`"):
        Speech().analyse(media(np.ones(100)), {})
    assert "whisper-base.bin is missing" in Speech().describe().problem


def test_a_file_of_ones_own_that_is_no_model_is_refused(monkeypatch, tmp_path):
    (tmp_path / "own.pt").write_bytes(b"not a model at all")
    monkeypatch.setenv("RUMIAI_WEIGHTS_WHISPER", str(tmp_path / "own.pt"))
    with pytest.raises(WeightsError, match=r"own\.pt is neither a whisper checkpoint nor a CTranslate2"):
        Speech().analyse(media(np.ones(100)), {})


def test_both_containers_give_the_same_model(tmp_path):
    import torch

    path = Path(weights.find("whisper-base.bin", service="whisper").path)
    assert whisper_checkpoint.is_ctranslate2(path)
    dims, state = whisper_checkpoint.from_ctranslate2(whisper_checkpoint.read_ctranslate2(path))
    torch.save({"dims": dims, "model_state_dict": state}, tmp_path / "base.pt")
    one = whisper_checkpoint.load(path, model_name="base", device="cpu")
    other = whisper_checkpoint.load(tmp_path / "base.pt", model_name="base", device="cpu")
    assert sum(p.numel() for p in one.parameters()) == 71_825_920
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))
    assert one.alignment_heads.to_dense().nonzero().tolist() == [
        [3, 1],
        [4, 2],
        [4, 3],
        [4, 7],
        [5, 1],
        [5, 2],
        [5, 4],
        [5, 6],
    ]
