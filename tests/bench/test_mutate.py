"""A few hundred of the mutator's runs on the fixtures, and that it would see a fault."""

import importlib.util
import random
import signal
from pathlib import Path

import pytest

SEED = 20
RUNS_COUNT = 500


@pytest.fixture(scope="module")
def mutate():
    """The script beside this file, as a module."""
    spec = importlib.util.spec_from_file_location("mutate", Path(__file__).with_name("mutate.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def samples(mutate):
    return mutate.fixture_samples()


@pytest.fixture(autouse=True)
def _too_long_is_a_failure(mutate):
    before = signal.signal(signal.SIGALRM, mutate._too_long)
    yield
    signal.signal(signal.SIGALRM, before)


def test_damaged_fixtures_give_reports_or_root_errors_and_nothing_else(mutate, samples):
    outcomes = [mutate.run(SEED, number, samples) for number in range(RUNS_COUNT)]

    assert [how for _, _, how in outcomes if how] == []
    assert sum(counts["reports"] for counts, _, _ in outcomes) > RUNS_COUNT * 0.9
    assert sum(counts["gaps"] for counts, _, _ in outcomes) > RUNS_COUNT


def test_a_seed_and_a_number_name_one_run(mutate, samples):
    once, again, other = (
        mutate.damage(random.Random(seed), samples[0].after, samples)
        for seed in ("1:7", "1:7", "1:8")
    )

    assert once == again != other


def test_every_kind_of_damage_does_damage(mutate, samples):
    text = samples[0].after["proc/meminfo"]

    for damage in mutate.DAMAGES:
        damaged = [damage(random.Random(number), text) for number in range(20)]
        assert any(one != text for one in damaged), damage.__name__


def test_an_error_that_is_no_root_error_is_a_failure_with_its_input(mutate, samples, monkeypatch):
    def broken(*_args, **_keywords):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(mutate, "make_report", broken)
    counts, data, how = mutate.run(SEED, 1, samples)

    assert counts["FAILED"] == 1
    assert "planted" in how
    assert data


def test_a_control_character_in_the_output_is_a_failure(mutate, samples, monkeypatch):
    monkeypatch.setattr(mutate, "renderer", lambda _name: lambda _report, _style: "\x1b[2J")

    counts, _, how = mutate.run(SEED, 1, samples)

    assert counts["FAILED"] == 1, how
