"""PostgreSQL as the place that is read: server-side cursor, zones, types, read-only, late commits for real."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.records.test_postgres import postgres_url  # noqa: F401  the fixture

from heartline.errors import SourceError

if TYPE_CHECKING:
    from tests.feeds.conftest import Shop

psycopg = pytest.importorskip("psycopg", reason="needs the extra postgres")
SQL = (
    "select id::text as interaction_id, who as customer_id, at as occurred_at, 'web' as channel, 'x' as touchpoint, "
    "said as text, stars as rating, 1 as rating_min, 5 as rating_max, extra, tags, token, share, raw, "
    "'10%' as pct, changed from visit"
)


@pytest.fixture
def server(postgres_url: str) -> Iterator[Any]:  # noqa: F811
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("drop table if exists visit")
        connection.execute(
            "create table visit (id bigserial primary key, who text, at timestamptz, said text, stars numeric(3, 1), "
            "extra jsonb, tags text[], token uuid, share double precision, raw bytea, "
            "changed timestamptz default clock_timestamp())"
        )
        yield connection


def insert(server: Any, count: int, said: str = "fine") -> None:
    server.execute(
        "insert into visit (who, at, said, stars, extra, tags, token, share, raw) select 'c' || n %% 5, "
        "timestamptz '2026-01-01 10:00:00+02', %s, 4.5, '{\"a\": {\"b\": 1}}', array['x', 'y'], gen_random_uuid(), "
        "0.25, '\\xff00' from generate_series(1, %s) n",
        (said, count),
    )


def test_rows_come_with_their_types_and_once(shop: Shop, server: Any, postgres_url: str) -> None:  # noqa: F811
    insert(server, 2500)
    feed = shop.query(sql=SQL, url=postgres_url.replace("+psycopg", ""))
    assert shop.run(feed).new == 2500
    row = shop.rows()[0]
    assert (str(row["occurred_at"]), row["rating"]) == ("2026-01-01 08:00:00", 4.5)
    kept = json.loads(row["properties"])
    assert json.loads(kept["extra"]) == {"a": {"b": 1}}
    assert json.loads(kept["tags"]) == ["x", "y"]
    assert (kept["share"], kept["raw"], kept["pct"], len(kept["token"])) == ("0.25", "\\xff00", "10%", 36)
    insert(server, 10)
    server.execute("update visit set said = 'cross', changed = clock_timestamp() where id = 7")
    report = shop.run(feed)
    assert (report.new, report.replaced, report.quarantined) == (10, 1, 0)
    assert shop.words()["7"] == "cross"


def test_a_transaction_that_ends_late_is_read(shop: Shop, server: Any, postgres_url: str) -> None:  # noqa: F811
    insert(server, 3)
    feed = shop.query(sql=SQL, url=postgres_url)
    shop.run(feed)
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as slow:
        slow.execute("insert into visit (who, at) values ('late', now())")
        insert(server, 2)
        assert shop.run(feed).new == 2
    assert shop.run(feed).new == 1
    assert len(shop.ids()) == 6


def test_nothing_can_be_written(shop: Shop, server: Any, postgres_url: str) -> None:  # noqa: F811
    server.execute("create or replace function eat() returns int language sql as 'delete from visit returning 1'")
    insert(server, 1)
    for sql, said in (
        (SQL.replace("changed from", "eat() from"), "read-only transaction"),
        (SQL.replace("changed from", "nextval('visit_id_seq') from"), "read-only transaction"),
        ("with gone as (delete from visit returning *) select * from gone", "must be at the top level"),
        ("select * into other from visit", "refuses the query"),
        ("select who, who from visit", "several columns named who"),
    ):
        with pytest.raises(SourceError, match=said):
            shop.workspace.feeds.run_once(shop.query(sql=sql, url=postgres_url, cursor=""))
    assert server.execute("select count(*) from visit").fetchone() == (1,)


def test_what_the_server_says_holds_no_values_and_no_password(shop: Shop, server: Any, postgres_url: str) -> None:  # noqa: F811
    insert(server, 1, said="sesame")
    odd = SQL.replace("stars as rating", "said::int as rating")
    with pytest.raises(SourceError, match="is not repeated") as caught:
        shop.workspace.feeds.run_once(shop.query(sql=odd, url=postgres_url))
    assert "sesame" not in str(caught.value)
    elsewhere = postgres_url.replace("heartline@", "heartline:sesame@").rsplit("/", 1)[0] + "/nowhere"
    with pytest.raises(SourceError, match='database "nowhere" does not exist') as caught:
        shop.workspace.feeds.run_once(shop.query(sql=SQL, url=elsewhere))
    assert "sesame" not in str(caught.value)
    with pytest.raises(SourceError, match='column "nothing" does not exist'):
        shop.workspace.feeds.run_once(shop.query(sql="select nothing from visit", url=postgres_url))


def test_a_cursor_without_zone_or_of_numbers(shop: Shop, server: Any, postgres_url: str) -> None:  # noqa: F811
    insert(server, 5)
    for name, cursor, more in (
        ("naive", "local", "changed at time zone 'UTC' as local"),
        ("day", "day", "changed::date as day"),
        ("number", "id", "id"),
        ("exact", "exact", "id::numeric as exact"),
    ):
        feed = shop.query(name, sql=SQL.replace("changed from", f"{more} from"), url=postgres_url, cursor=cursor)
        shop.run(feed)
        insert(server, 1)
        report = shop.run(feed)
        assert report.new == 1, name
