"""Exports of survey tools know our questions: each by its own reader, from file to facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.ingest.conftest import Rooms, rooms  # noqa: F401
from tests.sources.exports.samples import qualtrics, surveymonkey

from heartline.ingest import ingest
from heartline.settings import load_settings
from heartline.sources.exports import export_named

PROMPT = "Was fällt Ihnen ein, wenn Sie an Nordlicht denken?"
FOND, SAFE = "Ich habe Nordlicht gern.", "Nordlicht gibt mir ein Gefühl von Sicherheit."
AGREES = "stimme eher zu"


def a_typeform() -> str:
    asked = [("a", "long_text", PROMPT), ("b", "opinion_scale", FOND), ("c", "multiple_choice", SAFE)]
    return json.dumps(
        {
            "token": "t1", "landed_at": "2025-03-01T10:00:00Z", "submitted_at": "2025-03-01T10:01:00Z",
            "hidden": {"customer_id": "C-7"},
            "definition": {"fields": [{"id": name, "title": title, "type": of} for name, of, title in asked]},
            "answers": [
                {"field": {"id": "a", "type": "long_text"}, "type": "text", "text": "nette Leute"},
                {"field": {"id": "b", "type": "opinion_scale"}, "type": "number", "number": 5},
                {"field": {"id": "c", "type": "multiple_choice"}, "type": "choice", "choice": {"label": AGREES}},
            ],
        }
    )  # fmt: skip


def a_formbricks() -> str:
    core = {"submission_id": "s1", "collected_at": "2025-03-01T10:00:00Z", "user_id": "C-7"}
    fields = [("a", "text", PROMPT, {"value_text": "nette Leute"}), ("b", "rating", FOND, {"value_number": 5}),
              ("c", "categorical", SAFE, {"value_text": AGREES})]  # fmt: skip
    return "\n".join(
        json.dumps({**core, "id": name, "field_id": name, "field_type": of, "field_label": label, **said})
        for name, of, label, said in fields
    )


def a_qualtrics() -> str:
    # a matrix writes its own question before the row's
    more = (f'"{PROMPT}"', f'"Wie sehr stimmen Sie zu? - {FOND}"', f'"Wie sehr stimmen Sie zu? - {SAFE}"')
    own = ",".join(f'"{{""ImportId"":""{name}""}}"' for name in ("QID9_TEXT", "QID10_1", "QID10_2"))
    first = f"{qualtrics.FIRST},nette Leute,5,{AGREES}"
    return f"{qualtrics.HEAD},Q9,Q10_1,Q10_2\n{qualtrics.WORDING},{','.join(more)}\n{qualtrics.IDS},{own}\n{first}\n"


def a_surveymonkey() -> str:
    head = f'{surveymonkey.HEAD},"{PROMPT}",Wie sehr stimmen Sie zu?,'
    under = f"{surveymonkey.UNDER},Open-Ended Response,{FOND},{SAFE}"
    return f"{head}\n{under}\n{surveymonkey.FIRST},nette Leute,5,{AGREES}\n"


def a_typeform_csv() -> str:
    head = f'#,"{PROMPT}",{FOND},{SAFE},customer_id,Start Date (UTC),Submit Date (UTC)'
    return f"{head}\nt1,nette Leute,5,{AGREES},C-7,2025-03-01 10:00:00,2025-03-01 10:01:00\n"


FILES = {
    "typeform": ("r.json", a_typeform), "formbricks": ("f.jsonl", a_formbricks), "qualtrics": ("q.csv", a_qualtrics),
    "surveymonkey": ("m.csv", a_surveymonkey), "typeform_csv": ("t.csv", a_typeform_csv),
}  # fmt: skip


@pytest.mark.parametrize("tool", list(FILES))
def test_a_tool_s_own_export_knows_our_questions(rooms: Rooms, tool: str, tmp_path: Path) -> None:  # noqa: F811
    name, body = FILES[tool]
    file = tmp_path / name
    file.write_text(body(), encoding="utf-8")
    report = ingest(rooms.records, rooms.facts, load_settings(None), None, [file], export_named(tool).mapping())
    assert report.reasons == []
    ours = {row["item"]: row for row in rooms.rows("survey_response") if row["item"]}
    assert {code: (row["construct"], row["subject"], row["value"], row["scale_max"]) for code, row in ours.items()} == {
        "hl_affection_1": ("attachment", None, 5.0, 7.0), "hl_motivator_security": ("motivator", "security", 5.0, 7.0),
    }  # fmt: skip
    (prompt,) = (row for row in rooms.rows("interaction") if row["kind"] == "prompt")
    said: dict[str, Any] = {row["interaction_id"]: row for row in rooms.rows("verbatim")}
    words = said[prompt["interaction_id"]]
    assert (words["text"], words["language"], words["speaker"]) == ("nette Leute", "de", "customer")
    assert {prompt["customer_id"]} == {row["customer_id"] for row in ours.values()}
