"""Opening a model: what is loaded when, and what is said of a model that is not there, damaged or of another kind."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from heartline.emotion import available, load_model
from heartline.emotion.head import COLUMNS
from heartline.emotion.load import MODELS
from heartline.errors import ModelError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the smaller model that may be damaged."""
    return Path(shutil.copytree(MODELS / "bulk", tmp_path / "bulk"))


def change(folder: Path, **values: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | values))


@pytest.mark.parametrize("name", ["oracle", "hashed", ""])
def test_an_unknown_name_is_answered_with_the_known_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        load_model(name or str(tmp_path))
    assert refused.value.got.startswith("no model is called")
    assert refused.value.expected == "one of bulk, default, or a folder with a model"
    assert "emotion_model" in refused.value.next_step
    assert available() == ["bulk", "default"]


def test_a_copied_folder_is_the_same_model(copy: Path) -> None:
    assert load_model(str(copy)).version == load_model("bulk").version


def test_a_damaged_file_is_not_read(copy: Path) -> None:
    head = (copy / "head.npz").read_bytes()
    (copy / "head.npz").write_bytes(head[:-9])
    with pytest.raises(ModelError, match=r"head\.npz is not the file that"):
        load_model(str(copy))
    (copy / "head.npz").unlink()
    with pytest.raises(ModelError, match=r"cannot be read \(FileNotFoundError\)"):
        load_model(str(copy))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"columns": list(reversed(COLUMNS))}, "columns are not Heartline's"),
        ({"kind": "hashed"}, "kind 'hashed'.*network or corrected.*another model"),
        ({"format": 1}, "model format 1"),
    ],
)
def test_a_model_of_other_make_says_so(copy: Path, values: dict[str, object], said: str) -> None:
    change(copy, **values)
    with pytest.raises(ModelError, match=said):
        load_model(str(copy))


def test_importing_reads_nothing_and_scoring_needs_neither_training_nor_an_engine() -> None:
    code = (
        "import sys, heartline.emotion as e; "
        "assert 'onnxruntime' not in sys.modules; "
        "e.load_model('bulk').score(['thank you']); "
        "bad = {'heartline.emotion.train', 'sklearn', 'torch', 'scipy', 'duckdb', 'pandas', 'pyarrow'}; "
        "bad &= {*sys.modules}; "
        "assert not bad, bad"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_without_onnxruntime_the_error_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match="pip install onnxruntime"):
        load_model("default")
