"""One reading for all who ask; one that hangs costs nobody more than his patience."""

import threading
import time

import pytest

from vmadvisor.errors import SettingsError
from vmadvisor.monitoring.readings import Readings


class Host:
    """A host that answers with its number of readings, as slowly as it is told."""

    def __init__(self):
        self.reads_count = self.samples_count = self.at_once_count = self.at_once_max_count = 0
        self.lasts_s = 0.0
        self.error = None
        self.answers = threading.Event()  # until then a reading hangs
        self.answers.set()

    def sample(self):
        self.samples_count += 1

    def read(self):
        self.at_once_count += 1
        self.at_once_max_count = max(self.at_once_max_count, self.at_once_count)
        time.sleep(self.lasts_s)
        self.answers.wait(60)
        self.at_once_count -= 1
        self.reads_count += 1
        if self.error is not None:
            raise self.error
        return f"report {self.reads_count}"


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def readings_of(host):
    made = []

    def make(**options):
        options = {"min_interval_s": 60.0, "patience_s": 5.0, "sample_s": 0.05} | options
        made.append(Readings(host, **options))
        return made[-1]

    yield make
    host.answers.set()
    for one in made:
        one.close()


def storm(readings, count):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(readings.latest())) for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_nothing_is_read_before_somebody_asks(host, readings_of):
    readings_of()
    time.sleep(0.2)

    assert (host.reads_count, host.samples_count) == (0, 0)


def test_a_storm_of_scrapes_is_one_reading(host, readings_of):
    host.lasts_s = 0.2
    found = storm(readings_of(), 40)

    assert host.reads_count == 1
    assert {one.report for one in found} == {"report 1"}


def test_after_the_interval_there_is_a_new_one_and_never_two_at_once(host, readings_of):
    host.lasts_s = 0.02
    readings = readings_of(min_interval_s=0.05)
    began_s = time.monotonic()
    while host.reads_count < 3 and time.monotonic() < began_s + 60:
        storm(readings, 5)

    assert 3 <= host.reads_count <= (time.monotonic() - began_s) / 0.05 + 1
    assert host.at_once_max_count == 1


def test_one_that_takes_too_long_serves_the_last_with_its_age(host, readings_of):
    readings = readings_of(min_interval_s=0.0, patience_s=0.2)
    assert readings.latest().report == "report 1"
    host.answers.clear()
    began_s = time.monotonic()
    late = readings.latest()

    assert time.monotonic() - began_s >= 0.2
    assert (late.report, host.reads_count) == ("report 1", 1)
    assert late.age_s >= 0.2


def test_before_the_first_there_is_none(host, readings_of):
    host.answers.clear()
    found = readings_of(patience_s=0.1).latest()

    assert (found.report, found.age_s, found.readings_count) == (None, None, 0)


def test_a_failure_is_counted_said_once_and_the_last_good_one_is_served(host, readings_of, capsys):
    readings = readings_of(min_interval_s=0.0)
    readings.latest()
    host.error = SettingsError("no \x1b such key")
    for _ in range(3):
        found = readings.latest()

    assert (found.report, found.readings_count, found.failures_count) == ("report 1", 1, 3)
    said = capsys.readouterr().err
    assert said == "vmadvisor: a reading failed: SettingsError: no \\x1b such key\n"


def test_after_a_failure_it_goes_on(host, readings_of):
    readings = readings_of(min_interval_s=0.0)
    host.error = MemoryError()
    assert readings.latest().report is None
    host.error = None

    assert readings.latest().report == "report 2"


def test_between_scrapes_the_host_is_sampled_and_left_alone_long_after_the_last(
    host, readings_of, monkeypatch
):
    monkeypatch.setattr("vmadvisor.monitoring.readings.ASKED_LATELY_S", 0.3)
    readings = readings_of()
    end_s = time.monotonic() + 60
    while host.samples_count < 3 and time.monotonic() < end_s:
        readings.latest()
        time.sleep(0.1)
    assert host.samples_count >= 3
    time.sleep(0.6)
    found_count = host.samples_count
    time.sleep(0.3)

    assert host.samples_count <= found_count + 1


def test_closing_does_not_wait_for_one_that_hangs(host, readings_of):
    host.answers.clear()
    readings = readings_of(patience_s=0.05)
    readings.latest()
    readings.close()

    assert host.reads_count == 0
