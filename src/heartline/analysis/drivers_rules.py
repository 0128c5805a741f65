"""What `drivers` calls a touchpoint: rules that can be read aloud, silent where an interval straddles a line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """What is known of one touchpoint for one outcome; None where it is not known.

    stated, stated_low, stated_high: what customers call it, 0 to 1; stated_mean: the same over all touchpoints
    stated_share, derived, derived_low, derived_high, spend_share: shares of one whole each
    fair: share that each driver would have if all were equal
    kind: must_have, performance, delighter or empty
    hurts: whether the whole interval of the penalty lies on the worse side, however few meet it
    """

    stated: float | None
    stated_low: float | None
    stated_high: float | None
    stated_mean: float | None
    stated_share: float | None
    derived: float | None
    derived_low: float | None
    derived_high: float | None
    fair: float | None
    kind: str
    hurts: bool
    spend_share: float | None

    @property
    def called(self) -> str:
        """high or low: the whole interval of what is stated lies above or below the mean; else empty."""
        if self.stated_low is None or self.stated_high is None or self.stated_mean is None:
            return ""
        return "high" if self.stated_low > self.stated_mean else "low" if self.stated_high < self.stated_mean else ""


def class_of(place: Place) -> str | None:
    """hygiene, says_and_feels, hidden_driver, overrated or minor; None where it cannot be told.

    High: at least a fair share, and the whole interval above half of that; of what customers hardly name, at least half
    a fair share, and the whole interval above the share that they give it. Low: the whole interval below a fair share.
    A share is of all customers, so that what few meet has a small one: a touchpoint whose bad contacts clearly go with
    a worse outcome is not called overrated.
    """
    derived, low, high, fair = place.derived, place.derived_low, place.derived_high, place.fair
    if derived is None or low is None or high is None or fair is None:
        return None
    if place.kind == "must_have" and high < fair:
        return "hygiene"
    stated = place.stated_share
    if place.called == "high" and stated is not None:
        if derived >= fair and low > fair / 2:
            return "says_and_feels"
        return "overrated" if derived < fair and high < stated and not place.hurts else None
    if place.called == "low" and stated is not None:
        if derived >= fair / 2 and low > stated:
            return "hidden_driver"
        return "minor" if high < fair else None
    return None


def floor_of(place: Place, name: str | None) -> str:
    """shown: a must-have. stated: called important without moving anybody as far as it shows. Else none.

    Where everybody does well alike nothing varies, and nothing can be derived: that customers call it important is then
    the only sign there is, so it is not cut before an experiment says so.
    """
    if place.kind == "must_have":
        return "shown"
    return "stated" if place.called == "high" and name not in ("says_and_feels", "hidden_driver") else "none"


def spend_verdict(place: Place) -> str | None:
    """over or under: the share of spend lies above or below the whole interval of the derived share; else in_line."""
    if place.spend_share is None or place.derived_low is None or place.derived_high is None:
        return None
    if place.spend_share > place.derived_high:
        return "over"
    return "under" if place.spend_share < place.derived_low else "in_line"
