"""The SQL that DuckDB and Spark answer alike, and a reader that says where a step leaves it.

``faults(sql, ...)`` parses a step whose named functions are opaque (tests/engines/opaque.py). What is allowed here is
shown to agree on both engines by tests/engines/test_agreement.py; nothing is ever translated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.tokens import TokenType

SHAPE = {
    exp.Alias, exp.Boolean, exp.Column, exp.CTE, exp.DataType, exp.Distinct, exp.Filter, exp.From, exp.Group,
    exp.Having, exp.Identifier, exp.Join, exp.Limit, exp.Literal, exp.Null, exp.Order, exp.Ordered, exp.Paren,
    exp.Qualify, exp.Select, exp.Star, exp.Subquery, exp.Table, exp.TableAlias, exp.Tuple, exp.Union, exp.Where,
    exp.Window, exp.WindowSpec, exp.With, exp.WithinGroup, exp.Exists, exp.Var, exp.DataTypeParam,
}  # fmt: skip
OPERATORS = {
    exp.Add, exp.And, exp.Between, exp.Case, exp.Cast, exp.Div, exp.DPipe, exp.EQ, exp.GT, exp.GTE, exp.If, exp.In,
    exp.Is, exp.Like, exp.LT, exp.LTE, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Or, exp.Sub, exp.TryCast,
}  # fmt: skip
FUNCTIONS = {
    exp.Abs, exp.Avg, exp.Ceil, exp.Coalesce, exp.Concat, exp.Count, exp.DenseRank, exp.Exp, exp.Floor,
    exp.Greatest, exp.Interval, exp.Lag, exp.Lead, exp.Least, exp.Length, exp.Ln, exp.LogicalAnd, exp.LogicalOr,
    exp.Lower, exp.Max, exp.Min, exp.Ntile, exp.Nullif, exp.PercentileCont, exp.Pow, exp.Rank, exp.Replace,
    exp.Round, exp.RowNumber, exp.Sqrt, exp.Stddev, exp.StddevSamp, exp.Sum, exp.TimestampTrunc, exp.Trim,
    exp.Upper, exp.Variance,
}  # fmt: skip
TYPES = {"DOUBLE", "BIGINT", "INT", "TEXT", "TIMESTAMP", "TIMESTAMPNTZ", "DATE", "BOOLEAN"}
WHOLE = {exp.DataType.Type.BIGINT, exp.DataType.Type.INT}
PARTS = {exp.DataType.Type.DOUBLE, exp.DataType.Type.DECIMAL, exp.DataType.Type.FLOAT}
TIMES = {exp.DataType.Type.TIMESTAMP, exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMPNTZ}
BY_ORDER = (exp.RowNumber, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.Ntile)

# Columns besides *_id that are unique within the partitions that order by them.
UNIQUE = {
    "period", "period_end", "period_start", "slice", "position", "touchpoint", "motivator", "step", "place", "funnel",
    "reason", "term", "spread",
}  # fmt: skip

Schema = Mapping[str, Mapping[str, str]]


class Subset(DuckDB):
    """DuckDB's grammar that remembers whether an order said where NULLs go."""

    class Parser(DuckDB.Parser):
        def _parse_ordered(self, parse_method: Callable[[], Any] | None = None) -> Any:
            node = super()._parse_ordered(parse_method)
            if node is not None:
                words = [token.text.upper() for token in self._tokens[max(0, self._index - 2) : self._index]]
                node.meta["nulls"] = words in (["NULLS", "FIRST"], ["NULLS", "LAST"])
            return node


def faults(sql: str, written: bool = False, schema: Schema | None = None) -> list[str]:
    """What is outside the subset, in words; empty if nothing.

    written: the step is a table that an analysis writes, so its columns must be spelled out
    schema: columns and their types of the tables that the step reads; with it, casts and times are checked by type
    """
    try:
        tree = Subset().parse(sql)
        words = {token.text.lower() for token in Subset().tokenize(sql) if token.token_type != TokenType.STRING}
    except SqlglotError as error:
        return [f"not parsed: {str(error).splitlines()[0]}"]
    if len(tree) != 1 or not isinstance(tree[0], exp.Query):
        return ["not a single SELECT"]
    found = [fault for node in tree[0].walk() for fault in _node_faults(node)]
    found += [f"cast to a type without a size on Spark: {word}, not string" for word in words & {"varchar", "char"}]
    if written:
        found += _star_faults(tree[0])
    if schema is not None:
        found += _type_faults(tree[0], schema)
    return sorted(set(found))


def _node_faults(node: exp.Expression) -> Iterator[str]:
    kind = type(node)
    if isinstance(node, exp.Anonymous):
        if not node.name.startswith("fn_"):
            yield f"function {node.name} is not in the subset"
    elif kind not in SHAPE | OPERATORS | FUNCTIONS:
        yield f"{kind.__name__} is not in the subset: {_text(node)}"
    check = _CHECKS.get(kind)
    if check:
        yield from check(node)
    if isinstance(node, exp.Query):
        yield from _name_faults(node)


def _name_faults(node: exp.Query) -> Iterator[str]:
    scalar = isinstance(node.parent, exp.Subquery) and not isinstance(node.parent.parent, exp.From | exp.Join)
    if isinstance(node, exp.Select) and not scalar:
        for column in node.expressions:
            bare = column.unalias() if isinstance(column, exp.Alias) else column
            if not isinstance(column, exp.Alias | exp.Column | exp.Star):
                yield f"a column without a name: {_text(column)}"
            if isinstance(bare, exp.Null):
                yield f"NULL without a type: {_text(column)}"


def _ordered(node: exp.Ordered) -> Iterator[str]:
    inside = node.find_ancestor(exp.WithinGroup, exp.Window, exp.Select)
    if not isinstance(inside, exp.WithinGroup) and not node.meta.get("nulls"):
        yield f"order without NULLS FIRST or LAST: {_text(node)}"


def _division(node: exp.Div) -> Iterator[str]:
    if not _not_zero(node.expression):
        yield f"division by what may be zero: {_text(node.expression)}"


def _not_zero(node: exp.Expression) -> bool:
    """Whether an expression can be seen to be NULL or another number than zero."""
    if isinstance(node, exp.Paren | exp.Cast | exp.Neg | exp.Sqrt | exp.Abs):
        return _not_zero(node.this)
    if isinstance(node, exp.Literal):
        return not node.is_string and float(node.this) != 0
    if isinstance(node, exp.Nullif):
        return _is_zero(node.expression)
    if isinstance(node, exp.Mul):
        return _not_zero(node.left) and _not_zero(node.right)
    if isinstance(node, exp.Div):
        return _not_zero(node.left)
    if isinstance(node, exp.Add):
        # A positive part and one that is never negative.
        return (_positive(node.left) and _never_negative(node.right)) or (
            _positive(node.right) and _never_negative(node.left)
        )
    return _positive(node)


def _positive(node: exp.Expression) -> bool:
    """Whether an expression can be seen to be NULL or above zero."""
    if isinstance(node, exp.Paren | exp.Cast | exp.Sqrt):
        return _positive(node.this)
    if isinstance(node, exp.Literal):
        return not node.is_string and float(node.this) > 0
    if isinstance(node, exp.Greatest):
        return any(_positive(part) for part in (node.this, *node.expressions))
    if isinstance(node, exp.Add):
        return (_positive(node.left) and _never_negative(node.right)) or (
            _positive(node.right) and _never_negative(node.left)
        )
    if isinstance(node, exp.Mul | exp.Div):
        return _positive(node.left) and _positive(node.right)
    if isinstance(node, exp.Sub):
        # One less a share that is capped below one.
        capped = node.right.unnest()
        caps = (
            [float(one.this) for one in (capped.this, *capped.expressions) if isinstance(one, exp.Literal)]
            if (isinstance(capped, exp.Least))
            else []
        )
        return isinstance(node.left, exp.Literal) and any(float(node.left.this) > cap for cap in caps)
    if isinstance(node, exp.Nullif):
        return _is_zero(node.expression) and _never_negative(node.this)
    if isinstance(node, exp.Count):
        select = node.find_ancestor(exp.Select)
        return isinstance(node.this, exp.Star) and select is not None and select.args.get("group") is not None
    return isinstance(node, exp.Exp)


def _is_zero(node: exp.Expression) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and float(node.this) == 0


def _never_negative(node: exp.Expression) -> bool:
    """Whether an expression can be seen to be NULL, zero or above."""
    if isinstance(node, exp.Paren | exp.Cast):
        return _never_negative(node.this)
    if isinstance(node, exp.Literal):
        return not node.is_string
    if isinstance(node, exp.Count | exp.Abs | exp.Sqrt | exp.Exp | exp.Stddev | exp.Variance):
        return True
    if isinstance(node, exp.Column):
        # Counts, weights and durations; their names say so.
        return (
            node.name.startswith(("n_", "w_", "p_"))
            or node.name.endswith("_n")
            or node.name in {"n", "w", "m", "years", "love", "days", "frequency"}
        )
    if isinstance(node, exp.Greatest):
        return any(_never_negative(part) for part in (node.this, *node.expressions))
    if isinstance(node, exp.Coalesce | exp.Least):
        return all(_never_negative(part) for part in (node.this, *node.expressions))
    if isinstance(node, exp.Add | exp.Mul | exp.Div):
        return _never_negative(node.left) and _never_negative(node.right)
    if isinstance(node, exp.Nullif):
        return _never_negative(node.this)
    return _positive(node)


def _window(node: exp.Window) -> Iterator[str]:
    function = node.this.this if isinstance(node.this, exp.IgnoreNulls) else node.this
    opaque = isinstance(function, exp.Anonymous) and function.name == "fn_last_known"
    frame = node.args.get("spec")
    rows = frame is not None and str(frame.args.get("kind")).upper() == "ROWS"
    definition: exp.Expression = node
    if node.args.get("alias"):
        select = node.find_ancestor(exp.Select)
        named = {one.name: one for one in (select.args.get("windows") or [])} if select else {}
        definition = named.get(node.args["alias"].name, node)
        frame = definition.args.get("spec")
        rows = frame is not None and str(frame.args.get("kind")).upper() == "ROWS"
    order = definition.args.get("order")
    if order is None:
        if isinstance(function, BY_ORDER) or opaque:
            yield f"a window function of order without an order: {_text(function)}"
        return
    last = order.expressions[-1].this
    full = isinstance(last, exp.Column) and (last.name == "id" or last.name.endswith("_id") or last.name in UNIQUE)
    if (isinstance(function, BY_ORDER) or opaque or rows) and not full:
        yield f"a window whose order does not end in a unique column: {_text(order)}"


def _cast(node: exp.Cast) -> Iterator[str]:
    kind = node.to.this.name if isinstance(node.to.this, exp.DataType.Type) else str(node.to)
    # A decimal of a stated scale is how a number becomes text with so many digits; nothing is computed with it.
    if kind == "DECIMAL" and isinstance(node.parent, exp.Cast) and node.parent.to.this == exp.DataType.Type.TEXT:
        return
    if kind not in TYPES or node.to.expressions:
        yield f"cast to a type that is not one of the tables': {node.to.sql()}"


def _literal(node: exp.Literal) -> Iterator[str]:
    if node.is_string and "\\" in node.this:
        yield "a backslash in a text literal, which Spark reads as an escape"


def _floor(node: exp.Floor | exp.Ceil) -> Iterator[str]:
    if not isinstance(node.parent, exp.Cast | exp.Group):
        yield f"floor or ceil without a cast (a double here, a whole number there): {_text(node)}"


def _concat(node: exp.Concat) -> Iterator[str]:
    for part in node.expressions:
        last = part.expressions[-1] if isinstance(part, exp.Coalesce) else part
        if not isinstance(last, exp.Literal):
            yield f"concat of what may be NULL (write ||): {_text(part)}"


def _join(node: exp.Join) -> Iterator[str]:
    if node.args.get("using") or node.method or (node.kind or "") not in {"", "INNER", "CROSS", "OUTER"}:
        yield f"a join that is not written with on: {_text(node)}"


def _limit(node: exp.Limit) -> Iterator[str]:
    parent = node.parent
    if parent is None or not parent.args.get("order"):
        yield "limit without an order"


def _distinct(node: exp.Distinct) -> Iterator[str]:
    if node.args.get("on"):
        yield "distinct on"


def _group(node: exp.Group) -> Iterator[str]:
    if node.args.get("all") or any(isinstance(key, exp.Literal) for key in node.expressions):
        yield "group by without the names of columns"


def _var(node: exp.Var) -> Iterator[str]:
    if not isinstance(node.parent, exp.WindowSpec | exp.DataType | exp.Interval | exp.TimestampTrunc):
        yield f"a bare word: {node.name}"


def _logarithm(node: exp.Ln) -> Iterator[str]:
    if not _positive(node.this):
        yield f"logarithm of what may be zero: {_text(node.this)}"


_CHECKS: dict[type, Callable[[Any], Iterator[str]]] = {
    exp.Ordered: _ordered, exp.Div: _division, exp.Window: _window, exp.Cast: _cast, exp.TryCast: _cast,
    exp.Literal: _literal, exp.Join: _join, exp.Limit: _limit, exp.Distinct: _distinct, exp.Group: _group,
    exp.Var: _var, exp.Ln: _logarithm, exp.Concat: _concat, exp.Floor: _floor, exp.Ceil: _floor,
}  # fmt: skip


def _star_faults(tree: exp.Query) -> list[str]:
    selects = [tree] if isinstance(tree, exp.Select) else list(tree.find_all(exp.Select))
    stars = [column for select in selects for column in select.expressions if column.is_star]
    return ["select * in a table that is written" for column in stars if not isinstance(column, exp.Count)]


def _type_faults(tree: exp.Query, schema: Schema) -> list[str]:
    try:
        typed = annotate_types(
            qualify(tree.copy(), schema=schema, dialect="duckdb", quote_identifiers=False), schema, dialect="duckdb"
        )
    except SqlglotError as error:
        return [f"columns not found: {str(error).splitlines()[0]}"]
    found = []
    for node in typed.find_all(exp.Cast, exp.Sub):
        if isinstance(node, exp.Sub):
            if _kind(node.left) in TIMES and _kind(node.right) in TIMES:
                found.append(f"a time minus a time: {_text(node)}")
        elif node.to.this in WHOLE and _kind(node.this) in PARTS and not _whole(node.this):
            found.append(f"a fraction cast to a whole number: {_text(node)}")
    return found


def _kind(node: exp.Expression) -> object:
    return node.type.this if node.type is not None else None


def _whole(node: exp.Expression) -> bool:
    """Whether a fraction is a whole number all the same: rounded, or counts added up."""
    if isinstance(node, exp.Paren):
        return _whole(node.this)
    if isinstance(node, exp.Round):
        return node.args.get("decimals") is None
    return isinstance(node, exp.Floor | exp.Ceil)


def _text(node: exp.Expression) -> str:
    return node.sql(dialect="duckdb")[:90]
