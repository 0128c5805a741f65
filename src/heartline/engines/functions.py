"""Where engines differ, each difference has a name here; SQL text elsewhere is the same for all.

A method takes SQL expressions as text and returns SQL text.
"""

from __future__ import annotations

from typing import Protocol

# Texts that both engines take for the same number; beyond it one knows "1d", the other does not.
NUMBER = "^ *[-+]?[0-9][0-9.]*([eE][-+]?[0-9]+)? *$"


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
        """The timestamp plus a number of seconds given by an expression, rounded to the microsecond."""

    def month_start(self, timestamp: str) -> str:
        """First moment of the timestamp's month, as a timestamp."""

    def bucket(self, customer_id: str) -> str:
        """Bucket 0 to 63 of a customer id, equal to heartline.tables.bucket_of."""

    def join_ordered(self, value: str, order: str, separator: str) -> str:
        """Aggregate: non-NULL values as text in ascending order of NOT NULL keys, joined by a separator.

        Empty text where there is no value. The separator is plain text without a quote or a backslash.
        """

    def first_by(self, value: str, order: str) -> str:
        """Aggregate: the value at the smallest order key, also where that value is NULL.

        ``order`` is one key, or several separated by commas, that are NOT NULL and together unique in the group;
        rows whose only key is NULL are passed over. Texts as keys compare by their code points.
        """

    def last_by(self, value: str, order: str) -> str:
        """Aggregate: the value at the largest order key, also where that value is NULL; ``order`` as in first_by."""

    def last_known(self, value: str, partition: str, order: str) -> str:
        """Window: the latest non-NULL value up to and including this row.

        ``order`` states NULLS FIRST or LAST and is unique within the partition.
        """

    def explode_words(self, text: str) -> str:
        """Words of a text split at single blanks, one row each; used as the only expression of a select list
        next to plain columns. Two blanks in a row give an empty word, an empty text one empty word, NULL no row.
        """

    def json_number(self, json: str, key: str) -> str:
        """Number under a top-level key of a JSON object as a double; a text that is a decimal number is one too.

        NULL where the key is missing, holds anything else, or the text is not JSON. The key has no quote.
        """

    def json_text(self, json: str, key: str) -> str:
        """Text under a top-level key of a JSON object; a number or a truth value as it is written there.

        NULL where the key is missing or holds null, or the text is not JSON. The key has no quote and no backslash.
        """

    def merged_json(self, json: str, order: str) -> str:
        """Aggregate: JSON objects merged into one, as text; of a key that several have, the value at the largest order.

        ``order`` is one NOT NULL key, unique in the group. Values are taken whole; the order of keys in the text is no
        one's promise. NULL where there is no object.
        """

    def regexp_matches(self, text: str, pattern: str) -> str:
        """Whether the pattern is found anywhere in the text; NULL for NULL.

        The pattern keeps to what RE2 and Java read alike: no look-around, no back-reference, letter classes for ASCII.
        """


def one_key(order: str, row: str) -> str:
    """An order of one or several keys as one expression: itself, or the keys in a row built by a function ``row``."""
    depth = 0
    for letter in order:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            return f"{row}({order})"
    return order
