"""The published schema takes what is read, and refuses what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from heartline.playbook.schema import schema, schema_text

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STARTER = ROOT / "src" / "heartline" / "playbook" / "starter"
FILES = sorted(STARTER.rglob("*.yaml"))


def test_the_published_schema_is_in_step() -> None:
    assert (ROOT / "docs" / "reference" / "playbook.schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_starter_keeps_to_it(file: Path) -> None:
    Draft202012Validator.check_schema(schema())
    faults = list(Draft202012Validator(schema()).iter_errors(yaml.safe_load(file.read_text(encoding="utf-8"))))
    assert faults == []


@pytest.mark.parametrize("name", ["unknown_keys", "wrong_shapes", "guessed", "unknown_words"])
def test_it_refuses_what_reading_refuses(name: str) -> None:
    refused = 0
    for file in (HERE / "bad" / name).rglob("*.yaml"):
        held = json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))
        refused += len(list(Draft202012Validator(schema()).iter_errors(held)))
    assert refused


def test_every_part_and_nearly_every_field_says_what_it_is() -> None:
    parts = schema()["$defs"]
    assert all(len(part["description"]) > 10 for part in parts.values())
    assert "random" in parts["Play"]["properties"]["hold_out"]["description"]
    assert parts["Play"]["properties"]["active"]["description"] == "false puts the play to rest"
    assert "version" not in parts["Playbook"]["properties"]
