"""A small version of the benchmark of identity, through the product; and its own arithmetic on a case done by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.identity import measure, pair_counts, shares

from heartline.identity import linkage

pytest.importorskip("splink", reason="the extra identity is not installed")


def test_pairs_are_counted_as_by_hand() -> None:
    customer = {"a": "1", "b": "1", "c": "1", "d": "2", "e": "2"}
    person = {"a": "X", "b": "X", "c": "Y", "d": "Y", "e": "Y"}
    right, wrong, there = pair_counts(customer, person)
    assert (right.tolist(), wrong.tolist(), there.tolist()) == ([1, 1], [1, 1], [1, 3])
    found = shares(customer, person)
    assert found["precision"][0] == pytest.approx(2 / 4)
    assert found["recall"][0] == pytest.approx(2 / 4)
    assert found["recall"][1] <= 2 / 4 <= found["recall"][2]


def test_likeness_finds_more_than_keys_and_hardly_errs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linkage, "SAMPLED_PAIRS", 1e5)
    found = measure(tmp_path, 900, 12, hard=False)
    assert found["members"] > linkage.LEARN_FROM
    keys, probable = found["keys"], found["probable"]
    assert min(keys["precision"][0], probable["precision"][0]) >= 0.985
    assert keys["recall"][0] >= 0.83
    assert probable["recall"][0] >= keys["recall"][0] + 0.02
    assert probable["recall"][0] >= 0.87
    assert probable["customers"] < keys["customers"]
    assert probable["doubtful"] < found["members"] / 10
    strangers = sum(n for who, n in probable["errors"]["wrong"].items() if who.startswith("strangers"))
    assert strangers <= 3, "those who are taken for one are mostly of one household"
