import pytest

from vmadvisor.model.backtest import daemon_rules
from vmadvisor.model.backtest.guess import SILENT, Guess


def falling(sample, node, *, slope, stolen, free=50_000, seconds=9):
    for second in range(seconds):
        one = node(free_pages=free + slope * second, high_pages=20_000, managed_pages=90_000)
        yield sample(float(second), nodes=(one,), pgsteal_kswapd_pages_total=stolen * second)


@pytest.mark.parametrize(
    ("slope", "stolen", "free", "is_alarm"),
    [
        (-1_000, 3_000, 50_000, True),  # consumed at a third of what kswapd frees
        (-1_000, 3_001, 50_000, False),  # kswapd is faster than that
        (-1_000, 9_000, 27_000, True),  # but free stands below the high mark, at 19,000
        (+1_000, 1, 10_000, False),  # free rises
        (-1_000, 0, 27_000, False),  # kswapd never ran: no verdict, as in the original
    ],
)
def test_adaptivemmd_compares_consumption_with_reclaim(
    sample, node, track, slope, stolen, free, is_alarm
):
    now = track(*falling(sample, node, slope=slope, stolen=stolen, free=free))

    assert daemon_rules.adaptivemmd(now, 10) == Guess(score=float(is_alarm), is_alarm=is_alarm)


def test_adaptivemmd_waits_for_eight_samples(sample, node, track):
    ready = list(falling(sample, node, slope=-1_000, stolen=10, seconds=8))

    assert daemon_rules.adaptivemmd(track(*ready[1:]), 10) == SILENT
    assert daemon_rules.adaptivemmd(track(*ready), 10).is_alarm


@pytest.mark.parametrize(
    ("available", "swap", "left", "is_alarm"),
    [
        (100, (50, 1_000), 0.1, True),
        (101, (50, 1_000), 101 / 1_001, False),
        (20, (101, 1_000), 0.101, False),
        (20, (0, 0), 20 / 920, True),
    ],
)
def test_earlyoom_wants_memory_and_swap_both_low(sample, track, available, swap, left, is_alarm):
    now = track(
        sample(
            1.0,
            available_pages=available,
            nr_anon_pages=900,
            swap_free_pages=swap[0],
            swap_total_pages=swap[1],
        )
    )
    guess = daemon_rules.earlyoom(now, 10)

    assert (guess.score, guess.is_alarm) == (pytest.approx(-left), is_alarm)


def used(sample, time_s, *, available, swap_free, avg10=0.0, swap_total=500):
    return sample(
        time_s,
        available_pages=available,
        total_pages=1_000,
        swap_free_pages=swap_free,
        swap_total_pages=swap_total,
        memory_full_avg10_pct=avg10,
    )


def test_systemd_oomd_acts_when_memory_and_swap_are_used_up(sample, track):
    both = daemon_rules.systemd_oomd(track(used(sample, 1.0, available=90, swap_free=40)), 10)
    one = daemon_rules.systemd_oomd(track(used(sample, 1.0, available=90, swap_free=100)), 10)

    assert (both.score, both.is_alarm) == (pytest.approx(0.91 / 0.9), True)
    assert (one.score, one.is_alarm) == (pytest.approx(0.8 / 0.9), False)


def test_systemd_oomd_never_acts_on_usage_without_swap(sample, track):
    now = track(used(sample, 1.0, available=1, swap_free=0, swap_total=0))

    assert daemon_rules.systemd_oomd(now, 10) == Guess(score=0.0, is_alarm=False)


@pytest.mark.parametrize(
    ("seconds", "lowest", "is_alarm"), [(31, 66.0, True), (29, 66.0, False), (31, 57.0, False)]
)
def test_systemd_oomd_wants_pressure_to_last(sample, track, seconds, lowest, is_alarm):
    pressed = [
        used(sample, float(second), available=500, swap_free=500, avg10=80.0 if second else lowest)
        for second in range(seconds)
    ]
    guess = daemon_rules.systemd_oomd(track(*pressed), 10)

    assert (guess.score, guess.is_alarm) == (pytest.approx(lowest / 60), is_alarm)


@pytest.mark.parametrize(
    "rule", [daemon_rules.adaptivemmd, daemon_rules.earlyoom, daemon_rules.systemd_oomd]
)
def test_a_rule_without_its_files_says_nothing(sample, track, rule):
    assert rule(track(*(sample(float(second)) for second in range(9))), 10) == SILENT
