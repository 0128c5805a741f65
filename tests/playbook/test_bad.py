"""Bad playbooks: each is refused with file, line, rule, what was got and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartline.errors import PlaybookError
from heartline.playbook.checking import check
from heartline.playbook.faults import Fault
from heartline.playbook.reading import read
from heartline.playbook.wording import Reading

BAD = Path(__file__).parent / "bad"

REFUSED: dict[str, list[tuple[str, int, str, str, str]]] = {
    "blame": [
        (
            "plays.yaml",
            11,
            "conduct.blames",
            "the template of play explain says “As we already explained”",
            "say what the house did or did not do",
        ),
    ],
    "bomb": [
        (
            "house.yaml",
            1,
            "shape.alias",
            "an anchor (&) or alias (*) is used",
            "write the text out, or put it into quotes",
        ),
    ],
    "circle": [
        (
            "teams.yaml",
            4,
            "team.circle",
            "team service escalates to itself: service → sales → service",
            "let one of them escalate to nobody",
        ),
        (
            "teams.yaml",
            7,
            "team.circle",
            "team sales escalates to itself: sales → service → sales",
            "let one of them escalate to nobody",
        ),
    ],
    "gating": [
        (
            "plays.yaml",
            9,
            "promise.gating",
            "play ask_the_happy asks for “review”, and who is asked hangs on emotions",
            "ask by what happened, such as a touchpoint or a number of orders; or thank without asking",
        ),
        (
            "plays.yaml",
            11,
            "promise.gating",
            "play ask_the_happy asks for “review”, and who is asked hangs on segment",
            "ask by what happened, such as a touchpoint or a number of orders; or thank without asking",
        ),
        (
            "plays.yaml",
            17,
            "promise.gating",
            "play ask_the_happy asks for “review” only “if you were happy”",
            "ask everybody in the same words",
        ),
    ],
    "guarantee": [
        (
            "plays.yaml",
            7,
            "promise.absolute",
            "play sorry says “this will never”",
            "promise only what one person can keep: what happens next",
        ),
        (
            "plays.yaml",
            12,
            "promise.guarantee",
            "the template of play sorry says “guarantee”",
            "say what you will do, and by when if the register holds it",
        ),
        (
            "plays.yaml",
            13,
            "promise.absolute",
            "the template of play sorry says “always”",
            "promise only what one person can keep: what happens next",
        ),
    ],
    "guessed": [
        ("house.yaml", 1, "shape.guess", "YAML reads on as true, and `vision` is text", 'put it in quotes: "on"'),
        (
            "house.yaml",
            2,
            "shape.guess",
            "YAML reads 2026-11-22 as a date, and `mantra` is text",
            'put it in quotes: "2026-11-22"',
        ),
        ("house.yaml", 4, "shape.guess", "YAML reads no as false, and `team` is text", 'put it in quotes: "no"'),
        (
            "house.yaml",
            8,
            "shape.guess",
            "YAML reads 12:30 as a number in another way of writing, and `per_day` is a whole number",
            "write a whole number in plain digits",
        ),
        ("house.yaml", 12, "shape.guess", "YAML reads yes as true, and `kept` is text", 'put it in quotes: "yes"'),
    ],
    "late_deadline": [
        (
            "plays.yaml",
            8,
            "play.deadline",
            "play slow may be done 400 hours after it is opened, and is measured after 336",
            "shorten deadline_hours, or lengthen horizon_days to 17 or more",
        ),
    ],
    "missing_owner": [
        (
            "house.yaml",
            4,
            "reference.team",
            "team service escalates to `head_office`, a team that nobody described",
            "describe `head_office` under teams, or write one of service",
        ),
        (
            "house.yaml",
            7,
            "reference.team",
            "the standard of checkout belongs to `shop`, a team that nobody described",
            "describe `shop` under teams, or write one of service",
        ),
        (
            "plays/late.yaml",
            5,
            "reference.team",
            "play late_parcel belongs to `servise`, a team that nobody described",
            "write `service`, or describe `servise` under teams",
        ),
    ],
    "never_words": [
        (
            "code.yaml",
            6,
            "conduct.contradiction",
            "rule empathy shows as kept what rule empathy forbids: “any inconvenience”",
            "change the example, or the words that nobody uses",
        ),
        (
            "plays.yaml",
            8,
            "conduct.never",
            "the template of play form_letter says “any inconvenience”, which rule empathy forbids",
            "say it in other words",
        ),
    ],
    "no_yaml": [
        (
            "house.yaml",
            3,
            "shape.yaml",
            "this is no YAML: found character that cannot start any token",
            "use spaces instead of tabs",
        ),
        (
            "teams.yaml",
            3,
            "shape.yaml",
            "this is no YAML: mapping values are not allowed in this context",
            "put the text into quotes, for it holds a colon",
        ),
    ],
    "nobodys_promise": [
        ("expectations.yaml", 2, "shape.missing", "`owner` is missing (promise answer)", "add a line `owner: …`"),
    ],
    "paid_praise": [
        (
            "plays.yaml",
            12,
            "promise.praise",
            "the template of play stars asks for “5-star review”",
            "ask for an honest one, whatever it says",
        ),
        (
            "plays.yaml",
            13,
            "promise.paid_praise",
            "the template of play stars puts “voucher” beside “star”",
            "ask without a reward, and reward without asking",
        ),
    ],
    "placeholders": [
        (
            "plays.yaml",
            9,
            "template.placeholder",
            "the template of play letter has {firstname}, which nothing fills in",
            "write {first_name}",
        ),
        (
            "plays.yaml",
            10,
            "template.placeholder",
            "the template of play letter has {order_number}, which nothing fills in",
            "use one of {first_name}, {touchpoint}, {promise}, {your_name}, {company}",
        ),
        ("plays.yaml", 11, "template.brace", "the template of play letter has a { alone", "close it, or leave it out"),
    ],
    "repeated_key": [
        ("house.yaml", 3, "shape.repeated_key", "`vision` stands here twice, first on line 1", "keep one"),
    ],
    "silencing": [
        (
            "plays.yaml",
            7,
            "conduct.silences",
            "play clean_up says “take down the post”",
            "let customers say what they like; ask what would put it right",
        ),
        (
            "plays.yaml",
            8,
            "conduct.silences",
            "the template of play clean_up says “remove your angry review”",
            "let customers say what they like; ask what would put it right",
        ),
    ],
    "standards": [
        (
            "standards.yaml",
            3,
            "standard.place",
            "a standard of neither a touchpoint nor a stage",
            "name one of them, touchpoint or stage",
        ),
        (
            "standards.yaml",
            5,
            "standard.place",
            "a standard of a touchpoint and a stage",
            "name one of them, touchpoint or stage",
        ),
        (
            "standards.yaml",
            9,
            "standard.empty",
            "the standard of delivery says not what it is to feel like",
            "give it a feeling, or at_least",
        ),
        (
            "standards.yaml",
            14,
            "standard.twice",
            "payment has a second standard",
            "put them together into one with both parts",
        ),
    ],
    "told_twice": [
        ("b/c.yaml", 1, "shape.given_twice", "`limits` is given a second time, first in a.yaml", "keep one of them"),
        ("b/c.yaml", 3, "shape.given_twice", "`mantra` is given a second time, first in a.yaml", "keep one of them"),
        (
            "b/c.yaml",
            7,
            "shape.given_twice",
            "team `service` is given a second time, first in a.yaml on line 3",
            "give it another name, or take one of them out",
        ),
    ],
    "unkept_time": [
        (
            "plays.yaml",
            4,
            "promise.time",
            "promise answer promises “within two days”, 48 hours",
            "write within_hours: 48 under it, or another time into its text",
        ),
        (
            "plays.yaml",
            13,
            "promise.time",
            "the template of play letter promises “in 2 hours”, 2 hours",
            "promise a time of the register (24 hours), or add one with within_hours: 2",
        ),
    ],
    "unknown_keys": [
        (
            "plays.yaml",
            1,
            "shape.unknown",
            "there is no `version` here",
            "take it out: it is worked out from the files",
        ),
        ("plays.yaml", 2, "shape.unknown", "there is no `play` here", "write `plays`"),
        ("plays.yaml", 10, "shape.unknown", "there is no `signal` here", "write `signals`"),
        ("plays.yaml", 16, "shape.unknown", "there is no `on` here (play two)", "write `active`"),
    ],
    "unknown_words": [
        (
            "play.yaml",
            10,
            "reference.principle",
            "play repair serves `keep_our_world`, a principle that nobody described",
            "write `keep_our_word`",
        ),
        (
            "play.yaml",
            14,
            "reference.stage",
            "`after_sales` is a stage that nobody described",
            "describe `after_sales` under stages, or write one of support",
        ),
        ("play.yaml", 17, "reference.signal", "`betrayed` is no signal that a contact can have", "write `betrayal`"),
        (
            "play.yaml",
            18,
            "reference.channel",
            "`telephone` is no channel that a contact can have",
            "write one of store, web, app, email, social, call, chat, mail, event, partner, survey",
        ),
        (
            "play.yaml",
            21,
            "reference.condition",
            "nothing is known of a customer under `p_betrayl`",
            "write `p_betrayal`",
        ),
    ],
    "unreachable": [
        (
            "plays.yml",
            5,
            "trigger.empty",
            "nothing triggers play nothing",
            "give its trigger a contact, a customer or a promise",
        ),
        ("plays.yml", 14, "trigger.never", "`felt` has to be at least 0.2 and at most -0.2: never", "swap them"),
        (
            "plays.yml",
            18,
            "trigger.range",
            "`p_leaving` has to be at least 60: it never is",
            "write a number from 0 to 1, such as 0.6 for 60 %",
        ),
        (
            "plays.yml",
            20,
            "trigger.never",
            "`segment` is never `promoter`",
            "write one of dissenter, defector, at_risk, indifferent, content, advocate, super_advocate",
        ),
        ("plays.yml", 22, "trigger.kind", "`pathway` is a word and has no size", "write one_of with a list of words"),
        ("plays.yml", 23, "trigger.unbound", "`expected_value` is given no bound", "write at_least or at_most"),
    ],
    "wrong_shapes": [
        ("plays.yaml", 2, "shape.type", "`teams` is names with values", "write a list, a line with - for each entry"),
        ("plays.yaml", 4, "shape.name", "`Soon` is no name", "use small letters, digits and underscores, at most 60"),
        ("plays.yaml", 12, "shape.word", "`promise` is `late`", "write one of overdue, broken"),
        ("plays.yaml", 16, "shape.missing", "`says` is missing (play three)", "add a line `says: …`"),
        ("plays.yaml", 26, "shape.type", "`at_least` is `high`", "write a number"),
        ("plays.yaml", 35, "shape.range", "`horizon_days` is 3, and has to be at least 7", "give at least 7"),
        ("plays.yaml", 40, "shape.empty", "`says` holds nothing", "write text behind it, or leave the line out"),
        ("plays.yaml", 45, "shape.length", "`kept` has 0 entries", "give at least 1"),
    ],
}
"""Playbook: what is wrong in it, in the order of files and lines."""


def faults(found: list[Fault]) -> list[tuple[str, int, str, str, str]]:
    return [(one.file, one.line, one.rule, one.got, one.mend) for one in found if one.severity == "fault"]


def test_there_are_as_many_as_the_list_holds() -> None:
    assert sorted(folder.name for folder in BAD.iterdir()) == sorted(REFUSED)
    assert len(REFUSED) >= 12


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_playbook_is_refused_as_told(name: str) -> None:
    assert faults(check(BAD / name)) == REFUSED[name]
    assert REFUSED[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_not_the_shape_cannot_be_read_at_all(name: str) -> None:
    file, line, rule, got, mend = REFUSED[name][0]
    if not rule.startswith("shape."):
        assert read(BAD / name) is not None
        return
    with pytest.raises(PlaybookError) as refused:
        read(BAD / name)
    assert (refused.value.file, refused.value.line, refused.value.rule) == (file, line, rule)
    assert str(refused.value) == f"playbook/{file}, line {line} ({rule}): {got}. Next: {mend}."


GOOD = """
vision: Known.
mantra: Kept.
principles: [{principle: kept, says: We keep our word.}]
conduct: [{rule: respect, says: Greet., kept: [Good day.], broken: [Hm.], measure: respect}]
teams: [{team: service, name: Service}]
"""
PLAY = """
plays:
  - play: one
    name: One
    serves: [kept]
    team: service
    says: Call.
    helped: {{behaviour: stays, horizon_days: 90}}
    {more}
"""


def warned(folder: Path, play: str, more: str = "", **known: object) -> list[tuple[int, str]]:
    (folder / "house.yaml").write_text(GOOD + more, encoding="utf-8")
    (folder / "plays.yaml").write_text(PLAY.format(more=play).lstrip(), encoding="utf-8")
    found = check(folder, **known)  # type: ignore[arg-type]
    assert faults(found) == []
    return [(one.line, one.rule) for one in found]


def test_a_good_one_is_not_warned_of(tmp_path: Path) -> None:
    assert warned(tmp_path, "trigger: {contact: {outcomes: [failed]}}") == []


def test_what_is_to_be_thought_about(tmp_path: Path) -> None:
    assert warned(tmp_path, "trigger: {contact: {signals: [betrayal]}}\n    hold_out: 0.1") == [(9, "play.hold_out")]
    assert warned(tmp_path, "trigger: {contact: {within_days: 3}}") == [(8, "trigger.everybody")]
    again = "hold_out: 0.1\n    again_after_days: 10\n    trigger: {contact: {outcomes: [failed]}}"
    assert warned(tmp_path, again) == [(9, "play.again")]
    promised = "trigger: {contact: {outcomes: [failed]}}\n    template: We promised {promise}."
    assert warned(tmp_path, promised) == [(9, "template.promise")]
    paid = "trigger: {contact: {outcomes: [failed]}}\n    template: Recommend us to others and take this voucher."
    assert warned(tmp_path, paid) == [(9, "promise.paid_referral")]
    unread = "standards: [{touchpoint: checkout, owner: service, feeling: ease}]"
    assert warned(tmp_path, "trigger: {promise: broken}", unread) == [(7, "standard.unread")]


def test_a_touchpoint_that_no_contact_has(tmp_path: Path) -> None:
    play = "trigger: {contact: {touchpoints: [delivery, chekout]}}"
    assert warned(tmp_path, play) == []
    assert warned(tmp_path, play, touchpoints={"delivery", "checkout"}) == [(8, "reference.touchpoint")]


def test_two_plays_on_the_same(tmp_path: Path) -> None:
    second = PLAY.format(more="trigger: {contact: {outcomes: [abandoned, failed]}}").replace("play: one", "play: two")
    assert warned(tmp_path, "trigger: {contact: {outcomes: [failed, abandoned]}}", second) == [(8, "play.overlap")]
    assert warned(tmp_path, "trigger: {contact: {outcomes: [failed]}}", second) == [(8, "play.overlap")]
    assert warned(tmp_path, "trigger: {contact: {outcomes: [failed], within_days: 9}}", second) == []
    assert warned(tmp_path, "trigger: {contact: {outcomes: [completed]}}", second) == []


@pytest.mark.parametrize(
    ("narrow", "wide", "covered"),
    [
        ("customer: {p_leaving: {at_least: 0.7}}", "customer: {p_leaving: {at_least: 0.6}}", True),
        ("customer: {p_leaving: {at_least: 0.5}}", "customer: {p_leaving: {at_least: 0.6}}", False),
        ("customer: {segment: {one_of: [at_risk]}}", "customer: {segment: {one_of: [at_risk, content]}}", True),
        ("customer: {segment: {one_of: [at_risk]}, orders: {at_most: 1}}", "customer: {orders: {at_most: 2}}", True),
        ("contact: {signals: [betrayal], felt: {at_most: -0.5}}", "contact: {signals: [betrayal]}", True),
        ("contact: {signals: [betrayal]}", "contact: {signals: [betrayal], felt: {at_most: -0.5}}", False),
        ("promise: broken, customer: {orders: {at_least: 1}}", "promise: broken", True),
        ("promise: overdue", "promise: broken", False),
    ],
)
def test_a_trigger_within_another(tmp_path: Path, narrow: str, wide: str, covered: bool) -> None:
    second = PLAY.format(more=f"trigger: {{{wide}}}").replace("play: one", "play: two")
    found = warned(tmp_path, f"trigger: {{{narrow}}}", second)
    assert ((8, "play.overlap") in found) == covered


@pytest.mark.parametrize(
    "template",
    [
        "We cannot guarantee it, and I say so.",
        "It is not always easy with us.",
        "This was not your fault.",
        "We never ask you to remove your review.",
        "I see what happened in the last 30 days and 2 days ago.",
        "Thank you for your kind review.",
        "Nothing is given for a review, no voucher either.",
        "Praise and criticism are welcome in a review, whatever you felt.",
    ],
)
def test_what_may_be_said(tmp_path: Path, template: str) -> None:
    assert warned(tmp_path, f"trigger: {{contact: {{outcomes: [failed]}}}}\n    template: {template}") == []


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ("Das garantieren wir Ihnen.", "promise.guarantee"),
        ("Wir sind immer für Sie da.", "promise.absolute"),
        ("Le garantizamos que llega.", "promise.guarantee"),
        ("You hear from me by tomorrow.", "promise.time"),
        ("Sie hören innerhalb von 2 Tagen von uns.", "promise.time"),
        ("You will have it within 24h.", "promise.time"),
        ("Das ist Ihr eigener Fehler.", "conduct.blames"),
        ("We will take legal action against you.", "conduct.silences"),
        ("Geben Sie uns fünf Sterne.", "promise.praise"),
    ],
)
def test_what_may_not_be_said(tmp_path: Path, template: str, rule: str) -> None:
    (tmp_path / "house.yaml").write_text(GOOD, encoding="utf-8")
    play = PLAY.format(more=f"trigger: {{contact: {{outcomes: [failed]}}}}\n    template: {template}")
    (tmp_path / "plays.yaml").write_text(play, encoding="utf-8")
    assert [one.rule for one in check(tmp_path)] == [rule]


def test_a_template_that_reads_cold(tmp_path: Path) -> None:
    read_as = {
        "We take note.": Reading(-0.1, 0.0, 0.0, 0.0),
        "Robin, that is that.": Reading(-0.9, 0.1, 0.6, 0.0),
        "Read the terms.": Reading(None, 0.8, 0.6, 0.0),
        "Hm.": None,
        "I am sorry.": Reading(-0.8, 0.1, 0.7, -1.0),
    }
    (tmp_path / "house.yaml").write_text(GOOD, encoding="utf-8")
    for template, rules in (
        ("We take note.", ["tone.cold"]), ("{first_name}, that is that.", ["tone.harsh"]),
        ("Read the terms.", ["tone.disrespect"]), ("Hm.", []), ("I am sorry.", []),
    ):  # fmt: skip
        more = f"trigger: {{promise: broken}}\n    template: '{template}'"
        (tmp_path / "plays.yaml").write_text(PLAY.format(more=more), encoding="utf-8")
        assert [one.rule for one in check(tmp_path, tone=read_as.__getitem__)] == rules


@pytest.mark.parametrize(
    ("wrong", "mend"),
    [
        ("says: @care calls", "put the text into quotes, for it begins with @"),
        ("says: *important*", "put the text into quotes, for it begins with *"),
        ("says: {first_name}, sorry", "put the text into quotes, for it begins with {"),
        ("says: 5 % off: call\n", "put the text into quotes, for it holds a colon"),
        ('deadline_hours: "48"', "write 48 without quotes"),
        ("hold_out: 10%", "write a share between 0 and 1, such as 0.1"),
        ('active: "false"', "write false without quotes"),
        ("trigger: {customer: {connection: 60}}", "write a bound, such as `connection: {at_least: 60}`"),
        ("trigger: {customer: {segment: advocate}}", "write a bound, such as `segment: {one_of: [advocate]}`"),
    ],
)  # fmt: skip
def test_what_a_newcomer_writes_is_answered_with_what_to_write(tmp_path: Path, wrong: str, mend: str) -> None:
    (tmp_path / "plays.yaml").write_text(f"plays:\n  - play: late\n    {wrong}\n")
    (fault,) = check(tmp_path)
    assert (fault.line, fault.mend) == (3, mend)
