"""Drift against numbers counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.corrections.shop import AS_OF

from heartline.corrections import Correction, DriftLine, Edit, Reading, correct
from heartline.corrections.drift import measure
from heartline.records.corrections import Draw
from heartline.workspace import Workspace

NOTHING = Reading("scored", (), (), None, None, "service", 0.0)


def text(number: int, shown: str, said: str, channel: str = "web", version: str = "m1") -> Correction:
    model, person = (replace(NOTHING, signals=tuple(labels.split())) for labels in (shown, said))
    return Correction(f"i{number}", "c", channel, version, model, person, "Dana")


def line(lines: tuple[DriftLine, ...], label: str, channel: str = "web") -> DriftLine:
    return next(one for one in lines if (one.label, one.channel) == (label, channel))


# Ten texts on the web: effort decided on six, taken away on four of them; of the other four, added on one.
WEB = [text(n, "effort", "") for n in range(4)] + [text(4, "effort", "effort"), text(5, "effort", "effort"),
       text(6, "", "effort"), text(7, "", ""), text(8, "", ""), text(9, "", "")]  # fmt: skip


def test_shares_bases_and_intervals() -> None:
    found = measure(WEB, [], {"web": 50}, "m1", 4)
    effort = line(found.lines, "signal:effort")
    assert (effort.removed, effort.removed_of, effort.added, effort.added_of) == (4, 6, 1, 4)
    assert (effort.read, effort.looked_at, effort.drawn) == (50, 10, False)
    assert effort.removed_share == pytest.approx(4 / 6)
    assert effort.added_share == pytest.approx(1 / 4)
    # Wilson, z = 1.644854: (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), worked out by hand for 4 of 6
    assert effort.removed_low == pytest.approx(0.347016, abs=1e-5)
    assert effort.removed_high == pytest.approx(0.882724, abs=1e-5)
    about = line(found.lines, "about:service")
    assert (about.removed, about.removed_of) == (0, 10)


def test_a_small_base_says_nothing() -> None:
    effort = line(measure(WEB, [], {}, "m1", 5).lines, "signal:effort")
    assert effort.removed_share is not None
    assert effort.added_share is None is effort.added_low
    assert effort.read is None


def test_worst_first_and_unknown_last() -> None:
    call = [text(n, "ease", "ease", "call") for n in range(20, 26)]
    mail = [text(30, "leaving", "", "mail")]
    lines = measure([*mail, *call, *WEB], [], {}, "m1", 4).lines
    assert (lines[0].channel, lines[0].label) == ("web", "signal:effort")
    assert {one.channel for one in lines[-2:]} == {"mail"}
    assert [one.known for one in lines] == sorted((one.known for one in lines), reverse=True)


def test_enough_drawn_texts_count_alone() -> None:
    drawn = [Draw(f"i{n}", "m1", "web") for n in (4, 5, 7, 8, 9, 77)]
    found = measure(WEB, drawn, {}, "m1", 5)
    effort = line(found.lines, "signal:effort")
    assert (effort.drawn, effort.looked_at, effort.removed, effort.removed_of, effort.added) == (True, 5, 0, 2, 0)
    assert found.drawn == (("web", 6, 5),)
    assert not line(measure(WEB, drawn, {}, "m1", 6).lines, "signal:effort").drawn


def test_other_models_and_silence_are_left_out() -> None:
    old = [text(40, "effort", "", version="m0")]
    silent = [replace(text(41, "", "effort"), shown=Reading("abstained", None, None, None, None, None, None))]
    found = measure([*WEB, *old, *silent], [], {}, "m1", 4)
    assert (found.looked_at, found.elsewhere, found.undecided) == (10, 1, 1)
    assert found.lines == measure(WEB, [], {}, "m1", 4).lines


def test_what_the_model_does_not_judge_is_no_error_of_it() -> None:
    told = replace(WEB[7], said=replace(WEB[7].said, motivators=("order",), main_emotion="worry"))
    labels = {one.label for one in measure([told], [], {}, "m1", 1).lines}
    assert labels == {"about:service"}


def test_drift_of_a_workspace(workspace: Workspace) -> None:
    assert workspace.drift().lines == ()
    correct(workspace, "thanks", Edit(remove=("emotion:gratitude",)), "Dana")
    correct(workspace, "later_no", Edit(right=True), "Dana")
    correct(workspace, "later_no", Edit(add=("signal:effort",)), "Eli")
    workspace.run(["text_emotion", "touchpoints"], AS_OF)
    found = workspace.drift()
    assert found.looked_at == 2, "one a text, whoever spoke last"
    gratitude = line(found.lines, "emotion:gratitude")
    assert gratitude.removed == 1
    assert gratitude.read == 2
    assert line(found.lines, "signal:effort").added == 1
