"""Where engines differ, each difference has a name here; SQL text elsewhere is the same for all.

A method takes SQL expressions as text and returns SQL text.
"""

from __future__ import annotations

from typing import Protocol


class Functions(Protocol):
    """The named functions of an engine."""

    def seconds_between(self, earlier: str, later: str) -> str:
        """Elapsed seconds from one timestamp to another, as a double with fractions; negative if reversed."""

    def days_between(self, earlier: str, later: str) -> str:
        """Elapsed days (of 86,400 s) from one timestamp to another, as a double with fractions."""

    def epoch_seconds(self, timestamp: str) -> str:
        """Seconds since 1970-01-01T00:00:00, as a double with fractions."""

    def timestamp(self, text: str) -> str:
        """A timestamp literal from ISO text such as ``2026-06-30T00:00:00``."""

    def add_seconds(self, timestamp: str, seconds: str) -> str:
        """The timestamp plus a number of seconds given by an expression."""

    def month_start(self, timestamp: str) -> str:
        """First moment of the timestamp's month, as a timestamp."""

    def bucket(self, customer_id: str) -> str:
        """Bucket 0 to 63 of a customer id, equal to heartline.tables.bucket_of."""

    def join_ordered(self, value: str, order: str, separator: str) -> str:
        """Aggregate: non-NULL values in ascending order of a NOT NULL key, joined by a separator."""

    def first_by(self, value: str, order: str) -> str:
        """Aggregate: the value at the smallest order key, also where that value is NULL."""

    def last_by(self, value: str, order: str) -> str:
        """Aggregate: the value at the largest order key, also where that value is NULL."""

    def last_known(self, value: str, partition: str, order: str) -> str:
        """Window: the latest non-NULL value up to and including this row."""

    def explode_words(self, text: str) -> str:
        """Words of a text split at single blanks, one row each; used as the only expression of a select list
        next to plain columns."""

    def json_number(self, json: str, key: str) -> str:
        """Number under a top-level key of a JSON object as a double; NULL where missing."""

    def regexp_matches(self, text: str, pattern: str) -> str:
        """Whether the pattern (the syntax that RE2 and Java share) is found anywhere in the text."""
