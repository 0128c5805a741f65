"""Reasons: how a contact felt is told only where the play asked for it."""

from __future__ import annotations

from datetime import datetime

from heartline.action.reasons import contact_reason
from heartline.playbook.shape import Bound, ContactTrigger

MOMENT = datetime(2026, 6, 30)
ROW = {
    "felt": 0.6, "outcome": None, "signals": "recommending", "emotions": "", "touchpoint": "product_use", "stage": None,
    "channel": "app", "occurred_at": datetime(2026, 6, 28),
}  # fmt: skip


def test_a_play_that_asks_whatever_people_feel_is_told_no_feeling():
    assert contact_reason(ContactTrigger(), ROW, MOMENT) == "was in contact at product use on 28 June"


def test_a_play_that_asks_for_a_feeling_is_told_it():
    assert contact_reason(ContactTrigger(felt=Bound(at_least=0.5)), ROW, MOMENT).startswith("felt +0.6")
    asked = ContactTrigger(signals=("recommending",))
    assert contact_reason(asked, ROW, MOMENT) == "felt +0.6, words of recommending at product use on 28 June"
