"""Any address of the desk: a page, or an error that says what is wrong; never a fault."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from heartline.tables import CHANNELS, SEGMENTS, TABLES
from heartline.web.registry import PAGES

if TYPE_CHECKING:
    from .conftest import Client

EXAMPLES = int(os.environ.get("HEARTLINE_FUZZ", "150"))
PATHS = [page.path for page in PAGES] + ["/desk.json"] + [f"{page.path}.json" for page in PAGES if page.path != "/"]
CHARTS = [f"/charts/{chart.name}.{form}" for page in PAGES for chart in page.charts for form in ("json", "svg")]
NAMES = ["q", "segment", "pathway", "risk", "at_least", "sort", "dir", "page", "before", "channel", "since", "until",
         "theme", "column", "customer_id", "period_end", "touchpoint", "position", "reversible", ""]  # fmt: skip
WORDS = st.sampled_from(["", "0", "-1", "1e999", "nan", "9" * 5000, "2026-07", "2026-13", "0000-01", "9999-12", "c0000",
                         "2026-07-01T00:00:00", "2026-07-01T00:00:00+99:00", "0001-01-01T00:00:00+14:00", "%", "_", "'",
                         "' or 1=1 --", '"; drop table customer; --', "<script>", "\0", "../../etc/passwd", "true",
                         "10000000000000000000000", "ı", "asc", "desc", "light", *SEGMENTS, *CHANNELS])  # fmt: skip
VALUES = WORDS | st.text(max_size=12)


@settings(
    max_examples=EXAMPLES, phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    path=st.sampled_from([*PATHS, *PATHS, *CHARTS]), query=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4),
    part=st.sampled_from([*TABLES, "c0000", "nobody"]) | VALUES, raw=st.binary(max_size=8),
)  # fmt: skip
def test_any_address_is_a_page_or_a_told_error(
    client: Client, path: str, query: dict[str, str], part: str, raw: bytes
) -> None:
    name = quote(part.encode("utf-8", "surrogatepass"), safe="")
    for held in ("{customer_id}", "{table}"):
        path = path.replace(held, name)
    said = {name: value.encode("utf-8", "surrogatepass") for name, value in query.items()}
    address = f"{path}?{urlencode(said)}&{quote(raw)}"
    answer = client.get(address)
    assert answer.status_code in (200, 400, 404, 409), address
    if answer.status_code != 200 and path.endswith(".json"):
        assert answer.json()["error"]["got"]
