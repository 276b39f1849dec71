"""The forecast's times as fans."""

from dataclasses import replace

from vmadvisor.model.forecast import Quantiles
from vmadvisor.render.fans import ahead_s, fans


def with_times(report, *told):
    return replace(report, outlook=replace(report.outlook, times=told))


def quantiles(what, p10_s, p50_s, p90_s):
    return Quantiles(what=what, p10_s=p10_s, p50_s=p50_s, p90_s=p90_s, is_extrapolated=False)


def test_free_memory_falls_to_the_low_mark_and_what_is_available_to_nothing(report):
    told = with_times(
        report, quantiles("low mark", 0.4, 0.9, 3.25), quantiles("oom", 21.0, 40.0, None)
    )
    low, oom = fans(told)

    assert (low.p10_s, low.p50_s, low.p90_s) == (0.4, 0.9, 3.25)
    assert low.start == 24_800 * 4096
    assert 0 < low.level < low.start
    assert oom.level == 0.0
    assert oom.start == report.availability.available_pages * 4096
    assert ahead_s((low, oom)) == 44.0


def test_what_lies_beyond_a_minute_is_no_fan(report):
    assert fans(with_times(report, quantiles("oom", 41.0, 7_200.0, None))) == ()
    assert fans(with_times(report, quantiles("low mark", 1.0, None, None))) == ()
    assert fans(replace(report, outlook=None)) == ()
    assert ahead_s(()) == 0.0


def test_the_view_ahead_is_at_least_seconds_and_at_most_a_minute(report):
    near = fans(with_times(report, quantiles("low mark", 0.1, 0.2, 0.3)))
    far = fans(with_times(report, quantiles("low mark", 1.0, 50.0, 900.0)))

    assert (ahead_s(near), ahead_s(far)) == (5.0, 60.0)
