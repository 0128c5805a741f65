"""A third implementation of the named functions: names only, so that what is left of a step is the shared SQL."""

from __future__ import annotations


class OpaqueFunctions:
    """Every function as a call that no engine has; see heartline.engines.functions.Functions."""

    def seconds_between(self, earlier: str, later: str) -> str:
        return f"fn_seconds_between({earlier}, {later})"

    def days_between(self, earlier: str, later: str) -> str:
        return f"fn_days_between({earlier}, {later})"

    def epoch_seconds(self, timestamp: str) -> str:
        return f"fn_epoch_seconds({timestamp})"

    def timestamp(self, text: str) -> str:
        return f"fn_timestamp('{text}')"

    def add_seconds(self, timestamp: str, seconds: str) -> str:
        return f"fn_add_seconds({timestamp}, {seconds})"

    def month_start(self, timestamp: str) -> str:
        return f"fn_month_start({timestamp})"

    def bucket(self, customer_id: str) -> str:
        return f"fn_bucket({customer_id})"

    def join_ordered(self, value: str, order: str, separator: str) -> str:
        return f"fn_join_ordered({value}, '{separator}', {order})"

    def first_by(self, value: str, order: str) -> str:
        return f"fn_first_by({value}, {order})"

    def last_by(self, value: str, order: str) -> str:
        return f"fn_last_by({value}, {order})"

    def last_known(self, value: str, partition: str, order: str) -> str:
        return f"fn_last_known({value}) over (partition by {partition} order by {order})"

    def explode_words(self, text: str) -> str:
        return f"fn_explode_words({text})"

    def json_number(self, json: str, key: str) -> str:
        return f"fn_json_number({json}, '{key}')"

    def json_text(self, json: str, key: str) -> str:
        return f"fn_json_text({json}, '{key}')"

    def merged_json(self, json: str, order: str) -> str:
        return f"fn_merged_json({json}, {order})"

    def regexp_matches(self, text: str, pattern: str) -> str:
        # The pattern is between the engine and the text; its backslashes are not SQL.
        return f"fn_regexp_matches({text})"
