"""Rules over records, and the recorder with hands of paper: what no browser is needed for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from tests.walk.test_script import GOOD

from heartline.walk.effort import effort
from heartline.walk.faults import faults
from heartline.walk.recorder import walk
from heartline.walk.script import parse_script
from heartline.walk.step import Deed, Failure, Look, Noise

PAGE = Look("https://shop.example/", "Shop", "t0", "s0", 0.0, ways=("Go",))


@dataclass
class Paper:
    """Hands that do what they are told; ``looks`` and ``noises`` by number of the call."""

    deeds: dict[str, Deed] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    noises: list[Noise] = field(default_factory=list)
    waits: float = 0.0

    def go(self, path):
        return Deed("done")

    def click(self, words, role, patience):
        return self.deeds.get(words, Deed("done", 1))

    def fill(self, label, text, patience):
        return self.deeds.get(label, Deed("done", 1, len(text)))

    def expect(self, text, patience):
        return self.deeds.get(text, Deed("done"))

    choose, price, arrive = fill, expect, expect

    def rest(self, most, quiet):
        return self.waits

    def look(self):
        return self.looks.pop(0) if self.looks else PAGE

    def noise(self):
        return self.noises.pop(0) if self.noises else Noise(1)

    def shot(self):
        return b"picture"


def walked(hands=None, steps="", stop=""):
    text = GOOD.replace("success:", f"{steps}success:") + stop
    return walk(parse_script(text.encode()), hands or Paper())


def names(done):
    return [one.name for one in faults(done)]


@pytest.mark.parametrize(
    ("outcome", "name"),
    [("absent", "missing_way"), ("hidden", "hidden"), ("covered", "covered"), ("refused", "entry_refused")],
)
def test_what_cannot_be_done_has_a_name_and_ends_the_walk(outcome, name):
    done = walked(Paper({"Name": Deed(outcome)}), "  - click: Go\n")
    assert names(done) == [name]
    assert (done.ended, done.undone, len(done.steps)) == ("failed", (3,), 2)


def test_what_is_asked_for_only_if_it_is_there_is_no_fault():
    done = walked(Paper({"Close": Deed("absent")}), "  - click: Close\n    if_there: true\n")
    assert (names(done), done.ended) == ([], "goal")


def test_a_goal_that_is_not_seen_is_not_reached():
    done = walked(Paper({"Hello": Deed("absent")}))
    assert (done.ended, done.reached) == ("no_goal", False)


@pytest.mark.parametrize(("stop", "ended"), [("stop: {steps: 1}\n", "steps"), ("stop: {seconds: 1}\n", "seconds")])
def test_rules_of_stopping_stop(stop, ended, monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr("heartline.walk.recorder.time.monotonic", lambda: next(clock))
    assert walked(stop=stop).ended == ended


def test_a_page_is_told_of_once_and_not_in_every_step():
    faint = replace(PAGE, faint=(("Imprint", 2.0, 4.5),))
    found = faults(walked(Paper(looks=[faint, faint, faint]), "  - click: Go\n"))
    assert [(one.name, one.step) for one in found if one.name == "contrast"] == [("contrast", 1)]


def test_a_box_to_sign_in_beside_the_way_is_no_forced_account():
    box = replace(PAGE, password=True)
    assert "forced_account" not in names(walked(Paper(looks=[box])))
    steps = "  - fill: Password\n    with: abc\n"
    assert "forced_account" in names(walked(Paper(looks=[box, box, box]), steps))
    guest = replace(box, ways=("Go on as a guest",))
    assert "forced_account" not in names(walked(Paper(looks=[guest, guest, guest]), steps))


def test_a_message_of_success_is_no_refusal():
    said = replace(PAGE, text="t1", alerts=("Thank you!",))
    assert names(walked(Paper(looks=[PAGE, PAGE, said]), "  - click: Go\n  - expect: Thank you\n")) == []


def test_effort_adds_up():
    hands = Paper(waits=1.5, noises=[Noise(1), Noise(1, failures=(Failure("https://shop.example/x", 404, True),))])
    cost = effort(walked(hands))
    # opened (1) + field (1) + 3 signs / 5 + half a second twice + one error
    assert cost.effort == pytest.approx(1 + 1 + 0.6 + 2 * 0.5 + 5)
    failed = effort(walked(Paper({"Name": Deed("absent")}), "  - click: Go\n  - fill: Name\n    with: Ann\n"))
    assert failed.undone == pytest.approx(1 + 1.6)


def test_more_of_anything_is_never_less_effort():
    plain = effort(walked()).effort
    assert effort(walked(Paper(waits=3.0))).effort > plain
    assert effort(walked(steps="  - click: Go\n")).effort > plain
    assert effort(walked(Paper({"Name": Deed("absent")}))).effort > plain


def test_what_every_page_has_is_told_once_with_their_number():
    faint = replace(PAGE, faint=(("Imprint", 2.0, 4.5),))
    other = replace(faint, address="https://shop.example/other", text="t1")
    found = [one for one in faults(walked(Paper(looks=[faint, other]))) if one.name == "contrast"]
    assert [(one.page, one.pages) for one in found] == [("/", 2)]


def test_looking_for_what_never_comes_is_no_waiting():
    lost = Paper({"Name": Deed("absent", waited=60.0)})
    assert effort(walked(lost)).waiting == 0
