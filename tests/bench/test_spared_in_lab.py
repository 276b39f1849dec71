"""What was advised is what is laid into the scenario, and nothing else."""

from dataclasses import replace

from spared_in_lab import _verdict, laid_in

TABLE = {
    "cgroup": [{"path": "batch"}, {"path": "front"}],
    "process": [{"name": "postgres", "oom_score_adj": 300}, {"name": "leaky"}],
}


def test_an_adj_goes_to_the_process_of_that_name(advice):
    told = laid_in(TABLE, replace(advice, key="oom_score_adj:postgres", recommended=50))

    assert told["process"] == [{"name": "postgres", "oom_score_adj": 50}, {"name": "leaky"}]
    assert told["cgroup"] == TABLE["cgroup"]
    assert TABLE["process"][0]["oom_score_adj"] == 300


def test_a_limit_goes_to_its_group_in_whole_mib(advice):
    told = laid_in(TABLE, replace(advice, key="cgroup:/batch:memory.high", recommended=104_857_601))

    assert told["cgroup"] == [{"path": "batch", "memory_high_mib": 100}, {"path": "front"}]


def test_spared_is_who_was_killed_first_and_is_not_any_more():
    struck = [(20.0, "postgres"), (21.0, "leaky")]

    assert _verdict(struck, [(25.0, "leaky")]) == "SPARED"
    assert _verdict(struck, []) == "SPARED"
    assert _verdict(struck, [(25.0, "leaky"), (26.0, "postgres")]) == "NOT spared"
