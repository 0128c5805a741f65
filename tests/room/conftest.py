from __future__ import annotations

import pytest

from heartline.emotion import load_model


@pytest.fixture(scope="session")
def model():
    return load_model("bulk")
