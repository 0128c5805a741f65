"""The page docs/how-to/ask-customers.md does what it says."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

from click.testing import CliRunner

from heartline.cli import heartline
from heartline.sources.survey_question import question
from heartline.survey import item
from heartline.workspace import Workspace

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "ask-customers.md").read_text(encoding="utf-8")


def done(*words: str) -> str:
    found = CliRunner().invoke(heartline, list(words), catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def test_from_the_questions_to_loaded_answers(tmp_path: Path) -> None:
    asked, answers, shop = tmp_path / "questions.csv", tmp_path / "answers.csv", tmp_path / "shop"
    done("survey", "items", "--language", "de", "--company", "Nordlicht", "-o", str(asked))
    with asked.open(encoding="utf-8-sig", newline="") as held:
        rows = list(csv.DictReader(held))
    with answers.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        # half of the columns by wording, half by code without its underscores
        names = [row["wording"] if n % 2 else row["code"].replace("_", "") for n, row in enumerate(rows)]
        writer.writerow(["Kundennummer", "Zeitstempel", *names])
        for person in range(3):
            cells = ["nette Leute" if row["answer"] == "text" else row[f"label_{5 + person % 3}"] for row in rows]
            writer.writerow([f"c{person}", f"2026-03-0{person + 1} 10:00:00", *cells])
    done("init", str(shop))
    done("ingest", "--from", "questionnaire", str(answers), "-w", str(shop))
    with Workspace(shop) as workspace:
        found = workspace.query(
            "select item, construct, subject, min(value) as low, max(value) as high, count(*) as n"
            " from survey_response group by all"
        ).to_pylist()
        said = workspace.query("select text, language, kind from verbatim join interaction using (interaction_id)")
    assert {row["item"]: (row["construct"], row["subject"], row["low"], row["high"], row["n"]) for row in found} == {
        row["code"]: (row["construct"], row["subject"] or None, 5.0, 7.0, 3) for row in rows if row["answer"] != "text"
    }
    assert {tuple(row.values()) for row in said.to_pylist()} <= {
        ("nette Leute", "de", "prompt"), ("nette Leute", None, "prompt"),
    }  # fmt: skip
    assert said.num_rows == 3


def test_codes_and_mapping_of_the_page_are_right() -> None:
    for code in re.findall(r"hl_\w+", PAGE):
        assert item(code) is not None
    (told,) = (tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
    assert question("Q7", "", told["file"]["questions"]["Q7"]).item == "hl_affection_1"
    assert question("Q8", "", told["file"]["questions"]["Q8"]).prompt
