"""One person out of many identifiers: which ids of sources are whose, and what is in doubt. Written by identity.

A *member* is a customer as one source knows them: the ``customer_id`` on a row of facts. A *customer* is a person, whose
id is never that of a member. With the setting ``identity = "given"`` nothing of this is made and both are the same.
"""

from __future__ import annotations

from heartline.tables.shape import CUSTOMER, c, derived

PEOPLE = (
    derived("member", "member", ("member_id",), "identity",
        "Which ids of sources are one person, by which rule, and why.",
        CUSTOMER,
        c("member_id", "string", "the id on the rows of facts, as the source gave it", required=True, personal=True),
        c("own_id", "string", "the customer id that this member has, or would have, alone; every id that a customer ever had "
          "is the own_id of one of the members, so an id that a merge made void still leads to the person", required=True,
          personal=True),
        c("first_seen_at", "timestamp", "when the member was first known; the earliest member gives the customer its id",
          unit="UTC", null="not told"),
        c("matched_by", "string", "how it came to be part of the customer: alone, founder, a kind of identifier, decision or "
          "probable", required=True),
        c("reason", "string", "why, in words; members are named by their ids, values of identifiers are not shown",
          required=True, personal=True),
        c("since", "timestamp", "from when the company could know that it is the same person", unit="UTC",
          null="alone, or not told"),
        c("customer_today", "string", "the customer by all that is known today; another one only where a run looks from a past "
          "day, and refusals are obeyed by it", required=True, personal=True),
        time="since"),
    derived("doubtful_pair", "pair of members", ("member_a", "member_b"), "identity",
        "Members that may be one person and were not joined; a person decides.",
        c("member_a", "string", "a member; the smaller id of the two", required=True, personal=True),
        c("member_b", "string", "the other", required=True, personal=True),
        c("customer_a", "string", "the customer of the one", required=True, personal=True),
        c("customer_b", "string", "the customer of the other", required=True, personal=True),
        c("found_by", "string", "kind of identifier that both have, or probable", required=True),
        c("probability", "double", "that they are one person", unit="0 to 1", null="found by an identifier"),
        c("reason", "string", "what speaks for it and what speaks against it, in words", required=True),
        customer=None),
    derived("shared_identifier", "identifier", ("kind", "value_hash"), "identity",
        "Identifiers that several members have and that do not join them.",
        c("kind", "string", "kind of identifier", required=True),
        c("value_hash", "string", "SHA-256 of the normalised value", required=True, personal=True),
        c("members", "int64", "how many members have it", required=True),
        c("reason", "string", "why it does not join", required=True),
        customer=None),
    derived("probable_pair", "pair of members", ("member_a", "member_b"), "identity",
        "Members whose records are alike, with the probability that they are one person; made where the setting identity is "
        "probable.",
        c("member_a", "string", "a member; the smaller id of the two", required=True, personal=True),
        c("member_b", "string", "the other", required=True, personal=True),
        c("probability", "double", "that they are one person", unit="0 to 1", required=True),
        c("reasons", "string", "what speaks for it and against it, in words, joined by semicolons", required=True),
        c("known_at", "timestamp", "when both records were known", unit="UTC", null="not told"),
        customer=None, time="known_at"),
)  # fmt: skip
