"""Some of the mutator's runs on recordings, and that it would see a fault."""

import importlib.util
import io
import random
import signal
import tarfile
from pathlib import Path

import pytest

from vmadvisor.collect.recording_walk import walk

SEED = 31
RUNS_COUNT = 120


@pytest.fixture(scope="module")
def mutate():
    """The script beside this file, as a module."""
    path = Path(__file__).with_name("mutate_recording.py")
    spec = importlib.util.spec_from_file_location("mutate_recording", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def whole(mutate):
    return mutate.recordings(SEED)


@pytest.fixture(autouse=True)
def _too_long_is_a_failure(mutate):
    before = signal.signal(signal.SIGALRM, mutate.too_long)
    yield
    signal.signal(signal.SIGALRM, before)


def test_damaged_recordings_give_reports_that_tell_the_damage_or_refusals(mutate, whole, tmp_path):
    counts = sum(
        (mutate.run(SEED, number, whole, tmp_path) for number in range(RUNS_COUNT)),
        start=mutate.Counter(),
    )

    assert counts["FAILED"] == 0
    assert counts["reports"] > RUNS_COUNT * 0.8
    assert counts["damage told"] > counts["reports"] * 0.8


def test_an_undamaged_one_is_whole_in_both_forms(whole, tmp_path):
    for number, data in enumerate(whole):
        (tmp_path / str(number)).write_bytes(data)
        snapshots = list(walk(tmp_path / str(number)))

        assert [snapshot.time_s for snapshot in snapshots] == [100.0 + i for i in range(40)]
        assert not any(gap.path == "/" for snapshot in snapshots for gap in snapshot.gaps)
    with tarfile.open(fileobj=io.BytesIO(whole[1])) as tar:
        assert len(tar.getnames()) > 1000


def test_every_kind_of_damage_does_damage(mutate, whole):
    for damage in mutate.DAMAGES:
        damaged = [damage(random.Random(number), whole[1]) for number in range(10)]
        assert any(one != whole[1] for one in damaged), damage.__name__


def test_a_crash_is_a_failure_with_its_input(mutate, whole, tmp_path, monkeypatch, capsys):
    def broken(*_args, **_keywords):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr("vmadvisor.collect.archive.Wanted", broken)
    counts = mutate.run(SEED, 1, whole, tmp_path)

    assert counts["FAILED"] == 1
    assert "planted" in capsys.readouterr().out
    assert list(tmp_path.iterdir())
