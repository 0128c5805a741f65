"""Training of the shipped models; needs the extra ``train``. Nothing here is imported when texts are scored."""

from __future__ import annotations

from importlib.util import find_spec

from heartline.errors import ModelError

if find_spec("sklearn") is None:
    raise ModelError(
        "scikit-learn is not installed",
        "the extra 'train'",
        "pip install 'heartline[train]'",
    )
