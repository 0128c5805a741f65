"""What must not change: where a recogniser cuts, and what people are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.room.scripts import read_script

from heartline.room.debrief import debrief
from heartline.room.play import play
from heartline.room.turn import Tap, Turn

ROOMS = sorted((Path(__file__).parent / "rooms").glob("*.txt"))[::4]


def last(events, hosts, model):
    return list(play(events, hosts, model))[-1].room


def halves(event):
    """A turn as a recogniser might have cut it: in two, a moment of silence between."""
    if isinstance(event, Tap) or len(event.text.split()) < 4:
        return [event]
    words = event.text.split()
    middle = event.begin + event.seconds * 0.5
    cut = len(words) // 2
    return [
        Turn(event.speaker, event.begin, middle - 0.1, " ".join(words[:cut])),
        Turn(event.speaker, middle, event.end, " ".join(words[cut:])),
    ]


@pytest.mark.parametrize("file", ROOMS, ids=lambda file: file.stem)
def test_splitting_turns_changes_nothing_material(file, model):
    script = read_script(file)
    hosts = frozenset({script.host})
    whole = last(script.events, hosts, model)
    split = last([piece for event in script.events for piece in halves(event)], hosts, model)
    assert {name: one.mood for name, one in split.attendees.items()} == pytest.approx(
        {name: one.mood for name, one in whole.attendees.items()}
    )
    for name, one in whole.attendees.items():
        other = split.attendees[name]
        assert (other.turns, other.words, other.asked, other.agreed, other.question) == (
            one.turns, one.words, one.asked, one.agreed, one.question,
        )  # fmt: skip
    assert split.host_words == whole.host_words
    assert split.host_asked == whole.host_asked
    assert split.interruptions == whole.interruptions
    assert split.longest_monologue == pytest.approx(whole.longest_monologue)
    assert debrief(split).promises == debrief(whole).promises


def test_swapping_names_swaps_states(model):
    script = read_script(Path(__file__).parent / "rooms" / "lost_attendee.txt")
    swap = {"Paul": "Ines", "Ines": "Paul"}
    swapped = [
        Tap(one.at, swap[one.who], one.gesture)
        if isinstance(one, Tap)
        else Turn(swap.get(one.speaker, one.speaker), one.begin, one.end, _renamed(one.text))
        for one in script.events
    ]
    hosts = frozenset({script.host})
    was, now = last(script.events, hosts, model), last(swapped, hosts, model)
    for name, other in swap.items():
        a, b = was.attendees[name], now.attendees[other]
        assert (a.mood, a.engagement, a.turns, a.asked) == (b.mood, b.engagement, b.turns, b.asked)
    assert [one.about for one in now.suggestions] == [swap[one.about] for one in was.suggestions]


def _renamed(text):
    return text.replace("Paul", "P#").replace("Ines", "Paul").replace("P#", "Ines")


def test_the_same_events_give_the_same_room(model):
    script = read_script(ROOMS[0])
    hosts = frozenset({script.host})
    assert last(script.events, hosts, model) == last(list(reversed(script.events)), hosts, model)
