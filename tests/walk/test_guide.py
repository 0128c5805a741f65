"""Scripts of guided walks: the examples hold, and what is wrong is told with its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from heartline.errors import WalkError
from heartline.tables import CHANNELS
from heartline.walk.guide import Guide, parse_guide, parse_walk, read_walk
from heartline.walk.guided import read_event
from heartline.walk.script import Channel, Script

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "walks").glob("*.yaml"))

GOOD = """kind: guided
walk: reach_a_human
persona: A worried customer
goal: hear a human voice
place: anywhere with a phone
channel: call
steps:
  - do: Find the number.
    touchpoint: contact_page
    channel: web
  - do: Call.
    touchpoint: support_call
    stage: support
    ask: Did they sound glad?
stop: {minutes: 30}
"""


def test_ways_of_contact_are_those_of_the_facts():
    assert get_args(Channel) == CHANNELS


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_are_read(file):
    guide = read_walk(file)
    assert isinstance(guide, Guide)
    assert guide.walk == file.stem
    assert all(step.channel or guide.channel for step in guide.steps) or guide.walk == "unboxing"


def test_there_are_examples():
    assert len(EXAMPLES) >= 3


def test_what_the_manual_shows_holds():
    manual = (EXAMPLES[0].parents[2] / "docs" / "how-to" / "guided-walk.md").read_text("utf-8")
    (guide,) = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)
    assert len(parse_guide(guide.encode()).steps) == 3
    (events,) = re.findall(r"```json\n(.*?)```", manual, re.DOTALL)
    told = [read_event(line) for line in events.splitlines()]
    assert [one.n for one in told] == list(range(len(told)))


def test_a_guide_says_where_it_leads():
    guide = parse_guide(GOOD.encode())
    assert guide.touchpoints == ("contact_page", "support_call")
    assert guide.steps[1].answer == "yes_no"
    assert guide.stop.minutes == 30


def test_either_kind_is_told_apart():
    other = """walk: a
persona: b
goal: c
origin: https://shop.example
steps: [{open: /}]
success: {text: d}
"""
    assert isinstance(parse_walk(GOOD.encode()), Guide)
    assert isinstance(parse_walk(other.encode()), Script)
    with pytest.raises(WalkError, match="`kind` is `scripted`"):
        parse_walk(GOOD.replace("kind: guided", "kind: scripted").encode())


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("channel: call\n", "channel: phone\n", 6, "`channel` is `phone`"),
        ("    channel: web\n", "    channel: letter\n", 10, "`channel` is `letter`"),
        ("    touchpoint: contact_page\n", "", 8, "`touchpoint` is missing"),
        ("    touchpoint: contact_page\n", '    touchpoint: " "\n', 9, "is no name"),
        ("goal: hear a human voice\n", "", 1, "`goal` is missing"),
        ("    ask: Did they sound glad?\n", "    aks: Did they sound glad?\n", 14, "there is no `aks` here"),
        ("    ask: Did they sound glad?\n", "    answer: words\n", 14, "`answer` without a question"),
        ("    ask: Did they sound glad?\n", "    minutes: 31\n", 14, "a step of 31 minutes in a walk of 30"),
        ("{minutes: 30}", "{minutes: 0}", 15, "has to be more than 0"),
        ("walk: reach_a_human", "walk: Reach a human", 2, "is no name"),
        ("place: anywhere with a phone", "place: 12", 5, "YAML reads 12 as"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(old, new, line, said):
    assert old in GOOD
    with pytest.raises(WalkError) as told:
        parse_guide(GOOD.replace(old, new).encode(), "reach.yaml")
    assert f"reach.yaml, line {line}: " in told.value.got
    assert said in told.value.got
