"""Rules over records, and the recorder with hands of paper: what no browser is needed for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from tests.walk.test_script import GOOD

from heartline.walk.effort import effort
from heartline.walk.faults import faults, waits_unjudged
from heartline.walk.recorder import walk
from heartline.walk.report import cautions, walk_page, walk_values
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
    behind: float = 0.0
    """Seconds that the machine falls behind each time something is done."""
    _late: float = 0.0

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

    def late(self):
        self._late += self.behind
        return self._late

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
    expected = walked(Paper({"Hello": Deed("absent")}), "  - expect: Hello\n")
    assert effort(done).effort == effort(expected).effort  # it is the same to look for it in a step


@pytest.mark.parametrize(("stop", "ended"), [("stop: {steps: 1}\n", "steps"), ("stop: {seconds: 1}\n", "seconds")])
def test_rules_of_stopping_stop(stop, ended, monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr("heartline.walk.recorder.time.monotonic", lambda: next(clock))
    assert walked(stop=stop).ended == ended


def test_what_a_busy_machine_may_have_waited_for_is_no_slowness_of_the_site():
    quiet, starved = walked(Paper(waits=5.0)), walked(Paper(waits=5.0, behind=4.0))
    assert (names(quiet), waits_unjudged(quiet)) == (["slow"], [])
    assert (names(starved), waits_unjudged(starved)) == ([], [1, 2])
    told = walk_values(starved)
    assert [one["late"] for one in told["steps"]] == [4.0, 4.0]
    assert "Steps 1, 2 were waited for longer" in cautions(told)[0]
    assert cautions(told)[0] in walk_page([starved])
    assert not cautions(walk_values(quiet))


def test_what_is_slow_however_late_the_machine_was_is_told():
    done = walked(Paper(waits=9.0, behind=4.0))
    assert (names(done), waits_unjudged(done)) == (["slow"], [])


def test_effort_on_a_busy_machine_says_how_much_less_it_may_be():
    quiet, starved = (effort(walked(Paper(waits=3.0, behind=late))) for late in (0.0, 1.5))
    assert (starved.effort, starved.waiting) == (quiet.effort, quiet.waiting)
    assert (quiet.late, quiet.busy, starved.late, starved.busy) == (0.0, False, 3.0, True)
    never_more = effort(walked(Paper(waits=0.5, behind=9.0)))  # no more than was waited, of what counts
    assert (never_more.late, never_more.busy) == (0.0, False)


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
    assert failed.undone == pytest.approx(1 + 1.6 + 1 + 1.6)  # all of it, once more, elsewhere


def test_who_fails_early_has_no_less_effort_than_who_comes_through():
    steps = "  - click: Go\n  - fill: Town\n    with: York\n"
    for lost in ("Name", "Go", "Town"):
        assert effort(walked(Paper({lost: Deed("absent")}), steps)).effort > effort(walked(steps=steps)).effort


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


def test_a_goal_that_is_not_seen_is_told_with_what_was_to_be_seen():
    told = faults(walked(Paper({"Hello": Deed("absent")})))
    assert [(one.name, one.evidence) for one in told] == [("not_as_expected", "at the end, no “Hello”")]


def test_what_comes_late_belongs_to_the_page_that_was_looked_at():
    early = replace(PAGE, shift=0.06, notes=("Saved",))
    late = replace(PAGE, shift=0.07, covers=("Stay with us!",))
    text = GOOD.replace("glance: 0", "glance: 2")
    hands = Paper(looks=[early, late, PAGE])
    hands.wait = lambda seconds: Deed("done")
    done = walk(parse_script(text.encode()), hands)
    assert names(done) == ["pop_up", "layout_shift"]
    assert done.steps[0].look.notes == ("Saved",)
    assert not hands.looks  # a page is looked at once


def test_a_layer_that_was_asked_for_is_no_pop_up():
    shown = replace(PAGE, text="t1", covers=("Size chart",))
    assert names(walked(Paper(looks=[PAGE, PAGE, shown]), "  - click: Sizes\n")) == []
    elsewhere = replace(shown, address="https://shop.example/other")
    assert names(walked(Paper(looks=[PAGE, PAGE, elsewhere]), "  - click: Go\n")) == ["pop_up"]
    assert names(walked(Paper(looks=[replace(PAGE, covers=("We use cookies",))]))) == []


def test_a_layer_that_had_to_be_put_away_is_a_pop_up():
    hands = Paper({"Go": Deed("done", 2, over="Stay with us!")}, [PAGE, PAGE, replace(PAGE, text="t1")])
    assert names(walked(hands, "  - click: Go\n")) == ["pop_up"]


def test_to_sign_in_again_because_it_expired_is_a_loop():
    again = replace(PAGE, text="t1", password=True, alerts=("Your session has expired.",))
    steps = "  - click: Sign in\n  - expect: Good day\n"
    assert names(walked(Paper({"Good day": Deed("absent")}, [PAGE, PAGE, again, again]), steps))[0] == "loop"
    wrong = replace(again, alerts=("Name and password do not fit.",))
    assert names(walked(Paper({"Good day": Deed("absent")}, [PAGE, PAGE, wrong, wrong]), steps))[0] == "entry_refused"


def test_fields_emptied_without_a_word_are_a_loop_and_a_ticked_box_is_none():
    typed, ticked = replace(PAGE, state="s1"), replace(PAGE, state="s2")
    assert "loop" in names(walked(Paper(looks=[PAGE, typed, PAGE], noises=[Noise()] * 3), "  - click: Go\n"))
    assert names(walked(Paper(looks=[PAGE, typed, ticked], noises=[Noise()] * 3), "  - click: I agree\n")) == []


def test_what_is_chosen_already_is_not_pressed_and_nothing_is_wrong():
    assert names(walked(Paper({"By post": Deed("done")}, noises=[Noise()] * 3), "  - click: By post\n")) == []


def test_what_a_page_forgot_has_to_be_typed_again():
    again = "  - click: Go\n  - fill: Name\n    with: Ann\n"
    assert "repeated_entry" in names(walked(steps=again))
    kept, typed = Paper(), iter((3, 0))  # it stands there already
    kept.fill = lambda label, text, patience: Deed("done", 1, next(typed))
    assert "repeated_entry" not in names(walked(kept, again))
    assert "repeated_entry" not in names(walked(steps="  - fill: Name\n    with: Ann\n"))


def test_what_is_refused_with_a_word_has_to_be_typed_and_sent_again():
    wrong = replace(PAGE, text="t1", alerts=("Invalid input.",))
    looks = [PAGE, PAGE, wrong, wrong, replace(PAGE, text="t2")]
    again = "  - click: Send\n  - fill: Name\n    with: {}\n  - click: {}\n"
    assert "entry_refused" in names(walked(Paper(looks=[*looks]), again.format("Anne", "Send")))
    assert "entry_refused" not in names(walked(Paper(looks=[*looks]), again.format("Anne", "Something else")))
    assert "entry_refused" not in names(walked(Paper(looks=[*looks]), "  - click: Send\n  - click: Send\n"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Travel cover, € 4.90", True),
        ("Send me offers of partners", True),
        ("Use my voucher of € 4.90", False),
        ("I agree to the terms", False),
        ("Gown, 24.00 €", False),
    ],
)
def test_what_costs_or_advertises_and_was_ticked_by_the_page_is_told(said, told):
    ticked = replace(PAGE, address="https://shop.example/order", ticked=(said,))
    steps = "  - click: Gown\n"
    assert names(walked(Paper(looks=[PAGE, PAGE, ticked]), steps)) == ["preselected"] * told
    same = replace(PAGE, text="t1", ticked=(said,))  # a press on the same page may have ticked it
    assert names(walked(Paper(looks=[PAGE, PAGE, same], noises=[Noise(1), Noise(), Noise()]), steps)) == []


def test_a_page_that_differs_by_its_query_is_looked_at_like_any_other():
    first, layer = replace(PAGE, address=PAGE.address + "leave?n=1"), ("Stay with us!",)
    second = replace(first, address=PAGE.address + "leave?n=2", title="Really?", text="t1")
    looks = [first, first, second, replace(second, covers=layer)]
    hands = Paper(looks=looks)
    hands.wait = lambda seconds: None
    text = GOOD.replace("glance: 0", "glance: 1").replace("  - fill: Name\n    with: Ann\n", "  - click: Go on\n")
    done = walk(parse_script(text.encode()), hands)
    assert done.steps[1].look.covers == layer
    assert names(done) == ["pop_up"]
    same = replace(second, title=first.title, covers=layer)  # a layer that the server draws
    assert names(walked(Paper(looks=[first, first, same]), "  - click: Sizes\n")) == []
