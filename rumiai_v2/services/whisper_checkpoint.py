"""Loading a whisper model from either container its weights come in.

openai-whisper's own checkpoint is a torch file {dims, model_state_dict}. The offline pack carries the same half
precision numbers in CTranslate2's container: a header, named arrays, aliases, all little-endian. Reading that takes
renaming, and splitting the joined query/key/value matrices; nothing is computed, so both give the same model.
"""

from __future__ import annotations

import base64
import gzip
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rumiai_v2.errors import WeightsError
from rumiai_v2.services.weight_file import FETCH_COMMAND

if TYPE_CHECKING:
    import torch
    from whisper.model import Whisper

_SPEC = b"WhisperSpec\0"
_HEAD_WIDTH = 64  # of every whisper size


def load(path: Path, *, model_name: str, device: str) -> Whisper:
    """The model in evaluation mode on ``device``, with the heads that word times are read from.

    ``model_name`` is openai-whisper's name of the size (base, tiny.en). Raises ``WeightsError`` for a file that is
    in neither container or does not fit together.
    """
    import torch
    import whisper
    from whisper.model import ModelDimensions, Whisper

    try:
        if is_ctranslate2(path):
            dims, state = from_ctranslate2(read_ctranslate2(path))
        else:
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
            dims, state = checkpoint["dims"], checkpoint["model_state_dict"]
        model = Whisper(ModelDimensions(**dims))
        model.load_state_dict(state, strict=True)
    except Exception as error:  # torch, pickle and zip each have their own ways to say that a file is not theirs
        raise WeightsError(
            f"weights of whisper: {path} is neither a whisper checkpoint nor a CTranslate2 whisper model "
            f"({type(error).__name__}: {str(error)[:200]}). Run `{FETCH_COMMAND}`.",
            service="whisper",
        ) from error
    heads = whisper._ALIGNMENT_HEADS[model_name]
    # A file of one's own may be of another size: whisper's default heads (the upper half) serve then.
    if len(gzip.decompress(base64.b85decode(heads))) == dims["n_text_layer"] * dims["n_text_head"]:
        model.set_alignment_heads(heads)
    return model.to(device).eval()


def is_ctranslate2(path: Path) -> bool:
    """Does the file begin like a CTranslate2 whisper model?"""
    with open(path, "rb") as file:
        return file.read(6 + len(_SPEC))[6:] == _SPEC


def read_ctranslate2(path: Path) -> dict[str, torch.Tensor]:
    """The arrays of a CTranslate2 model by name, in the precision they are stored in (half: float16)."""
    import torch

    kinds = {0: torch.float32, 1: torch.int8, 2: torch.int16, 3: torch.int32, 4: torch.float16}
    data = bytearray(path.read_bytes())
    position = 0

    def number(code: str) -> int:
        nonlocal position
        value: int = struct.unpack_from("<" + code, data, position)[0]
        position += struct.calcsize(code)
        return value

    def text() -> str:
        nonlocal position
        length = number("H")  # counts the zero at its end
        value = data[position : position + length - 1].decode()
        position += length
        return value

    number("I")  # version of the container
    text()  # the kind of model, looked at before
    number("I")  # revision of the kind
    arrays: dict[str, torch.Tensor] = {}
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind = kinds[number("B")]
        size = number("I")
        values = torch.frombuffer(data, dtype=kind, count=size // kind.itemsize, offset=position)
        arrays[name] = values.reshape(shape)
        position += size
    for _ in range(number("I")):
        alias = text()
        arrays[alias] = arrays[text()]
    return arrays


def from_ctranslate2(arrays: Mapping[str, torch.Tensor]) -> tuple[dict[str, int], dict[str, torch.Tensor]]:
    """Dimensions and state dict under openai-whisper's names.

    CTranslate2 joins projections that read the same input: query, key and value of self-attention, key and value of
    cross-attention. whisper's key has no bias, so that part of the joined bias must be zero.
    """
    state: dict[str, Any] = {
        "encoder.positional_embedding": arrays["encoder/position_encodings/encodings"],
        "decoder.positional_embedding": arrays["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": arrays["decoder/embeddings/weight"],
    }

    def linear(ours: str, theirs: str) -> None:
        state[f"{ours}.weight"] = arrays[f"{theirs}/weight"]
        state[f"{ours}.bias"] = arrays[f"{theirs}/bias"]

    def norm(ours: str, theirs: str) -> None:
        state[f"{ours}.weight"] = arrays[f"{theirs}/gamma"]
        state[f"{ours}.bias"] = arrays[f"{theirs}/beta"]

    def joined(ours: str, theirs: str, names: tuple[str, ...]) -> None:
        weights = arrays[f"{theirs}/weight"].chunk(len(names))
        biases = arrays[f"{theirs}/bias"].chunk(len(names))
        for name, weight, bias in zip(names, weights, biases, strict=True):
            state[f"{ours}.{name}.weight"] = weight
            if name != "key":
                state[f"{ours}.{name}.bias"] = bias
            elif bias.any():
                raise ValueError(f"{theirs}: the key has a bias, which a whisper model has not")

    for conv in ("conv1", "conv2"):
        linear(f"encoder.{conv}", f"encoder/{conv}")
    norm("encoder.ln_post", "encoder/layer_norm")
    norm("decoder.ln", "decoder/layer_norm")
    layers = {side: _layer_count(arrays, side) for side in ("encoder", "decoder")}
    for side, count in layers.items():
        for index in range(count):
            ours, theirs = f"{side}.blocks.{index}", f"{side}/layer_{index}"
            joined(f"{ours}.attn", f"{theirs}/self_attention/linear_0", ("query", "key", "value"))
            linear(f"{ours}.attn.out", f"{theirs}/self_attention/linear_1")
            norm(f"{ours}.attn_ln", f"{theirs}/self_attention/layer_norm")
            if side == "decoder":
                linear(f"{ours}.cross_attn.query", f"{theirs}/attention/linear_0")
                joined(f"{ours}.cross_attn", f"{theirs}/attention/linear_1", ("key", "value"))
                linear(f"{ours}.cross_attn.out", f"{theirs}/attention/linear_2")
                norm(f"{ours}.cross_attn_ln", f"{theirs}/attention/layer_norm")
            norm(f"{ours}.mlp_ln", f"{theirs}/ffn/layer_norm")
            linear(f"{ours}.mlp.0", f"{theirs}/ffn/linear_0")
            linear(f"{ours}.mlp.2", f"{theirs}/ffn/linear_1")

    vocabulary, text_width = state["decoder.token_embedding.weight"].shape
    audio_length, audio_width = state["encoder.positional_embedding"].shape
    dims = {
        "n_mels": state["encoder.conv1.weight"].shape[1],
        "n_audio_ctx": audio_length,
        "n_audio_state": audio_width,
        "n_audio_head": audio_width // _HEAD_WIDTH,
        "n_audio_layer": layers["encoder"],
        "n_vocab": vocabulary,
        "n_text_ctx": state["decoder.positional_embedding"].shape[0],
        "n_text_state": text_width,
        "n_text_head": text_width // _HEAD_WIDTH,
        "n_text_layer": layers["decoder"],
    }
    return dims, state


def _layer_count(arrays: Mapping[str, Any], side: str) -> int:
    numbers = {int(match[1]) for name in arrays if (match := re.match(rf"{side}/layer_(\d+)/", name))}
    return len(numbers)
