"""Hurts: who is unhappy and says nothing, why people left, who was betrayed, what it cost, what moved them."""

from __future__ import annotations

from heartline.tables.shape import c, derived

CAUSES = ("service", "product", "price", "process", "brand", "not_known")
ESTIMATE = "estimated, or not_enough_evidence"

HURTS = (
    derived("iceberg", "period × cause", ("period_end", "cause"), "iceberg",
        "How many unhappy customers said nothing for each one who told the company. Only customers with a contact at a"
        " touchpoint that people are asked about; who objects to profiling is not among them.",
        c("period_start", "timestamp", "start of the period", unit="UTC", required=True),
        c("period_end", "timestamp", "end of the period (excluded)", unit="UTC", required=True),
        c("cause", "string", "what the bad contacts were about; `all`: any", required=True, allowed=("all", *CAUSES)),
        c("customers", "int64", "customers with a contact in the period"),
        c("told", "int64", "customers who told: a complaint, a problem, a goodbye, or words that felt bad"),
        c("silent", "double", "customers who had a bad contact and did not tell, estimated", unit="customers",
          null="not enough evidence"),
        c("silent_low", "double", "lower end of the 90 % interval", unit="customers", null="as silent"),
        c("silent_high", "double", "upper end of the 90 % interval", unit="customers", null="as silent"),
        c("per_teller", "double", "silent / told", null="not enough evidence"),
        c("per_teller_low", "double", "lower end of the 90 % interval", null="as per_teller"),
        c("per_teller_high", "double", "upper end of the 90 % interval", null="as per_teller"),
        c("unhappy_share", "double", "(silent + told) / customers", unit="0 to 1", null="not enough evidence"),
        c("bad_share", "double", "share of contacts that felt bad among customers who did not tell, weighted",
          unit="0 to 1", null="not enough evidence, or one cause"),
        c("heard", "int64", "customers who did not tell and of whom a feeling is known from an answer or a rating"),
        c("coverage", "double", "heard / customers who did not tell", unit="0 to 1", null="everybody told"),
        c("overlap", "double", "share of them who are like enough heard ones", unit="0 to 1", null="nobody was heard"),
        c("basis", "string", "asked (answers after contacts), rated (ratings that customers chose to give), or none"),
        c("status", "string", ESTIMATE),
        customer=None, time="period_end"),
    derived("leaving_cause", "cause", ("cause",), "iceberg",
        "What leavers met in the 180 days before they went, beyond customers of the same kind who stayed.",
        c("cause", "string", "what the worst contact was about; `any`: any cause; `not_known`: what is left", required=True,
          allowed=("any", "service", "product", "price", "process", "brand", "not_known")),
        c("leavers", "int64", "customers who have left by their own rhythm within a year"),
        c("compared", "int64", "of them, those with customers of the same kind who stayed"),
        c("met", "double", "share of leavers whose worst contact was about it", unit="0 to 1"),
        c("met_stayers", "double", "the same among stayers of the same kind", unit="0 to 1", null="nobody to compare with"),
        c("share", "double", "share of leaving that goes with it: met by leavers beyond stayers", unit="-1 to 1",
          null="not enough evidence"),
        c("share_low", "double", "lower end of the 90 % interval", unit="-1 to 1", null="as share"),
        c("share_high", "double", "upper end of the 90 % interval", unit="-1 to 1", null="as share"),
        c("silent", "double", "share of the leavers who met it and had not told", unit="0 to 1", null="nobody met it"),
        c("status", "string", ESTIMATE),
        customer=None),
)  # fmt: skip
