"""The data model keeps its own promises, and the columns that others rely on."""

from __future__ import annotations

import hashlib

import pytest

from heartline.errors import TableError
from heartline.tables import BUCKETS, EMOTIONS, SIGNALS, TABLES, bucket_of, table

CONTRACT = {
    "feeling": "interaction_id customer_id occurred_at valence arousal intensity emotions signals motivators about "
    "status evidence model_version",
    "touchpoint_visit": "interaction_id customer_id occurred_at channel touchpoint stage felt_valence felt_from "
    "baseline surprise",
    "connection": "customer_id period_end satisfaction connection connection_low connection_high evidence_count "
    "self_relevance pathway",
    "loyalty": "customer_id period_end segment p_betrayal p_revenge p_silent_leaving p_leaving reasons",
    "customer_value": "customer_id p_alive expected_purchases expected_value expected_value_low expected_value_high "
    "horizon_days currency",
    "driver": "outcome touchpoint stated derived derived_low derived_high penalty reward class spend_share n",
    "drop_off": "funnel step cause rate share share_low share_high money_lost currency status",
    "claim": "claim published estimate low high n verdict adjusted",
    "investment": "option_id units cost expected_gain gain_low gain_high funded reason",
}


@pytest.mark.parametrize("name", CONTRACT)
def test_columns_that_others_rely_on_are_there(name):
    assert [column for column in CONTRACT[name].split() if column not in table(name)] == []


def test_feeling_has_a_probability_for_every_label():
    names = table("feeling").names
    assert len(EMOTIONS) == 28
    assert len(SIGNALS) == 17
    assert [n for n in names if n.startswith("p_signal_")] == [f"p_signal_{s}" for s in SIGNALS]
    assert [n for n in names if n.startswith("p_") and not n.startswith("p_signal_")] == [f"p_{e}" for e in EMOTIONS]


@pytest.mark.parametrize("of", TABLES.values(), ids=lambda t: t.name)
def test_every_table_is_whole(of):
    assert len(set(of.names)) == len(of.columns)
    assert all(name in of for name in of.key)
    assert of.customer is None or of.customer in of
    assert of.time is None or of.time in of
    assert of.about.endswith(".")
    for column in of:
        assert column.meaning
        assert not (column.required and column.null), "a column that is never missing needs no word on it"
        if column.name.startswith("p_"):
            assert column.unit == "0 to 1"
    assert of.arrow_schema().names == list(of.names)


def test_bucket_is_the_first_byte_of_md5():
    for customer in ("", "c1", "Grüße", "x" * 1000):
        assert bucket_of(customer) == hashlib.md5(customer.encode()).digest()[0] % BUCKETS


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(TableError, match="one of customer, identity"):
        table("costumer")
    with pytest.raises(TableError, match="felt_valence"):
        table("touchpoint_visit").column("felt")
