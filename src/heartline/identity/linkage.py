"""Probable linkage: records that may be of one person, by the weight of what agrees and what differs.

The model is that of Fellegi and Sunter (1969), fitted by Splink (extra ``identity``) on the records at hand: how often
two records of different people agree by chance is sampled, how often two of one person do comes from expectation
maximisation, and agreement on a common name counts less than on a rare one. Same records, same pairs.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from heartline.errors import IdentityError
from heartline.identity.comparing import MEETINGS, compared
from heartline.identity.pairs import PAIRS, Linked
from heartline.identity.weighing import weighed

SEED = 1
SAMPLED_PAIRS = 1e6
"""Pairs drawn to see how often records of different people agree."""
LEARN_FROM = 2000
"""With fewer records the shares below are taken as they are, instead of learnt from the records."""
SELDOM = 0.03
"""Levels that are met less often than this among records of one person are not learnt: too few pairs show them."""
LEARN_PAIRS = 200
"""A meeting point with fewer pairs teaches nothing."""

KEPT = ("member_id", "match_probability", "gamma_", "mw_", "email_shared", "phone_shared")
"""Beginnings of the columns that are needed of what Splink finds."""

Level = tuple[str, str, float, float, str]
"""Condition, what it says, share among records of one person, share among those of different people, column whose
frequency counts."""


def _near(name: str, slips: int, shortest: int) -> str:
    """Condition that two texts differ by a few slips; what is cheap to see is looked at first."""
    left, right = f"{name}_l", f"{name}_r"
    return (
        f"abs(length({left}) - length({right})) <= {slips} and least(length({left}), length({right})) >= {shortest} "
        f"and (left({left}, 2) = left({right}, 2) or right({left}, 3) = right({right}, 3)) "
        f"and damerau_levenshtein({left}, {right}) <= {slips}"
    )


def _sounds(name: str, least: float) -> str:
    """Condition that two texts begin alike and differ little (Jaro and Winkler)."""
    left, right = f"{name}_l", f"{name}_r"
    return (
        f"least(length({left}), length({right})) >= 4 and left({left}, 1) = left({right}, 1) "
        f"and jaro_winkler_similarity({left}, {right}) >= {least}"
    )


SLIP = (
    "(least(given_count_l, given_count_r) < 3 "
    "or greatest(given_count_l, given_count_r) > 30 * least(given_count_l, given_count_r))"
)
"""One of the two is seldom met: a slip of the other. Two that many bear are two names (Daniel and Daniela)."""

COMPARISONS: dict[str, tuple[str, tuple[Level, ...]]] = {
    "given": ("given_l is null or given_r is null", (
        ("given_l = given_r and length(given_l) > 1", "same given name", 0.78, 0.012, "given"),
        ("list_has_any(given_roots_l, given_roots_r) or list_contains(given_others_l, given_r) "
         "or list_contains(given_others_r, given_l)", "form of the same given name", 0.08, 0.01, ""),
        (f"{SLIP} and (({_near('given', 1, 4)}) or ({_sounds('given', 0.92)}))", "given name nearly the same",
         0.05, 0.005, ""),
        ("least(length(given_l), length(given_r)) = 1 and left(given_l, 1) = left(given_r, 1)",
         "same initial", 0.06, 0.01, ""),
        ("else", "other given name", 0.03, 0.963, ""),
    )),
    "family": ("family_l is null or family_r is null", (
        ("family_l = family_r", "same family name", 0.85, 0.003, "family"),
        (f"({_near('family', 1, 5)}) or ({_sounds('family', 0.94)})", "family name nearly the same", 0.08, 0.004, ""),
        ("list_has_any(family_parts_l, family_parts_r)", "part of the same family name", 0.02, 0.001, ""),
        ("else", "other family name", 0.05, 0.992, ""),
    )),
    "email": ("email_l is null or email_r is null", (
        ("email_l = email_r", "same e-mail address", 0.6, 0.00005, "email"),
        (_near("email", 2, 12), "e-mail address nearly the same", 0.03, 0.00002, ""),
        ("email_local_l = email_local_r and length(email_local_l) >= 6", "same name before the @", 0.02, 0.0001, ""),
        ("else", "other e-mail address", 0.35, 0.99983, ""),
    )),
    "phone": ("phone_l is null or phone_r is null", (
        ("phone_l = phone_r", "same telephone number", 0.6, 0.00005, "phone"),
        (_near("phone", 1, 7), "telephone number nearly the same", 0.04, 0.00001, ""),
        ("else", "other telephone number", 0.36, 0.99994, ""),
    )),
    "birth": ("birth_l is null or birth_r is null", (
        ("birth_l = birth_r", "same birth date", 0.93, 0.0001, ""),
        ("birth_l = birth_turned_r or (left(birth_l, 4) = left(birth_r, 4) or right(birth_l, 5) = right(birth_r, 5)) "
         "and damerau_levenshtein(birth_l, birth_r) <= 1", "birth date nearly the same", 0.04, 0.003, ""),
        ("else", "other birth date", 0.03, 0.9969, ""),
    )),
    "address": ("(address_l is null or address_r is null) and (postcode_l is null or postcode_r is null)", (
        ("address_l = address_r", "same address", 0.65, 0.0001, "address"),
        ("house_l = house_r and postcode_l = postcode_r and damerau_levenshtein(street_l, street_r) <= 2 "
         "or house_l = house_r and street_l = street_r and (city_l = city_r "
         "or damerau_levenshtein(postcode_l, postcode_r) <= 1)", "address nearly the same", 0.1, 0.0001, ""),
        ("postcode_l = postcode_r", "same postcode", 0.05, 0.02, ""),
        ("else", "other address", 0.2, 0.9798, ""),
    )),
}  # fmt: skip
"""What is compared: when nothing can be said, and the levels of agreement, the closest first."""

LEARN_AT = {
    "meet_email": ("email",), "meet_phone": ("phone",), "meet_given_birth": ("given", "birth"),
    "meet_address": ("address",), "meet_name": ("given", "family"),
}  # fmt: skip
"""Meeting points whose pairs teach how often records of one person agree, on what is not compared there."""


def probable_pairs(
    records: pa.Table, keys: pa.Table, least: float, threads: int = 0, memory_limit_gb: float = 4.0
) -> Linked:
    """Pairs of members that may be one person, with a probability of ``least`` (0 to 1) or more.

    records, keys: rows of ``pairs.RECORDS`` and ``pairs.KEYS``; threads: 0 takes all

    Only members that meet at an address, a number, a name or a date are compared; ``weighing`` says where a high
    weight is not enough. Raises IdentityError where the extra is not installed.
    """
    if records.num_rows < 2:
        return Linked(PAIRS.empty_table(), ("fewer than two records: nothing to compare",))
    table, notes = compared(records.sort_by("member_id"), keys)
    learnt = table.num_rows >= LEARN_FROM
    with _quiet():
        linker, database = _linker(table, threads, memory_limit_gb)
        more = _learn(linker, table) if learnt else (
            f"fewer than {LEARN_FROM} records: weights as they are set, not learnt from the records",
        )  # fmt: skip
        predicted = linker.inference.predict(threshold_match_probability=least)
        needed = [name for name in predicted.as_duckdbpyrelation().columns if name.startswith(KEPT)]
        found = predicted.as_duckdbpyrelation().select(*needed).to_arrow_table()
        database.duckdb_con.close()
    return Linked(weighed(found, COMPARISONS, least), (*notes, *more), _values(linker, learnt))


@contextmanager
def _quiet() -> Iterator[None]:
    """Splink tells its progress and what it could not learn to a log; what matters of it is in the notes."""
    log = logging.getLogger("splink")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _linker(table: pa.Table, threads: int, memory_limit_gb: float) -> tuple[Any, Any]:
    """The one place where Splink is imported: an extra."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import splink
    except ImportError as cause:
        raise IdentityError(
            'identity = "probable" needs Splink, which is not installed',
            "the extra identity",
            "run `pip install 'heartline[identity]'`, or set identity = \"keys\"",
        ) from cause
    database = splink.DuckDBAPI()
    database.duckdb_con.execute(f"set memory_limit = '{memory_limit_gb}GB'")
    if threads:
        database.duckdb_con.execute(f"set threads = {threads}")
    registered = database.register(table, table_name="records")
    return splink.Linker(registered, _settings(table.num_rows), log_level=None), database


def _settings(members: int) -> dict[str, Any]:
    comparisons = []
    for name, (nothing, levels) in COMPARISONS.items():
        made: list[dict[str, Any]] = [{"sql_condition": nothing, "label_for_charts": "not told", "is_null_level": True}]
        for condition, label, same, other, frequency in levels:
            level: dict[str, Any] = {
                "sql_condition": condition if condition != "else" else "ELSE", "label_for_charts": label,
                "m_probability": same, "u_probability": other,
            }  # fmt: skip
            if same <= SELDOM and condition != "else":
                level["fix_m_probability"] = True
            if frequency:
                level |= {"tf_adjustment_column": frequency, "disable_tf_exact_match_detection": True,
                          "tf_minimum_u_value": 0.5 / members}  # fmt: skip
            made.append(level)
        comparisons.append({"output_column_name": name, "comparison_levels": made})
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "member_id",
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [_meeting(name) for name in MEETINGS],
        # one other record a member, before anything is looked at
        "probability_two_random_records_match": min(1 / members, 0.1),
        "retain_intermediate_calculation_columns": True,
        "retain_matching_columns": True,
        "additional_columns_to_retain": ["email_shared", "phone_shared"],
    }


def _meeting(name: str) -> dict[str, str]:
    return {"blocking_rule": f"l.{name} = r.{name}"}


def _learn(linker: Any, table: pa.Table) -> tuple[str, ...]:
    """Estimates the shares from the records; gives notes on what was too thin."""
    linker.training.estimate_u_using_random_sampling(
        max_pairs=SAMPLED_PAIRS, seed=SEED, min_count_per_level=None, num_chunks=2
    )
    thin = []
    for name, same in LEARN_AT.items():
        counts = table.group_by(name).aggregate([("member_id", "count")]).to_pylist()
        pairs = sum(row["member_id_count"] * (row["member_id_count"] - 1) // 2 for row in counts if row[name])
        if pairs < LEARN_PAIRS:
            thin.append(name.removeprefix("meet_").replace("_", " and "))
            continue
        rule = " and ".join(f"l.{column} = r.{column}" for column in (name, *same))
        linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    return (f"too few pairs to learn from at the same {', '.join(thin)}",) if thin else ()


def _values(linker: Any, learnt: bool) -> Mapping[str, Any]:
    model = linker.misc.save_model_to_json()
    shares = {
        comparison["output_column_name"]: {
            level["label_for_charts"]: {
                "one_person": level.get("m_probability"), "different_people": level.get("u_probability"),
            }
            for level in comparison["comparison_levels"] if not level.get("is_null_level")
        }
        for comparison in model["comparisons"]
    }  # fmt: skip
    return {"learnt": learnt, "before": model["probability_two_random_records_match"], "shares": shares}
