"""Opens somebody else's model: an exported Hugging Face text classifier in a folder.

The folder holds ``model.onnx`` or ``onnx/model.onnx``, ``tokenizer.json``, ``config.json`` (``id2label``,
``problem_type``) and our ``heartline_model.toml`` (`label_map`). The package tokenizers, an extra, is imported only
when one is opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from heartline.emotion.adapter import RULES, BroughtModel, Cutter
from heartline.emotion.label_map import FILE, HOW_TO, labels_of, read_config, read_label_map
from heartline.errors import ModelError

ONNX_FILES = ("model.onnx", "onnx/model.onnx")


def is_brought(folder: Path) -> bool:
    """Whether the folder holds somebody else's model, exported and mapped or not yet."""
    if (folder / FILE).is_file() or _onnx(folder) is not None:
        return True
    try:
        return "architectures" in read_config(folder)
    except ModelError:
        return False


def open_brought(folder: Path, open_network: Callable[[Path, str], Any], threads: int | None = None) -> BroughtModel:
    """The model in a folder with a ``heartline_model.toml``.

    open_network: opens an ONNX file; the second argument is the next step where it is none

    Raises ModelError, with what is there, what is needed and what to do, where a file or the package tokenizers is
    missing, where mapping, labels and outputs do not fit each other, or where the network gives no finite numbers.
    """
    network = _onnx(folder)
    if network is None:
        raise ModelError(f"{folder.name} has no ONNX file", " or ".join(ONNX_FILES), f"export the model; {HOW_TO}")
    if not (folder / FILE).is_file():
        raise ModelError(
            f"{folder.name} has no {FILE}", "what its labels mean in Heartline", f"heartline model map {folder}"
        )
    config = read_config(folder)
    labels = read_label_map(folder / FILE, labels_of(config))
    cutter, pad = _cutter(folder / "tokenizer.json", labels.max_length, config)
    version = f"{labels.name}-{_fingerprint(folder, network)}"
    return BroughtModel(version, labels, cutter, open_network(network, HOW_TO), pad, threads)


def _onnx(folder: Path) -> Path | None:
    return next((folder / name for name in ONNX_FILES if (folder / name).is_file()), None)


def _cutter(file: Path, max_length: int, config: dict[str, Any]) -> tuple[Cutter, int]:
    """The tokenizer and the piece that fills up."""
    if not file.is_file():
        raise ModelError(f"{file.parent.name} has no tokenizer.json", "the model's fast tokenizer", HOW_TO)
    try:
        from tokenizers import Tokenizer  # an extra, for brought models only
    except ImportError as error:
        raise ModelError(
            "the package tokenizers is not installed", "the extra models", 'pip install "heartline[models]"'
        ) from error
    try:
        found: Any = Tokenizer.from_file(str(file))
        padding = found.padding or {}
        found.no_padding()
        found.enable_truncation(max_length)
    except Exception as error:  # the package raises no class of its own
        raise ModelError(
            f"tokenizer.json in {file.parent.name} cannot be read ({type(error).__name__})",
            "a file of the package tokenizers", HOW_TO,
        ) from error  # fmt: skip
    known = (config.get("pad_token_id"), padding.get("pad_id"), found.token_to_id("[PAD]"), found.token_to_id("<pad>"))
    cutter: Cutter = found
    return cutter, next((pad for pad in known if isinstance(pad, int)), 0)


def _fingerprint(folder: Path, network: Path) -> str:
    """Twelve digits that change with any byte of the model: network, weights kept beside it, tokenizer, both texts."""
    files = [
        *sorted(network.parent.glob(f"{network.name}*")),
        *(folder / n for n in ("tokenizer.json", "config.json", FILE)),
    ]
    whole = hashlib.sha256(f"rules {RULES}".encode())
    for file in files:
        if file.is_file():
            seen = file.stat()
            whole.update(f"\n{file.name} {_digest(file.resolve(), seen.st_size, seen.st_mtime_ns)}".encode())
    return whole.hexdigest()[:12]


@lru_cache(maxsize=64)
def _digest(file: Path, size: int, changed: int) -> str:  # noqa: ARG001 - a file of another size or time is read anew
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
