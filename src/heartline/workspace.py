"""A workspace is a folder; this is its composition root: open, ingest, run, read, explain.

heartline.toml    settings
facts/            what happened, in Parquet
derived/          what analyses made of it, in Parquet
records.db        manifest of live files, loads, quarantine, corrections by people
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from heartline import corrections, hypotheses, ingest, predictions
from heartline.action import Moves
from heartline.action.cases import standing_table as all_cases
from heartline.analysis.base import Analysis, Context, in_order
from heartline.analysis.registry import ANALYSES
from heartline.engines.base import Engine
from heartline.engines.duckdb import DuckDBEngine
from heartline.errors import AnalysisError, WorkspaceError
from heartline.explain import Explanation, explain_rows
from heartline.facts.derived import DerivedStore
from heartline.facts.kept import KeptStore
from heartline.facts.lock import one_writer
from heartline.facts.store import FactStore
from heartline.feeds.register import Feeds
from heartline.identity import decide
from heartline.ingest import LoadReport, consents
from heartline.live.archive import ingest_calls
from heartline.live.compactor import empty_inbox
from heartline.members import TABLES as PEOPLE
from heartline.members import Members, Written
from heartline.reader import Reader
from heartline.records import corrections as kept_corrections
from heartline.records import inbox
from heartline.records.identity import Decision
from heartline.records.store import Records
from heartline.rooms import Rooms
from heartline.runner import Progress, register_facts, run_analysis, write_tables
from heartline.settings import Settings, Value, check_text, load_settings, settings_text
from heartline.tables import table
from heartline.walks import Walks

if TYPE_CHECKING:
    from heartline.live.service import Live

SETTINGS_FILE = "heartline.toml"
_STANDING = {"correction": corrections.standing_table, "hypothesis": hypotheses.standing_table, "care_case": all_cases}


@dataclass(frozen=True)
class RunReport:
    """What `run` did: the moment it looked from, and for each analysis its seconds, rows written and notes."""

    as_of: datetime
    engine: str
    seconds: Mapping[str, float]
    rows: Mapping[str, int]
    notes: Mapping[str, tuple[str, ...]]


class Workspace:
    """An opened workspace. Use it in a ``with`` block, or call ``close``."""

    def __init__(self, root: Path) -> None:
        if not (root / SETTINGS_FILE).exists():
            here = root == Path()
            raise WorkspaceError(
                f"{'this folder' if here else root} holds no {SETTINGS_FILE}",
                "a workspace folder",
                f"name one with -w, or make one with `heartline init {'FOLDER' if here else root}`",
            )
        self.root = root
        self.settings: Settings = load_settings(root / SETTINGS_FILE)
        self.records = Records(self.settings.text("records_url") or root / "records.db")
        self.facts = FactStore(root, self.records)
        self.kept = KeptStore(root / "predictions")
        self.derived = DerivedStore(root / "derived", kept={"prediction": self.kept})
        self._members = Members(self.facts, self.derived, self.records, self.settings)
        self._reader: Reader | None = None
        self.rooms = Rooms(root / "rooms", self.settings.whole("room_days"), self.settings.text("emotion_model"))
        self.walks = Walks(self)
        self._opening = threading.Lock()

    @classmethod
    def create(cls, root: Path, settings: Mapping[str, Value] | None = None) -> Workspace:
        """Make a new workspace folder with a commented settings file, and open it."""
        if (root / SETTINGS_FILE).exists():
            raise WorkspaceError(f"{root} is a workspace already", "a new folder", "open it, or choose another folder")
        text = settings_text(settings)
        check_text(text, SETTINGS_FILE)  # a wrong setting must not leave half a workspace behind
        root.mkdir(parents=True, exist_ok=True)
        (root / SETTINGS_FILE).write_text(text, encoding="utf-8")
        return cls(root)

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the databases and free temporary files."""
        if self._reader:
            self._reader.close()
        self.records.close()

    # facts

    def ingest(
        self,
        table_name: str | None,
        files: Sequence[Path],
        mapping: Path | ingest.Mapping | None = None,
        progress: ingest.Progress | None = None,
    ) -> ingest.LoadReport:
        """Load files into a fact table, or through a mapping file into the tables that it names."""
        return ingest.ingest(self.records, self.facts, self.settings, table_name, files, mapping, progress)

    @property
    def feeds(self) -> Feeds:
        """What is read again and again: queries of databases, folders."""
        return Feeds(self.records, self.facts, self.settings, self.root)

    def feed_lines(self) -> list[dict[str, Any]]:
        """Feeds with how far each was read, when last, and why it failed; see Feeds.lines."""
        return self.feeds.lines()

    def ingest_calls(self, files: Sequence[Path]) -> list[LoadReport]:
        """Load archived calls of Segment's clients, as if each had come over HTTP; one report a file."""
        return [ingest_calls(self.records, self.facts, self.settings, self.root, file, file.name) for file in files]

    def live(self) -> Live:
        """What takes events and rows over HTTP, and moves them into the facts, while the workspace is served."""
        from heartline.live.service import Live  # the web stack: only where a server is started

        return Live(self.records, self.facts, self.settings, self.root, open_case=self.moves.cases.open_by_hand)

    def empty_inbox(self) -> int:
        """Load what was acknowledged over HTTP and still waits; gives how many arrivals that were."""
        return empty_inbox(self.records, self.facts, self.settings, self.root)

    def waiting(self) -> int:
        """How many arrivals wait in the inbox."""
        return inbox.count(self.records)

    def loads(self) -> list[dict[str, Any]]:
        """Load reports, newest first."""
        return [asdict(load) for load in self.records.loads()]

    def quarantine(self, limit: int = 100) -> list[dict[str, Any]]:
        """Rows that could not be loaded: file, line, column, shape, reason; never their words. Newest first."""
        return ingest.quarantine_rows(self.records, limit=limit)

    def fact_rows(self, table_name: str) -> int:
        """How many rows of a fact table are live, from the manifest, without opening a file."""
        return self.facts.rows(table_name)

    def last_moment(self) -> datetime:
        """Midnight (UTC) after the last fact that is not in the future; WorkspaceError without one."""
        return self.reader.last_moment()

    def _is_past(self, moment: datetime) -> bool:
        """Whether something is known that happened after a moment."""
        try:
            return moment < self.last_moment()
        except WorkspaceError:
            return False

    # what people say of the reading

    def correct(self, interaction_id: str, edit: corrections.Edit, by: str, note: str = "") -> corrections.Correction:
        """Keep what a person says of one text; it counts from the next run on. CorrectionError says what is wrong."""
        return corrections.correct(self, interaction_id, edit, by, note)

    def corrected(self, customer_id: str) -> list[corrections.Correction]:
        """The newest correction of each text of one customer."""
        if self._members.given:
            return kept_corrections.newest(self.records, customer_id)
        # whose text it is may have changed since it was corrected
        told = "select interaction_id from feeling where customer_id = $id"
        texts = set(self.customer_query(customer_id, told, {"id": customer_id}).column(0).to_pylist())
        return [one for one in kept_corrections.newest(self.records) if one.interaction_id in texts]

    def drift(self) -> corrections.Drift:
        """How often people take away or add a label, per channel."""
        return corrections.drift(self)

    # what people decide on who is who

    def identity_history(self, limit: int = 100) -> list[Decision]:
        """What people decided on who is who, newest first, also what was taken back."""
        return decide.history(self, limit)

    def decide_join(self, members: Sequence[str], by: str, note: str = "") -> Decision:
        """Keep that all of these are one person. IdentityError, here and below, says what cannot be taken."""
        return decide.join(self, members, by, note)

    def decide_apart(self, left: Sequence[str], right: Sequence[str], by: str, note: str = "") -> Decision:
        """Keep that nobody of the left is one person with anybody of the right."""
        return decide.apart(self, left, right, by, note)

    def decide_split(self, customer: str, members: Sequence[str], by: str, note: str = "") -> Decision:
        """Keep that these members are not the person that the customer is."""
        return decide.split(self, customer, members, by, note)

    def decide_withdraw(self, decision_id: int, by: str, note: str = "") -> Decision:
        """Take a decision back."""
        return decide.withdraw(self, decision_id, by, note)

    # what people decide on causes of drop-off

    def hypothesis_board(self) -> list[hypotheses.Hypothesis]:
        """The newest word on each cause at each step of a funnel."""
        return hypotheses.board(self)

    def decide_hypothesis(self, *said: str) -> hypotheses.Hypothesis:
        """Keep what a person says of a cause; arguments and errors as of ``hypotheses.say``."""
        return hypotheses.say(self, *said)

    @property
    def moves(self) -> Moves:
        """Cases, promises, notices and briefs: what people do for customers."""
        return Moves(self)

    # what customers allow

    def consent(self, customer_id: str) -> consents.Words:
        """What a customer said of each purpose, with since when and by whom; empty where nothing was said."""
        return consents.of_one_person([consents.consent_of(self.facts, one) for one in self._named(customer_id)])

    def say_consent(self, customer_id: str, said: Mapping[str, bool], by: str) -> consents.Words:
        """Keep what a customer said of purposes (true: agrees). ConsentError says what is wrong."""
        return consents.of_one_person([consents.say(self.facts, one, said, by) for one in self._named(customer_id)])

    def _named(self, any_id: str) -> list[str]:
        """Ids in the facts of the person that an id leads to."""
        return [any_id] if self._members.given else self.reader.members_of(any_id)

    # analyses

    def run(
        self, names: Sequence[str] | None = None, as_of: datetime | None = None, progress: Progress | None = None
    ) -> RunReport:
        """Run all analyses, or the named ones, as of a moment (default: the midnight after the last fact).

        Tables become current all together when the last one is done; until then readers see the earlier run.
        """
        with one_writer(self.root / "derived" / ".writer", "computed"):
            with suppress(WorkspaceError):  # a file load is at work; what waits counts from the next run on
                self.empty_inbox()
            return self._run(names, as_of, progress)

    def _run(self, names: Sequence[str] | None, as_of: datetime | None, progress: Progress | None) -> RunReport:
        chosen = self._chosen(names)
        moment, settings = as_of or self.last_moment(), self.moves.settings()
        run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
        seconds: dict[str, float] = {}
        rows: dict[str, int] = {}
        notes: dict[str, tuple[str, ...]] = {}
        engine = self._engine()
        who: Written | None = None
        try:
            decisions = self._decisions()
            if not self._members.given:
                if progress:
                    progress("identity", 0, len(chosen))
                who = self._members.write(engine, moment, run_id)
                seconds["identity"], notes["identity"] = who.seconds, who.notes
                rows |= who.rows
            self._members.check_same(who, {name for analysis in chosen for name in analysis.writes})
            register_facts(
                engine, self.facts.files, moment, decisions=decisions, members=None if who is None else who.files
            )
            self._register_earlier(engine, chosen, moment)
            for number, analysis in enumerate(chosen):
                if progress:
                    progress(analysis.name, number, len(chosen))
                started = time.perf_counter()
                ran = run_analysis(engine, analysis, Context(moment, settings))
                rows |= write_tables(engine, analysis, ran, moment, run_id, settings, self.derived)
                seconds[analysis.name] = time.perf_counter() - started
                notes[analysis.name] = ran.notes
            written = {name for analysis in chosen for name in analysis.writes}
            past = as_of is not None and self._is_past(moment)
            if progress:
                progress("predictions", len(chosen), len(chosen))
            predictions.after_run(engine, self.kept, written, moment, run_id, replayed=past)
            if progress:
                progress("done", len(chosen), len(chosen))
        finally:
            engine.close()
        made = {name: run_id for analysis in chosen for name in analysis.writes}
        self.derived.make_current(made | dict(who.runs if who else {}), without=() if who else PEOPLE)
        return RunReport(moment, engine.name, seconds, rows, notes)

    def _decisions(self) -> dict[str, pa.Table]:
        """What people decided, as tables that analyses read."""
        return {name: made(self.records) for name, made in _STANDING.items()}

    def _chosen(self, names: Sequence[str] | None) -> list[Analysis]:
        known = {analysis.name: analysis for analysis in ANALYSES}
        unknown = [name for name in names or () if name not in known]
        if unknown:
            raise AnalysisError(
                f"there is no analysis {', '.join(unknown)}", f"one of {', '.join(known)}", "or none, for all"
            )
        return in_order([known[name] for name in names] if names else list(ANALYSES))

    def _register_earlier(self, engine: Engine, chosen: Sequence[Analysis], moment: datetime) -> None:
        """Derived tables that the chosen analyses read but do not make; they must be of the same moment."""
        made = {name for analysis in chosen for name in analysis.writes}
        for name in {name for analysis in chosen for name in analysis.reads} - made:
            of = table(name)
            if of.kind != "derived":
                continue
            about = self.derived.about(name)
            if about is None or about["as_of"] != moment.isoformat():
                if all(name in analysis.may_read for analysis in chosen if name in analysis.reads):
                    engine.register_arrow(name, of.arrow_schema().empty_table())
                    continue
                raise AnalysisError(
                    f"{name} has not been computed as of {moment:%Y-%m-%d %H:%M}",
                    "the analyses before it run at the same moment",
                    "run `heartline run` without naming analyses",
                )
            engine.register_parquet(name, self.derived.files(name), of.arrow_schema())

    def engine_at(self, moment: datetime) -> Engine:
        """An engine that sees the facts as of a moment, with who is who as the last run decided; close it."""
        engine = self._engine()
        who = None if self._members.given else self.derived.files("member")
        register_facts(engine, self.facts.files, moment, decisions=self._decisions(), members=who)
        return engine

    def _engine(self) -> Engine:
        memory, threads = self.settings.number("memory_limit_gb"), self.settings.whole("threads")
        if self.settings.text("engine") == "spark":
            from heartline.engines.spark import SparkEngine  # an extra: only where it was chosen

            return SparkEngine(memory, threads, master=self.settings.text("spark_master"))
        return DuckDBEngine(memory_limit_gb=memory, threads=threads)

    # reading

    @property
    def as_of(self) -> datetime | None:
        """The moment that the current customer overview looks from; None before the first run."""
        about = self.derived.about("customer_overview")
        return datetime.fromisoformat(about["as_of"]) if about else None

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of one SELECT over all facts and the current derived tables; ``$name`` is filled from parameters."""
        return self.reader.query(sql, parameters)

    def customer_query(self, customer_id: str, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """As ``query``, over one customer's bucket of each table: fast at any size. Still filter by customer_id."""
        return self.reader.customer_query(customer_id, sql, parameters)

    def customer_of(self, any_id: str) -> str:
        """The customer that an id leads to: one that a merge made void, or that of a member; else the id itself."""
        return self.reader.customer_of(any_id)

    def explain(self, table_name: str, **key: object) -> Explanation:
        """How a table came to be, and the rows that match ``key`` (column = value), at most 100.

        TableError for an unknown table or column, or a value that its column cannot hold.
        """
        if "customer_id" in key:
            key["customer_id"] = self.customer_of(str(key["customer_id"]))
        return explain_rows(self, self.derived, table_name, key)

    @property
    def reader(self) -> Reader:
        """The reading door, opened at the first use."""
        with self._opening:  # threads of the desk may be the first to ask, several at once
            if self._reader is None:
                self._reader = Reader(self.facts, self.derived, threads=self.settings.whole("threads"))
        return self._reader
