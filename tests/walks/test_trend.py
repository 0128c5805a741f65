"""Longer, shorter, alike: by rules over walks whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from heartline.walks.past import Past
from heartline.walks.trend import EARLIER, change

NOON = datetime(2026, 7, 1, 12)
BROWSER = Past(
    "w0", "buy", "v1", "buy it", "browser", None, None, "desktop", "full", None, NOON, NOON + timedelta(seconds=20),
    "goal", 20.0, 12, 30, 2.0, 0, 12, 10, 0, 1,
)  # fmt: skip
PERSON = Past(
    "w0", "unbox", "v1", "open it", "guided", "Walker", "other", "mobile", None, None, NOON,
    NOON + timedelta(minutes=20), "goal", None, None, None, None, None, 5, None, None, 1, frozenset(), 0.2,
)  # fmt: skip


def series(*changes: dict[str, object], of: Past = BROWSER) -> list[Past]:
    """Walks a week apart, each as the first but for what is told."""
    found = []
    for number, told in enumerate(changes):
        began = NOON + timedelta(weeks=number)
        minutes = told.pop("minutes", None)
        span = of.ended_at - of.started_at if minutes is None else timedelta(minutes=float(str(minutes)))
        found.append(replace(of, walk_id=f"w{number}", started_at=began, ended_at=began + span, **told))
    return found


def kinds(walks):
    found = change(walks)
    assert found is not None
    return found.verdict, [one.kind for one in found.reasons]


def test_the_first_walk_is_held_against_nothing():
    assert change([]) is None
    assert change(series({})) is None


@pytest.mark.parametrize(
    ("effort", "verdict"),
    [
        (20.0, "alike"), (21.0, "alike"),  # 5 %: as far as the same walk twice differs
        (22.0, "alike"), (22.1, "longer"), (18.0, "alike"), (17.9, "shorter"),
    ],
)  # fmt: skip
def test_effort_counts_beyond_a_tenth_and_two_clicks(effort, verdict):
    assert kinds(series({}, {"effort": effort})) == (verdict, [] if verdict == "alike" else ["effort"])


@pytest.mark.parametrize(
    ("was", "now", "verdict"), [(5.0, 6.9, "alike"), (5.0, 7.1, "longer"), (100.0, 109.0, "alike")]
)
def test_a_tenth_of_little_is_not_enough_and_two_clicks_of_much_are_not(was, now, verdict):
    assert change(series({"effort": was}, {"effort": now})).verdict == verdict


@pytest.mark.parametrize(
    ("told", "verdict", "reason"),
    [
        ({"steps": 13}, "longer", "steps"), ({"steps": 11}, "shorter", "steps"),
        ({"ended": "failed", "effort": 5.0, "steps": 3}, "longer", "goal"),
        ({"fault_kinds": frozenset({"pop_up"})}, "longer", "fault"),
    ],
)  # fmt: skip
def test_steps_goal_and_new_kinds_of_faults(told, verdict, reason):
    assert kinds(series({}, told)) == (verdict, [reason])


def test_a_goal_that_is_reached_at_last_is_shorter_whatever_it_costs():
    assert kinds(series({"ended": "failed", "steps": 3, "effort": 9.0}, {"effort": 40.0})) == ("shorter", ["goal"])


def test_a_fault_that_every_walk_met_is_told_when_it_is_gone_and_one_that_comes_and_goes_is_not():
    pale, both = frozenset({"contrast"}), frozenset({"contrast", "overlap"})
    assert kinds(series({"fault_kinds": both}, {"fault_kinds": pale}, {})) == ("shorter", ["fault"])
    assert kinds(series({"fault_kinds": pale}, {}, {"fault_kinds": pale}, {})) == ("alike", [])


def test_held_against_the_median_of_the_last_five_alone():
    odd = series(*[{"effort": 60.0}] * 4, *[{"effort": 20.0}] * EARLIER, {"effort": 25.0})
    found = change(odd)
    assert (found.verdict, found.effort, len(found.before)) == ("longer", 20.0, EARLIER)
    one_bad_day = series({}, {}, {"effort": 50.0}, {}, {}, {"effort": 21.0})
    assert change(one_bad_day).verdict == "alike"


@pytest.mark.parametrize("told", [{"device": "mobile"}, {"network": "slow_4g"}, {"script": "look"}])
def test_never_against_another_way(told):
    assert change(series(told, {"effort": 90.0})) is None
    assert change(series({}, told, {"effort": 90.0})).effort == 20.0


def test_before_and_after_are_told_by_time_not_by_order():
    walks = series({"release": "1"}, {"release": "2", "effort": 30.0})
    for one in (walks, walks[::-1]):
        found = change(one)
        assert (found.verdict, found.now.release, found.release_before) == ("longer", "2", "1")
        assert "(release 1 before, 2 now)" in found.words


def test_a_script_that_was_changed_begins_anew():
    walks = series({}, {}, {"script_version": "v2", "effort": 90.0})
    found = change(walks)
    assert (found.verdict, found.before, found.script_changed) == ("script_changed", (), walks[2].started_at)
    after = [*walks, *series({}, {}, {}, {"script_version": "v2", "effort": 91.0})[3:]]
    found = change(after)
    assert (found.verdict, found.effort, found.script_changed) == ("alike", 90.0, walks[2].started_at)
    assert "compared since then" in found.words
    back = [*after, *series({}, {}, {}, {}, {"effort": 20.5})[4:]]  # the first words of the script again
    assert (change(back).verdict, len(change(back).before)) == ("alike", 2)


def test_longer_is_new_once_and_again_only_when_it_grows():
    told = [
        change(series(*({"effort": value} for value in (20.0, 20.0, 20.0, 26.0, 26.0, 26.2, 32.0)[: n + 1]))).new
        for n in range(1, 7)
    ]
    assert told == [False, False, True, False, False, True]


def test_what_creeps_up_is_told_when_it_has_come_far_enough():
    efforts = [20.0 + 0.9 * week for week in range(9)]
    found = [change(series(*({"effort": value} for value in efforts[: n + 1]))) for n in range(1, 9)]
    assert [one.new for one in found].count(True) == 1
    assert next(one for one in found if one.new).verdict == "longer"


def test_longer_for_another_reason_is_new_again():
    walks = series({}, {}, {"effort": 30.0}, {"effort": 30.0, "fault_kinds": frozenset({"pop_up"})})
    assert change(walks[:3]).new
    assert change(walks).new


def test_waiting_alone_is_news_when_the_next_walk_confirms_it():
    busy = {"effort": 26.0, "waiting_s": 8.0}
    walks = series({}, {}, {}, dict(busy), dict(busy), dict(busy))
    found = [change(walks[:n]) for n in range(2, 7)]
    assert [(one.verdict, one.new) for one in found] == [
        ("alike", False), ("alike", False), ("longer", False), ("longer", True), ("longer", False),
    ]  # fmt: skip
    assert found[3].reasons[0].kind == "waiting"
    assert "by waiting alone" in found[3].words
    one_busy_hour = series({}, {}, {}, dict(busy), {}, dict(busy), {})
    assert not any(change(one_busy_hour[:n]).new for n in range(2, 8))
    then_more = series({}, {}, {}, dict(busy), {"effort": 30.0})  # the next one is longer by what has to be done
    assert change(then_more).new


def test_a_busy_machine_makes_no_way_longer_or_shorter():
    busy = {"effort": 30.0, "waiting_s": 12.0, "late_s": 9.0}
    assert kinds(series({}, dict(busy))) == ("alike", [])
    assert kinds(series({}, busy | {"late_s": 7.0})) == ("longer", ["waiting"])  # 23 at the least
    assert kinds(series(dict(busy), {})) == ("alike", [])
    assert kinds(series(busy | {"late_s": 7.0}, {})) == ("shorter", ["waiting"])


def test_slow_steps_are_told_by_what_they_cost_alone():
    assert kinds(series({}, {"fault_kinds": frozenset({"slow"})})) == ("alike", [])


def test_first_walks_of_people_are_held_against_first_walks_alone():
    first = [{"walker": f"W{number}", "minutes": 20 + number} for number in range(3)]
    quick = {"walker": "W0", "nth": 2, "minutes": 8}
    found = change(series(*first, quick, {"walker": "W9", "minutes": 21}, of=PERSON))
    assert (found.verdict, len(found.before), found.minutes) == ("alike", 3, 21.0)
    assert change(series(*first, quick, of=PERSON)) is None  # nobody had walked twice before
    found = change(series(*first, {"walker": "W9", "minutes": 40}, of=PERSON))
    assert (found.verdict, [one.kind for one in found.reasons]) == ("longer", ["minutes"])


def test_few_people_say_nothing():
    assert change(series({"walker": "W1"}, {"walker": "W2", "minutes": 60}, of=PERSON)).verdict == "too_few"


@pytest.mark.parametrize(
    ("felt", "verdict"), [(-0.5, "longer"), (0.1, "alike"), (0.9, "shorter"), (None, "alike"), (-0.04, "alike")]
)
def test_what_people_felt_counts_only_outside_of_all_others(felt, verdict):
    before = [{"walker": f"W{number}", "felt": value} for number, value in enumerate((0.0, 0.2, 0.3))]
    assert change(series(*before, {"walker": "W9", "felt": felt}, of=PERSON)).verdict == verdict
