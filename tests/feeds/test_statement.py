"""Which texts are one query that reads, and how it is wrapped."""

from __future__ import annotations

import pytest

from heartline.errors import SourceError
from heartline.feeds.statement import Wrapped, checked


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("select 1", "select 1"),
        (" select 1 ;\n-- the end", " select 1"),
        ("-- first\nselect ';' as a, \"b;c\" from x /* ; */ where 1 = 1;;", None),
        ("with a as (select 1) select * from a", "with a as (select 1) select * from a"),
        ("(select 1)", "(select 1)"),
        ("select 1 where 'a' = 'b'", "select 1 where 'a' = 'b'"),
        ('select a as "B;" ;', 'select a as "B;"'),
        ("select $$;$$", "select $$;$$"),
    ],
)
def test_one_query_that_reads(given: str, kept: str | None) -> None:
    found = checked(given)
    assert given.startswith(found)
    assert not found.rstrip().endswith(";")
    if kept is not None:
        assert found == kept


@pytest.mark.parametrize(
    "given",
    ["", "  ;", "-- only words", "insert into x values (1)", "select 1; select 2", "update x set a = 1",
     "copy x to 'y'", "select 1) x; delete from x; --", "/* select */ drop table x", "explain select 1", "123"],
)  # fmt: skip
def test_everything_else_is_refused(given: str) -> None:
    with pytest.raises(SourceError, match=r"empty|not read"):
        checked(given)


def test_a_percent_sign_stays_one_where_parameters_begin_with_it() -> None:
    sql = "select '10%' as a"
    assert "'10%%'" in Wrapped(sql, "pyformat").rows("a", 1).sql
    assert "%(heartline_since)s" in Wrapped(sql, "pyformat").rows("a", 1).sql
    assert "'10%'" in Wrapped(sql, "qmark").rows("a", 1).sql
    assert Wrapped(sql, "qmark").rows("a", 1).parameters == (1,)
    assert Wrapped(sql, "named").rows("a", 1).parameters == {"heartline_since": 1}
