"""Spark's words for the named functions."""

from __future__ import annotations

from heartline.engines.functions import NUMBER, one_key


class SparkFunctions:
    """Named functions in Spark's words; see heartline.engines.functions.Functions for what each means."""

    def seconds_between(self, earlier: str, later: str) -> str:
        """See Functions."""
        return f"(cast({_micros(later)} - {_micros(earlier)} as double) / 1e6)"

    def days_between(self, earlier: str, later: str) -> str:
        """See Functions."""
        return f"(cast({_micros(later)} - {_micros(earlier)} as double) / 8.64e10)"

    def epoch_seconds(self, timestamp: str) -> str:
        """See Functions."""
        return f"(cast({_micros(timestamp)} as double) / 1e6)"

    def timestamp(self, text: str) -> str:
        """See Functions."""
        return f"cast('{text}' as timestamp)"

    def add_seconds(self, timestamp: str, seconds: str) -> str:
        """See Functions."""
        return f"timestamp_micros({_micros(timestamp)} + cast(round(cast({seconds} as double) * 1e6) as bigint))"

    def month_start(self, timestamp: str) -> str:
        """See Functions."""
        return f"cast(date_trunc('month', {timestamp}) as timestamp)"

    def bucket(self, customer_id: str) -> str:
        """See Functions."""
        return f"(cast(conv(substr(md5({customer_id}), 1, 2), 16, 10) as int) % 64)"

    def join_ordered(self, value: str, order: str, separator: str) -> str:
        """See Functions."""
        return f"coalesce(listagg(cast({value} as string), '{separator}') within group (order by {order}), '')"

    def first_by(self, value: str, order: str) -> str:
        """See Functions."""
        return f"min_by({value}, {one_key(order, 'struct')})"

    def last_by(self, value: str, order: str) -> str:
        """See Functions."""
        return f"max_by({value}, {one_key(order, 'struct')})"

    def last_known(self, value: str, partition: str, order: str) -> str:
        """See Functions."""
        return (
            f"last_value({value}) ignore nulls over (partition by {partition} order by {order} "
            "rows between unbounded preceding and current row)"
        )

    def explode_words(self, text: str) -> str:
        """See Functions."""
        return f"explode(split({text}, ' '))"

    def json_number(self, json: str, key: str) -> str:
        """See Functions."""
        text = f"get_json_object({json}, '$[\\'{key}\\']')"
        return f"case when regexp_like({text}, '{NUMBER}') then try_cast({text} as double) end"

    def json_text(self, json: str, key: str) -> str:
        """See Functions."""
        return f"get_json_object({json}, '$[\\'{key}\\']')"

    def merged_json(self, json: str, order: str) -> str:
        """See Functions."""
        pairs = f"array_sort(collect_list(struct({order} as o, {json} as j)) filter (where {json} is not null))"
        objects = f"transform({pairs}, x -> from_json(x.j, 'map<string,variant>'))"
        merged = "map_concat(map_filter(a, (k, v) -> not map_contains_key(b, k)), b)"
        whole = f"to_json(aggregate({objects}, cast(map() as map<string,variant>), (a, b) -> {merged}))"
        return f"case when count({json}) > 0 then {whole} end"

    def regexp_matches(self, text: str, pattern: str) -> str:
        """See Functions."""
        escaped = pattern.replace("\\", "\\\\").replace("'", "''")
        return f"regexp_like({text}, '{escaped}')"


def _micros(timestamp: str) -> str:
    return f"unix_micros({timestamp})"
