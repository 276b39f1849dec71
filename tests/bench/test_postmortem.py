"""A few hundred of the bench's runs on our own logs, the corpus where it is there, and that both would see a fault."""

import importlib.util
import random
from pathlib import Path

import pytest

from vmadvisor.advise.report_rules._examples import CGROUP_LOG

RUNS_COUNT = 300
LEAK = (Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log").read_bytes()
SAMPLES = [("leak", LEAK), ("cgroup", CGROUP_LOG)]


@pytest.fixture(scope="module")
def bench():
    """The script beside this file, as a module."""
    spec = importlib.util.spec_from_file_location(
        "postmortem_bench", Path(__file__).with_name("postmortem.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_damaged_logs_are_read_and_nobody_is_invented(bench):
    outcomes = [bench.run_one(5, number, SAMPLES) for number in range(RUNS_COUNT)]

    assert [how for _, how, _ in outcomes if how] == []
    assert sum(outcome == "reports" for outcome, _, _ in outcomes) > RUNS_COUNT * 0.8


def test_every_kind_of_damage_does_damage(bench):
    whole = CGROUP_LOG.split(b"\n")
    for damage in bench.DAMAGES:
        done = 0
        for number in range(20):
            lines = list(whole)
            damage(random.Random(number), lines)
            done += lines != whole
        assert done, damage.__name__


def test_an_exception_and_an_invented_victim_are_failures(bench, monkeypatch):
    (found,) = bench.found_in(CGROUP_LOG)
    assert bench.invented(found, "[ 157] 33 web and no kill").startswith("victim")
    assert bench.invented(found, "Killed process 157 (web)").startswith("predicted")

    def broken(*_args, **_keywords):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(bench, "found_in", broken)
    assert bench.run_one(5, 1, SAMPLES)[0] == "FAILED"


@pytest.mark.shared
def test_the_collection_is_reproduced(bench, shared):
    del shared
    logs = bench.corpus()

    assert bench.check_corpus(logs)
    assert bench.check_independence(logs)
