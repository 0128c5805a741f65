"""A playbook on the terminal, to be read by the person with the customer."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from heartline.playbook.shape import Play, Playbook, Rule, Stage, Team
from heartline.playbook.spoken import helped_in_words, hours_in_words, plain, standard_in_words, trigger_in_words

_WIDEST = 100


def print_playbook(playbook: Playbook, of_house: Sequence[Team]) -> None:
    """Everything that the playbook holds; parts that it has not are left out. of_house: all teams, for their names."""
    wide = Console().width if sys.stdout.isatty() else _WIDEST
    console = Console(highlight=False, markup=False, emoji=False, width=min(wide, _WIDEST))
    teams = {one.team: one.name for one in of_house}
    for title, text in (("Vision", playbook.vision), ("Mantra", playbook.mantra)):
        if text:
            _head(console, title)
            _line(console, text.strip())
    if playbook.principles:
        _head(console, "Principles")
        for one in playbook.principles:
            _pair(console, plain(one.principle), one.says)
    if playbook.conduct:
        _head(console, "Code of conduct")
        for rule in playbook.conduct:
            _rule(console, rule)
    if playbook.expectations:
        _head(console, "What we promise to everybody")
        for promise in playbook.expectations:
            _pair(console, teams.get(promise.owner, promise.owner), promise.says)
    if playbook.standards:
        _head(console, "What it is meant to feel like")
        for standard in playbook.standards:
            owner = teams.get(standard.owner, standard.owner)
            where = plain(standard.touchpoint) if standard.touchpoint else f"stage {plain(standard.stage)}"
            _pair(console, where, f"{standard_in_words(standard)} · {owner}")
    if playbook.stages:
        _head(console, "Stages")
        for stage in playbook.stages:
            _stage(console, stage)
    if playbook.plays:
        _head(console, "Plays")
        for play in sorted(playbook.plays, key=lambda one: one.priority):
            _play(console, play, teams)
    if playbook.teams:
        _head(console, "Teams")
        for team in playbook.teams:
            day = f"{team.per_day} cases a day" if team.per_day else "no limit told"
            above = f", then {teams.get(team.escalates_to, team.escalates_to)}" if team.escalates_to else ""
            _pair(console, team.name, day + above)
    console.print(Text(f"\nversion {playbook.version}", style="dim"))


def _rule(console: Console, rule: Rule) -> None:
    _pair(console, plain(rule.rule), rule.says)
    for mark, style, examples in (("✓", "green", rule.kept), ("✗", "red", rule.broken)):
        for example in examples:
            _line(console, Text.assemble((f"{mark} ", style), example), 4)
    if rule.never:
        _line(console, Text.assemble(("never: ", "red"), ", ".join(f"“{one}”" for one in rule.never)), 4)


def _stage(console: Console, stage: Stage) -> None:
    _pair(console, plain(stage.stage), stage.promise)
    for mark, style, lines in (("?", "bold", stage.ask), ("✗", "red", stage.avoid)):
        for one in lines:
            _line(console, Text.assemble((f"{mark} ", style), one), 4)


def _play(console: Console, play: Play, teams: dict[str, str]) -> None:
    rest = "" if play.on else " (put to rest)"
    console.print()
    console.print(Text.assemble((f"{play.name}{rest}", "bold"), f"  {play.play}"))
    _line(console, f"When   {trigger_in_words(play.trigger)}.", 2, 7)
    _line(console, f"Who    {teams.get(play.team, play.team)}, within {hours_in_words(play.deadline_hours)}.", 2, 7)
    _line(console, f"Do     {play.says.strip()}", 2, 7)
    if play.serves:
        _line(console, f"Why    {', '.join(plain(one) for one in play.serves)}.", 2, 7)
    _line(console, f"Helped {helped_in_words(play.helped)}.", 2, 7)
    if play.hold_out:
        _line(console, f"Left   {play.hold_out:.0%} alone, drawn at random, so that the effect can be told.", 2, 7)
    if play.template:
        console.print(Padding(Text(play.template.strip(), style="italic"), (1, 0, 1, 9), expand=False))


def _head(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold underline"))


def _pair(console: Console, name: str, text: str) -> None:
    _line(console, Text.assemble((name, "bold"), ": " if text else "", text.strip()), 2)


def _line(console: Console, text: str | Text, indent: int = 2, hang: int = 2) -> None:
    """A paragraph whose further lines are indented below its first."""
    shown = text if isinstance(text, Text) else Text(text)
    lines = shown.wrap(console, max(20, console.width - indent - hang))
    for number, line in enumerate(lines):
        console.print(Padding(line, (0, 0, 0, indent + (hang if number else 0)), expand=False))
