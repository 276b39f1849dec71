"""Every baseline keeps the promises that the comparison rests on."""

import pytest

from vmadvisor.model.backtest.baselines import BASELINES


def test_names_are_distinct_and_fit_the_table():
    names = [baseline.name for baseline in BASELINES]

    assert len(set(names)) == len(names) == 9
    assert max(map(len, names)) <= 15


@pytest.mark.parametrize("baseline", BASELINES, ids=lambda baseline: baseline.name)
def test_a_host_that_runs_dry_scores_higher_than_an_idle_one(sample, node, track, baseline):
    def host(step):
        for second in range(32):
            left = 40_000 - step * second
            one = node(
                managed_pages=100_000,
                free_pages=left,
                slack_pages=max(0, left - 3_000),
                above_min_pages=left,
                high_pages=4_000,
            )
            yield sample(
                float(second),
                nodes=(one,),
                available_pages=left,
                total_pages=100_000,
                nr_anon_pages=60_000,
                swap_total_pages=9_000,
                swap_free_pages=9_000 - 280 * second if step else 9_000,
                memory_some_us_total=step * 500 * second,
                memory_full_avg10_pct=float(step and 70),
                pgsteal_kswapd_pages_total=2 * second,
            )

    idle, dry = (baseline.ask(track(*host(step)), 10.0) for step in (0, 1_290))

    assert not idle.is_alarm
    assert dry.is_alarm
    assert dry.score > idle.score
