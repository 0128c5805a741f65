"""The questionnaire's table is recognised by its wordings, and bytes that are no table are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartline.sources.exports.questionnaire import EXPORT
from heartline.survey.items import items


def looks(head: str) -> bool:
    assert EXPORT.looks is not None
    return EXPORT.looks(Path("answers.csv"), head)


def header(end: str, delimiter: str = ",") -> str:
    return delimiter.join(["customer_id", *(f'"{item.code}"' for item in items()[:6])]) + end + "c1,1,2,3,4,5,6" + end


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_of_its_items_is_recognised_with_any_line_end(end: str, delimiter: str) -> None:
    assert looks(header(end, delimiter))


@pytest.mark.parametrize("head", ["", "\r", 'a,b\rc"\n', "a\0b", "x" * 200_000, '"' + "y" * 200_000, "\u2028,\x0b"])
def test_what_is_no_table_is_not_recognised_and_breaks_nothing(head: str) -> None:
    assert not looks(head)
