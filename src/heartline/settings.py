"""Every setting, in one list: name, default, unit, bounds and help.

The file ``heartline.toml``, the environment (``HEARTLINE_<NAME>``), the command line's help, the settings page
and ``docs/reference/settings.md`` all come from it.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from heartline.errors import SettingsError

Value = str | int | float | bool


@dataclass(frozen=True)
class Setting:
    """One setting: its name, what it is without a choice, its unit, its bounds, and what it does."""

    name: str
    default: Value
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""

    def check(self, value: object, where: str) -> Value:
        """The value in the setting's type; SettingsError says where it came from and what is allowed."""
        wanted = type(self.default)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise SettingsError(
                f"{self.name} = {value!r} in {where} is of type {type(value).__name__}",
                f"{wanted.__name__}, e.g. {self.default!r}",
                "see docs/reference/settings.md",
            )
        if isinstance(value, int | float) and not isinstance(value, bool):
            below = self.low is not None and value < self.low
            above = self.high is not None and value > self.high
            if below or above:
                raise SettingsError(
                    f"{self.name} = {value!r} in {where} is out of range",
                    f"{self.low} to {self.high} {self.unit}".strip(),
                    "see docs/reference/settings.md",
                )
        if self.pattern and not re.fullmatch(self.pattern, str(value)):
            raise SettingsError(
                f"{self.name} = {value!r} in {where} is no {self.unit}", f"e.g. {self.default!r}", "correct the value"
            )
        if self.choices and value not in self.choices:
            raise SettingsError(
                f"{self.name} = {value!r} in {where}",
                f"one of {', '.join(self.choices)}",
                "see docs/reference/settings.md",
            )
        return value


SETTINGS: tuple[Setting, ...] = (
    Setting("company", "Our company", "name shown on every page"),
    Setting("currency", "EUR", "currency of the workspace; rows in others are counted, never added",
            unit="ISO 4217 code", pattern="[A-Z]{3}"),
    Setting("timezone", "UTC", "zone of times that come without an offset", unit="IANA name"),
    Setting("engine", "duckdb", "engine that runs the analyses", choices=("duckdb", "spark")),
    Setting("spark_master", "", "address of the Spark cluster, e.g. spark://host:7077; empty: this machine"),
    Setting("memory_limit_gb", 8.0, "memory of the engine before it spills to disk", unit="GB", low=0.5, high=4096),
    Setting("threads", 0, "threads of the engine; 0 takes all", low=0, high=1024),
    Setting("records_url", "", "SQLAlchemy address of the records database; empty: SQLite inside the workspace"),
    Setting("emotion_model", "default", "text model that reads feelings: a shipped one by name, or a folder"),
    Setting("clock", "wall", "what deadlines are held against: wall: this moment; facts: the moment that the last run "
            "looked from, for a company whose facts have ended, such as the demo", choices=("wall", "facts")),
    Setting("room_days", 30, "how long a conversation that was read as it happened is kept before it is deleted",
            unit="days", low=1, high=3650),
    Setting("journey_gap_days", 30.0, "silence after which a new journey begins", unit="days", low=0.02, high=3650),
    Setting("funnel_window_days", 14, "how long an attempt at a funnel may take from its first step on, and how long "
            "customers who stopped have to come back and buy", unit="days", low=1, high=365),
    Setting("periods", 6, "how many periods back connection and loyalty are computed", unit="months", low=1, high=120),
    Setting("window_months", 3, "how long a period is in which signs of service and what comes to mind are counted and "
            "revenue is compared", unit="months", low=1, high=36),
    Setting("scorecard", "retention repeat related referral recognition recovery", "what stands on the scorecard of "
            "loyalty, in this order, with a target where one is wanted: `retention=0.4 referral`; respect and relation "
            "can be added", unit="measure or measure=share, by blanks",
            pattern=r"((retention|repeat|related|referral|recognition|recovery|respect|relation)"
            r"(=(0|1|0?\.\d+|1\.0+))?( |$))+"),
    Setting("intended", "", "what points of connection are meant to feel like, a valence from -1 to 1 or an emotion: "
            "`delivery=0.3 thank_you_note=gratitude`", unit="touchpoint=valence or touchpoint=emotion, by blanks",
            pattern=r"(\w+=(-?(0|1|0?\.\d+|1\.0+)|[a-z]+)( |$))*"),
    Setting("evidence_half_life_days", 180.0, "when a piece of evidence counts half", unit="days", low=1, high=36500),
    Setting("horizon_days", 365, "how far ahead value is looked at", unit="days", low=1, high=3650),
    Setting("value_window_days", 150, "how long the money is counted that is set against the connection before it; "
            "connection must be known from that long ago (setting periods)", unit="days", low=14, high=3650),
    Setting("risk_horizon_days", 90, "how far ahead risks are looked at", unit="days", low=1, high=3650),
    Setting("budget", 0.0, "what may be spent on options; 0: not told, and no plan is made", unit="currency", low=0.0,
            high=1e15),
    Setting("budget_caps", "", "most that departments may spend of it, names with underscores for blanks: "
            "`service=60000 marketing=0`", unit="department=amount, by blanks",
            pattern=r"(\w+=\d+(\.\d+)?( |$))*"),
    Setting("budget_floors", "", "felt valence below which no plan may leave a touchpoint; must-haves are kept as "
            "they are without being named", unit="touchpoint=valence, by blanks",
            pattern=r"(\w+=-?(0|1|0?\.\d+|1\.0+)( |$))*"),
    Setting("budget_aim", "mean", "what a plan is best in: the mean gain, the mean of its worst tenth (cvar), or the "
            "chance to bring back its cost (payback)", choices=("mean", "cvar", "payback")),
    Setting("budget_kept", False, "whether money that is not spent is kept, so that only what brings back its cost is "
            "funded; else the budget is there to be spent"),
    Setting("causal_share", 0.5, "how much of what goes with a touchpoint is taken to be caused by it, in the mean; "
            "0.5 draws it evenly from none to all", unit="share", low=0.0, high=1.0),
    Setting("discount_rate", 0.1, "yearly discount of future money", unit="share a year", low=0.0, high=1.0),
    Setting("play_margin", 5.0, "a play whose effect surely lies below this is told useless: points of a share, "
            "hundredths of felt valence", unit="points", low=0.1, high=100.0),
    Setting("min_base", 30, "below this base a figure says `not enough evidence`", low=2, high=100000),
    Setting("conduct", "off", "whether employees' side of conversations is held against the code of conduct: `off`, or "
            "`teams`, per team above conduct_min and never per person; ask your works council first",
            choices=("off", "teams")),
    Setting("conduct_min", 20, "conversations, and different customers, that a team needs before its conversations are "
            "read", low=5, high=100000),
    Setting("identity", "given", "who is one customer: `given` as the sources say, `keys` whoever shares an e-mail "
            "address, telephone number, card or other identifier, `probable` also whose records are alike (extra "
            "`identity`)", choices=("given", "keys", "probable")),
    Setting("identity_kinds", "crm_id alias loyalty_card email phone cookie",
            "kinds of identifiers that join, the surest first", unit="words", pattern=r"\w+( \w+)*"),
    Setting("identity_one_of", "loyalty_card crm_id",
            "kinds of which a person has one: two different ones are two people until somebody says otherwise",
            unit="words", pattern=r"(\w+( \w+)*)?"),
    Setting("identity_most_members", 10, "an identifier that more members have than this joins nobody",
            low=2, high=1000),
    Setting("identity_threshold", 0.95, "members as probable as this to be one person are joined", unit="probability",
            low=0.5, high=1.0),
    Setting("identity_review", 0.5, "members as probable as this to be one person are shown for review",
            unit="probability", low=0.01, high=1.0),
    Setting("identity_hashed", False, "keep no e-mail address or telephone number of a customer, only their hashes; "
            "counts for what is loaded from then on"),
    Setting("phone_region", "", "country of telephone numbers without a country code, e.g. DE (extra `identity`); "
            "empty: they are compared by their digits; counts for what is loaded from then on",
            unit="ISO 3166 code of two letters", pattern="([A-Z]{2})?"),
    Setting("inbox_limit", 5_000_000, "how many events may wait on disk for their load before senders are asked to "
            "come again", unit="events", low=100, high=1_000_000_000),
    Setting("brief_stages", "product=onboarding,delivery,arrival,use,stay,billing "
            "marketing=awareness,discovery,consideration,loyalty,advocacy "
            "sales=consideration,evaluation,purchase,order,renewal support=service,support,leaving",
            "whose brief tells of which stages; a stage may stand in several", unit="role=stage,stage by blanks",
            pattern=r"(\w+=\w+(,\w+)*( |$))*"),
    Setting("brief_quotes", "desk", "where briefs of stages quote customers' own words, if their words may be read: on "
            "the desk and the terminal, also in files and e-mails (everywhere), or nowhere (off)",
            choices=("desk", "everywhere", "off")),
    Setting("brief_paper", "a4", "paper of briefs", choices=("a4", "us-letter")),
    Setting("brief_day", "off", "day on which `heartline serve` sends the brief to receivers of the topic `brief`",
            choices=("off", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")),
    Setting("brief_hour", 7, "hour of that day, in the workspace's time zone", unit="hour", low=0, high=23),
    Setting("host", "127.0.0.1", "address that the desk listens on; only loopback until sign-in is set up"),
    Setting("port", 8765, "port of the desk", low=0, high=65535),
    Setting("desk_url", "", "address at which people open the desk, for links in notices; empty: that of host and port",
            unit="web address", pattern=r"(https?://[^\s]+)?"),
    Setting("notice_retries", "5s 5m 30m 2h 5h 10h 14h 20h 24h", "waits before a notice that was not taken is sent "
            "again; after the last of them it is given up and can be replayed", unit="numbers with s, m, h or d",
            pattern=r"\d{1,5}[smhd]( \d{1,5}[smhd]){0,29}"),
    Setting("notice_timeout_s", 15.0, "how long a receiver of notices has to answer, all in all", unit="seconds",
            low=0.05, high=120),
    Setting("notice_plain_http", False, "whether notices may go by http to other computers, inside a network that is "
            "trusted; else only by https"),
    Setting("smtp_host", "", "mail server that takes notices for people; empty: no mails"),
    Setting("smtp_port", 587, "its port", low=1, high=65535),
    Setting("smtp_security", "starttls", "how the connection is kept private", choices=("starttls", "ssl", "none")),
    Setting("smtp_user", "", "name to sign in to it with; the password is read from HEARTLINE_SMTP_PASSWORD alone"),
    Setting("smtp_from", "", "from whom mails come", unit="e-mail address", pattern=r"([^\r\n]+@[^\r\n]+)?"),
    Setting("mask_text", "card iban", "what is masked in free text before it is stored: `off`, `all`, or kinds: card, "
            "iban, email, phone, ip, name; counts for what is loaded from then on and cannot be undone",
            unit="kinds", pattern=r"off|all|(card|iban|email|phone|ip|name)( (card|iban|email|phone|ip|name))*"),
    Setting("browser_origins", "", "web pages that may send events from a browser, parted by blanks; empty: none",
            unit="origins such as https://shop.example",
            pattern=r"(https?://[^\s/,]+(\s+https?://[^\s/,]+)*)?"),
    Setting("walk_origins", "", "your own sites that walks may visit, parted by blanks; every other address is "
            "blocked; empty: none", unit="origins such as https://shop.example",
            pattern=r"(https?://[^\s/,]+(\s+https?://[^\s/,]+)*)?"),
    Setting("walk_trust", "", "file with certificates of your own sites, or of the authority that signs them, for "
            "walks of test sites that no public authority vouches for; empty: none",
            unit="PEM file, from the workspace's folder or whole"),
    Setting("walk_days", 365, "how long pictures and records of walks are kept; their figures stay", unit="days", low=1,
            high=3650),
    Setting("walk_schedule", False, "whether `heartline serve` walks scripts of the folder walks when they are due"),
    Setting("walk_robots", True, "whether `heartline walk explore` obeys robots.txt; false only for your own site"),
)  # fmt: skip

_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """Checked values; read them as ``settings["horizon_days"]`` or by the typed helpers."""

    values: Mapping[str, Value]

    def __getitem__(self, name: str) -> Value:
        if name not in _BY_NAME:
            raise SettingsError(f"there is no setting {name}", f"one of {', '.join(_BY_NAME)}")
        return self.values[name]

    def number(self, name: str) -> float:
        """The setting as a float."""
        return float(self[name])

    def whole(self, name: str) -> int:
        """The setting as an int."""
        return int(self[name])

    def text(self, name: str) -> str:
        """The setting as a string."""
        return str(self[name])

    @property
    def zone(self) -> tzinfo:
        """Zone of times that come without an offset."""
        return zone_of(self.text("timezone"))


def zone_of(name: str) -> tzinfo:
    """The time zone of an IANA name; SettingsError where there is none."""
    if name.upper() in ("UTC", "Z"):
        return timezone(timedelta(0), "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise SettingsError(
            f"timezone = {name!r} is not known", "an IANA name such as Europe/Berlin", "correct the zone's name"
        ) from cause


def _from_environment(text: str, setting: Setting) -> object:
    if isinstance(setting.default, bool):
        return text.strip().lower() in ("1", "true", "yes", "on")
    for kind in (int, float):
        if isinstance(setting.default, kind):
            try:
                return kind(text)
            except ValueError:
                return text
    return text


def load_settings(file: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the defaults, then the file, then ``HEARTLINE_<NAME>``; later wins.

    Raises SettingsError for an unknown name, a wrong type or a value out of range, saying where it was found.
    """
    values: dict[str, Value] = {setting.name: setting.default for setting in SETTINGS}
    if file is not None and file.exists():
        values |= check_text(file.read_text(encoding="utf-8"), file.name)
    source = os.environ if environment is None else environment
    for setting in SETTINGS:
        variable = f"HEARTLINE_{setting.name.upper()}"
        if variable in source:
            values[setting.name] = setting.check(_from_environment(source[variable], setting), variable)
    settings = Settings(values)
    settings.zone  # noqa: B018  an unknown zone must fail here, not at the first row
    return settings


def check_text(text: str, where: str) -> dict[str, Value]:
    """The values that a ``heartline.toml`` gives, checked. Raises SettingsError as ``load_settings`` does."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise SettingsError(
            f"{where} is not valid TOML: {cause}", "name = value, one a line", "correct that line"
        ) from cause
    values: dict[str, Value] = {}
    for name, value in given.items():
        if name not in _BY_NAME:
            raise SettingsError(
                f"unknown setting {name} in {where}", f"one of {', '.join(_BY_NAME)}", "correct or remove the line"
            )
        values[name] = _BY_NAME[name].check(value, where)
    if "timezone" in values:
        zone_of(str(values["timezone"]))
    return values


def settings_text(values: Mapping[str, Value] | None = None) -> str:
    """A commented ``heartline.toml`` with every setting at its default, or at the given value."""
    chosen = values or {}
    lines = ["# Settings of this Heartline workspace. Remove a line to take the default.", ""]
    for setting in SETTINGS:
        unit = f" [{setting.unit}]" if setting.unit else ""
        value = chosen.get(setting.name, setting.default)
        shown = (
            str(value).lower()
            if isinstance(value, bool)
            else json.dumps(value, ensure_ascii=False)
            if isinstance(value, str)
            else value
        )
        mark = "" if setting.name in chosen else "# "
        lines += [f"# {setting.help}{unit}", f"{mark}{setting.name} = {shown}", ""]
    return "\n".join(lines)


def set_value(file: Path, name: str, value: Value) -> None:
    """Write one setting into a ``heartline.toml``; its other lines stay as they are.

    Raises SettingsError for an unknown name or a value that it does not take.
    """
    if name not in _BY_NAME:
        raise SettingsError(f"there is no setting {name}", f"one of {', '.join(_BY_NAME)}")
    checked = _BY_NAME[name].check(value, file.name)
    line = f"{name} = {str(checked).lower() if isinstance(checked, bool) else json.dumps(checked, ensure_ascii=False)}"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = text.splitlines()
    own = [i for i, one in enumerate(lines) if re.match(rf"\s*{name}\s*=", one)]
    commented = [i for i, one in enumerate(lines) if re.match(rf"\s*#\s*{name}\s*=", one)]
    if own or commented:
        lines[(own or commented)[0]] = line
    else:
        lines.append(line)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
