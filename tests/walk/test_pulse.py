"""How late a machine is, with a clock of our own: nothing here depends on what this one has to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartline.walk import pulse
from heartline.walk.pulse import Pulse, measure


class Machine:
    """A machine whose clock and whose lost time are moved by hand."""

    def __init__(self):
        self.now = self.lost = self.told = 0.0
        self.pulse = Pulse(lambda: self.now, self._lost)

    def _lost(self, passed):
        lost, self.told = self.lost - self.told, self.lost
        return lost

    def goes(self, seconds, lost=0.0):
        """Time passes, in a part of which work waits."""
        self.now += seconds
        self.lost += lost


def test_beats_in_time_are_not_late():
    machine = Machine()
    for _ in range(40):
        machine.goes(0.05)
        machine.pulse.beat()
    assert machine.pulse.late() == pytest.approx(0.0)


def test_a_beat_that_comes_late_counts_once_who_ever_asks_meanwhile():
    machine = Machine()
    machine.goes(2.05)  # starved for two seconds
    assert machine.pulse.late() == pytest.approx(2.0)
    machine.goes(0.5)
    machine.pulse.beat()
    assert machine.pulse.late() == pytest.approx(2.5)
    machine.goes(0.05)
    assert machine.pulse.late() == pytest.approx(2.5)


def test_what_waits_for_a_processor_counts_although_every_beat_is_in_time():
    machine = Machine()
    for _ in range(20):
        machine.goes(0.05, lost=0.04)
        machine.pulse.beat()
    assert machine.pulse.late() == pytest.approx(0.8)


def test_never_more_is_lost_than_has_passed():
    machine = Machine()
    machine.goes(0.3, lost=99.0)
    assert machine.pulse.late() == pytest.approx(0.3)


def test_work_that_shares_its_processors_loses_the_rest(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(pulse.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(pulse, "_PRESSURE", ())
    file = tmp_path / "stat"
    monkeypatch.setattr(pulse, "_STAT", file)
    for running, lost in ((1, 0.0), (3, 0.0), (5, 5.0), (11, 8.0)):  # who asks is among them
        file.write_text(f"cpu  1 2 3\nprocs_running {running}\nprocs_blocked 0\n")
        assert measure()(10.0) == pytest.approx(lost)
    file.unlink()  # another system
    for wanting, lost in ((1.0, 0.0), (8.0, 7.5)):
        monkeypatch.setattr(pulse.os, "getloadavg", lambda wanting=wanting: (wanting, 0.0, 0.0))
        assert measure()(10.0) == pytest.approx(lost)


def test_want_of_memory_counts_as_well(tmp_path: Path, monkeypatch):
    file = tmp_path / "memory"
    monkeypatch.setattr(pulse, "_PRESSURE", (file, tmp_path / "none"))
    monkeypatch.setattr(pulse, "_running", lambda: 1.0)
    file.write_text("some avg10=91.91 avg60=57.36 avg300=21.67 total=5000000\nfull avg10=0.00 total=9\n")
    told = measure()
    told(0.0)
    file.write_text("some avg10=91.91 avg60=57.36 avg300=21.67 total=5750000\nfull avg10=0.00 total=9\n")
    assert told(1.0) == pytest.approx(0.75)
    file.unlink()
    assert told(1.0) == 0.0


def test_an_open_one_beats_and_ends():
    with Pulse(lost=lambda passed: 0.0) as machine:
        assert machine.late() >= 0.0
    assert not machine._thread.is_alive()
