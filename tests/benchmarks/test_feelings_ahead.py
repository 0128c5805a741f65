"""The definitions of feelings_ahead do what they say, on rows made up here."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import ahead_models  # noqa: E402
from ahead_models import calibration, chance_pairs, compare, cross_fit, pairs, spline  # noqa: E402
from ahead_page import against, verdict  # noqa: E402
from ahead_read import mean_reading, read  # noqa: E402
from ahead_sets import amazon, halves, steam  # noqa: E402

DAY = 86_400


def review(day: int, last: int, lately: str = "0", owned: str = "20") -> dict[str, str]:
    return {
        "appid": "7", "customer_id": f"c{day}", "created_at": str(day * DAY), "last_played": str(last * DAY),
        "num_games_owned": owned, "voted_up": "True", "playtime_last_two_weeks_min": lately, "text": "good fun",
    }  # fmt: skip


def test_a_review_counts_when_it_was_watched_for_ninety_days() -> None:
    # Taken on day 400. Written on day 311: watched for 89 days only. Last play hidden: unknown, not "never".
    rows = steam([review(100, 400, "5"), review(200, 289), review(201, 291), review(311, 399), review(50, 0)])
    played, lately = rows.outcomes.values()
    assert rows.person.tolist() == ["c100", "c200", "c201"]
    assert played.tolist() == [1, 0, 1]
    assert lately.tolist() == [1, 0, 0]
    assert rows.plain["age of the review"].tolist() == [300, 200, 199]
    assert np.isnan(steam([review(100, 400, owned="0")]).plain["games owned"][0])


def stars(who: str, day: int, item: str, overall: float = 5.0) -> dict[str, object]:
    return {"reviewerID": who, "asin": item, "overall": overall, "unixReviewTime": day * DAY, "summary": item,
            "reviewText": f"about {item}"}  # fmt: skip


def test_a_reviewers_days_look_ahead_only_where_the_set_goes_on_for_a_year() -> None:
    a = [stars("a", 0, "x", 1.0), stars("a", 0, "y", 4.0), stars("a", 0, "y", 4.0), stars("a", 300, "z")]
    rows = amazon([*a, stars("a", 900, "w"), stars("b", 1000, "x")])
    assert rows.group.tolist() == ["a", "a", "a", "b"]
    assert rows.plain["stars"].tolist() == [2.5, 5, 5, 5]  # the copy of y is no third review
    np.testing.assert_allclose(np.expm1(rows.plain["reviews so far"]), [0, 2, 3, 0])
    np.testing.assert_allclose(np.expm1(rows.plain["days since the last"]), [np.nan, 300, 600, np.nan])
    np.testing.assert_array_equal(rows.outcomes["wrote again within a year"], [1, 0, np.nan, np.nan])
    assert rows.wait is not None
    assert rows.seen is not None
    assert rows.wait.tolist() == [300, 600, 100, 0]
    assert rows.seen.tolist() == [True, True, False, False]
    assert rows.texts[0] == ["x\nabout x", "y\nabout y"]


def tweet(who: str, minute: int, tone: str) -> dict[str, str]:
    return {
        "customer_id": who, "tweet_id": f"{who}{minute}", "text": f"{who} at {minute}", "airline_sentiment": tone,
        "created_at": f"2015-02-20 10:{minute:02d}:00 -0800",
    }  # fmt: skip


def test_the_middle_tweet_belongs_to_the_later_half() -> None:
    tweets = [
        tweet("a", 30, "positive"),
        tweet("a", 0, "neutral"),
        tweet("a", 15, "negative"),
        tweet("b", 1, "negative"),
    ]
    (half,) = halves(tweets)
    assert (half.customer, half.ids, half.tones) == ("a", ["a0"], [0.0])
    assert half.later == 0.0
    assert half.pause_hours == pytest.approx(0.25)


def test_auc_and_its_gain_are_those_of_all_pairs() -> None:
    y = np.array([1.0, 0, 1, 0, 0, 1])
    group = np.array(["a", "a", "b", "b", "c", "c"])
    good, bad = np.array([0.9, 0.1, 0.8, 0.2, 0.3, 0.7]), np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    told = compare(chance_pairs(bad, y, group), chance_pairs(good, y, group), seed=1)
    assert (told["without"][0], told["with"][0], told["gain"][0]) == (0.5, 1.0, 0.5)
    mixed = np.array([0.4, 0.6, 0.8, 0.2, 0.1, 0.9])
    assert compare(chance_pairs(bad, y, group), chance_pairs(mixed, y, group), 1)["with"][0] == pytest.approx(8 / 9)
    within = compare(chance_pairs(bad, y, group), chance_pairs(mixed, y, group), 1, within=True)
    assert within["with"][0] == pytest.approx(2 / 3)


def test_who_is_watched_no_longer_is_compared_only_with_earlier_events() -> None:
    when, happened = np.array([5.0, 3.0, 9.0]), np.array([True, False, True])
    right, comparable = pairs(np.array([0.9, 0.1, 0.2]), when, happened, np.array(["a", "b", "c"]))
    assert comparable.sum() == 1  # 5 before 9; nothing is known of the one who was watched until 3
    assert right[0, 2] == 1


def test_the_forecast_knows_neither_the_group_nor_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead_models, "REPEATS", 1)
    # Each group has a share of its own and a column that names it: of use only to who has seen the group.
    random = np.random.default_rng(3)
    group = np.repeat(np.arange(12), 30)
    y = (random.random(len(group)) < np.where(group % 2, 0.9, 0.1)).astype(float)
    named = (group[:, None] == np.arange(12)).astype(float)
    seen = random.normal(size=(len(group), 1)) + 2 * y[:, None]
    names = group.astype(str)
    blind = cross_fit(named, None, y, names, names, 1)
    auc = chance_pairs(blind, y, names)
    assert auc[0].sum() / auc[1].sum() < 0.6
    auc = chance_pairs(cross_fit(seen, None, y, names, names, 1), y, names)
    assert auc[0].sum() / auc[1].sum() > 0.8
    # Columns of feelings that say nothing are left alone; ones that tell are used.
    noise = random.normal(size=(len(group), 40))
    auc = chance_pairs(cross_fit(seen, noise, y, names, names, 1), y, names)
    assert auc[0].sum() / auc[1].sum() > 0.8
    auc = chance_pairs(cross_fit(noise[:, :1], seen, y, names, names, 1), y, names)
    assert auc[0].sum() / auc[1].sum() > 0.8
    # Rows that one person wrote in every group leave nothing to fit on.
    with pytest.raises(ValueError, match="0"):
        cross_fit(seen, None, y, names, np.full(len(y), "one"), 1)


def test_calibration_is_zero_when_shares_are_as_said() -> None:
    p = np.repeat([0.2, 0.8], 50)
    y = np.concatenate([np.tile([1.0, 0, 0, 0, 0], 10), np.tile([1.0, 1, 1, 1, 0], 10)])
    assert calibration(p, y)["error"] == pytest.approx(0)
    assert calibration(1 - p, y)["error"] == pytest.approx(0.6)
    flat = calibration(np.full(100, 0.5), y)  # the same for everybody: one group, not ten by the order of rows
    assert flat == {"error": pytest.approx(0), "skill": pytest.approx(0)}


def test_a_spline_is_straight_beyond_its_ends_and_says_what_is_missing() -> None:
    x = np.append(np.linspace(0, 1, 200), [5.0, 6.0, 7.0])
    curve = spline(x)
    assert curve.shape[1] == 3
    np.testing.assert_allclose(curve[-1] - curve[-2], curve[-2] - curve[-3])
    assert spline(np.array([0.0, 1, 1, np.nan])).tolist() == [[0, 0], [1, 0], [1, 0], [1, 1]]


def test_readings_are_means_over_what_is_known_and_are_kept(tmp_path: Path) -> None:
    texts = ["I love it, thank you so much!", "This is the worst, I am furious.", ""]
    said = read(texts, tmp_path, model="bulk")
    assert said[texts[0]][0] > 0 > said[texts[1]][0]
    assert np.isnan(said[""]).all()
    np.testing.assert_array_equal(mean_reading([texts[0], ""], said), said[texts[0]])
    np.testing.assert_allclose(mean_reading(texts, said)[0], (said[texts[0]][0] + said[texts[1]][0]) / 2)
    (file,) = tmp_path.iterdir()
    assert b"furious" not in file.read_bytes()
    before = file.stat().st_mtime_ns
    np.testing.assert_array_equal(read(texts, tmp_path, model="bulk")[texts[1]], said[texts[1]])
    assert file.stat().st_mtime_ns == before


def test_a_verdict_follows_from_the_interval() -> None:
    assert verdict([0.1, 0.01, 0.2]) == "adds"
    assert verdict([0.1, -0.01, 0.2]) == "no gain shown"
    assert verdict([-0.1, -0.2, -0.01]) == "takes away"
    assert verdict([0.02, 0.0003, 0.04]) == verdict([-0.0002, -0.0003, -0.0001]) == "no gain shown"


def test_only_what_holds_the_other_source_adds_to_it() -> None:
    better, worse = [0.1, 0.01, 0.2], [-0.1, -0.2, -0.01]
    assert against("mean label and segment over mean label", better) == "adds"
    assert against("segment of loyalty over base rate", better) == "adds"
    assert against("segment of loyalty over mean label", worse) == "behind"
    assert against("feelings over mean valence", better) == "ahead"
    assert against("feelings over mean valence", [0.1, -0.1, 0.2]) == "no difference shown"
