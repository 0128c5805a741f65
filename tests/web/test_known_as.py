"""The page of a person whom several sources know: found by every id they had, and it says who they are known as."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.conftest import Client, Double


def test_a_person_is_found_by_a_former_id_and_names_the_members(
    full: Double, double: type[Double], opened: type[Client]
) -> None:
    members = [
        {
            "customer_id": "c0005", "member_id": name, "own_id": own, "matched_by": rule, "reason": reason,
            "customer_today": "c0005",
        }
        for name, own, rule, reason in (
            ("till <9>", "c0005", "founder", "known first of 2 members"),
            ("shop-1", "p-old", "email", "same e-mail address as till <9>"),
        )
    ]  # fmt: skip
    page = opened(double({**full.rows, "member": members})).get("/customers/p-old")
    assert page.status_code == 200
    assert "Known as 2 members" in page.text
    assert page.text.index("till &lt;9&gt;") < page.text.index("same e-mail address as till &lt;9&gt;")


def test_a_customer_of_one_source_says_nothing_of_members(client: Client) -> None:
    assert "Known as" not in client.get("/customers/c0005").text
