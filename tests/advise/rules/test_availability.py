"""Little memory alarms when swap cannot help, and is critical only near the min marks."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.availability import RULE, is_short

NO_SWAP = {"swap_total_pages": 0, "swap_free_pages": 0}


@pytest.mark.parametrize(
    ("available", "above_min", "swap", "expected"),
    [
        (26_000, 90_000, NO_SWAP, []),
        (25_999, 90_000, NO_SWAP, [("WARNING", "host")]),
        (25_999, 2_048, NO_SWAP, [("WARNING", "host")]),
        (25_999, 2_047, NO_SWAP, [("CRITICAL", "host")]),
        (0, -300, NO_SWAP, [("CRITICAL", "host")]),
        (0, 90_000, NO_SWAP, [("WARNING", "host")]),
        (0, None, NO_SWAP, [("WARNING", "host")]),
        (0, 90_000, {"swap_free_pages": 26_000}, [("INFO", "host")]),
        (0, 90_000, {"swap_free_pages": 25_999}, [("WARNING", "host")]),
    ],
)
def test_severity_by_what_is_left(quiet, said, available, above_min, swap, expected):
    """The quiet host keeps 26,000 pages; 8 MiB for an admin to log in are 2,048 of them."""
    now = replace(quiet.AVAILABILITY, available_pages=available, above_min_pages=above_min, **swap)

    assert said(RULE, quiet.facts(now, quiet.UNFORESEEN)) == expected


def test_on_a_small_host_the_admins_reserve_is_a_32nd_of_it(quiet, said):
    small = replace(quiet.AVAILABILITY, mem_total_pages=32_000, available_pages=10, **NO_SWAP)

    def with_above_min(pages):
        return quiet.facts(replace(small, above_min_pages=pages), quiet.UNFORESEEN)

    assert said(RULE, with_above_min(999)) == [("CRITICAL", "host")]
    assert said(RULE, with_above_min(1_000)) == [("WARNING", "host")]


def test_wide_marks_alone_are_no_alarm_of_an_oom(quiet, said):
    """vm.watermark_scale_factor = 400: MemAvailable is 0 while tens of MB lie above the min marks."""
    wide = replace(
        quiet.AVAILABILITY, totalreserve_pages=90_000, available_pages=0, above_min_pages=60_000,
        **NO_SWAP,
    )  # fmt: skip

    assert said(RULE, quiet.facts(wide, quiet.UNFORESEEN)) == [("WARNING", "host")]


def test_a_full_swap_with_memory_left_is_not_short(quiet):
    assert not is_short(replace(quiet.AVAILABILITY, swap_free_pages=0))
    assert is_short(replace(quiet.AVAILABILITY, available_pages=11, swap_free_pages=12))


def test_without_zones_the_least_reserve_alarms_and_says_what_it_is(quiet, said):
    """A container without zoneinfo: "OK" with 100 pages left and no swap would be a lie."""
    now = replace(
        quiet.AVAILABILITY, available_pages=100, totalreserve_pages=25_344, above_min_pages=None,
        is_least_reserve=True, **NO_SWAP,
    )  # fmt: skip
    (finding,) = RULE.check(quiet.facts(now))

    assert said(RULE, quiet.facts(now, quiet.UNFORESEEN)) == [("WARNING", "host")]
    assert "min_free_kbytes" in finding.evidence[1].source


def test_without_any_reserve_the_rule_is_not_asked(quiet):
    unknown = quiet.facts(replace(quiet.AVAILABILITY, totalreserve_pages=None))

    assert RULE.lacks(quiet.facts()) == ()
    assert RULE.lacks(unknown) == ("/proc/zoneinfo, or vm.min_free_kbytes",)
    assert not is_short(unknown[type(quiet.AVAILABILITY)])


@pytest.mark.parametrize(
    ("likely", "expected"), [(0.02, "INFO"), (0.31, "WARNING"), (0.9, "WARNING")]
)
def test_a_low_level_is_no_warning_where_the_forecast_can_tell_and_holds_a_kill_for_unlikely(
    quiet, said, likely, expected
):
    """0.31 is an alarm itself, and the upper end of its interval leaves survival less than twice as likely."""
    low = replace(quiet.AVAILABILITY, available_pages=700, above_min_pages=90_000, **NO_SWAP)

    facts = quiet.facts(low, quiet.outlook({"oom_global": likely}))

    assert said(RULE, facts) == [(expected, "host")]
    [finding] = RULE.check(facts)
    against = [(item.name, item.value) for item in finding.counter_evidence]
    assert against == ([("oom_probability", likely)] if likely < 1 / 4 else [])


def test_the_min_marks_are_critical_whatever_is_foreseen(quiet, said):
    spent = replace(quiet.AVAILABILITY, available_pages=700, above_min_pages=90, **NO_SWAP)

    assert said(RULE, quiet.facts(spent, quiet.outlook())) == [("CRITICAL", "host")]
