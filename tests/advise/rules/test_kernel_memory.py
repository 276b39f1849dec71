"""A quarter of RAM in one of the kernel's own parts is worth a line; growth sooner."""

import pytest

from vmadvisor.advise.rules.kernel_memory import RULE
from vmadvisor.model.kernel_growth import KernelGrowth, KernelPart


def growth(size_kib, per_s, *, interval_s=1.0, name="slab, unreclaimable"):
    part = KernelPart(name=name, size_kib=size_kib, growth_kib_per_s=per_s, source="SUnreclaim")
    return KernelGrowth(total_kib=8_000_000, interval_s=interval_s, parts=(part,))


def test_a_quarter_is_said_whether_it_grows_or_not(quiet, said):
    facts = quiet.facts(growth(2_100_000, None))
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", "host")]
    assert "slab, unreclaimable) is held by no process" in finding.title
    assert [item.value for item in finding.evidence] == [2_100_000, 0.2625, None]


def test_growth_is_said_from_a_tenth_on(quiet):
    (finding,) = RULE.check(quiet.facts(growth(900_000, 1_500.0)))

    assert "grows and no process owns it" in finding.title


def test_it_is_loud_when_memory_runs_out(quiet, said, short):
    assert said(RULE, quiet.facts(growth(2_100_000, None), short)) == [("WARNING", "host")]


@pytest.mark.parametrize(
    ("size_kib", "per_s", "interval_s"),
    [
        (1_900_000, 1_000.0, 1.0),  # large, hardly grows
        (700_000, 9_000.0, 1.0),  # grows, small yet
        (900_000, 1_500.0, 0.2),  # batches
        (900_000, 1_500.0, None),
    ],
)
def test_a_usual_share_and_a_short_look_are_quiet(quiet, said, size_kib, per_s, interval_s):
    assert said(RULE, quiet.facts(growth(size_kib, per_s, interval_s=interval_s))) == []
