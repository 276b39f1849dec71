"""Scans and frees are told apart by who did them; what the kernel does not tell apart is unknown."""

import pytest

from vmadvisor.model.reclaimers import reclaimers
from vmadvisor.sources import vmstat

BEFORE = """\
pgscan_kswapd 1000
pgscan_direct 200
pgscan_khugepaged 30
pgscan_proactive 7
pgscan_anon 500
pgscan_file 800
pgsteal_kswapd 900
pgsteal_direct 100
pgsteal_khugepaged 20
pgsteal_proactive 6
pgsteal_anon 400
pgsteal_file 700
"""
AFTER = """\
pgscan_kswapd 1400
pgscan_direct 240
pgscan_khugepaged 42
pgscan_proactive 15
pgscan_anon 760
pgscan_file 1050
pgsteal_kswapd 1260
pgsteal_direct 130
pgsteal_khugepaged 28
pgsteal_proactive 12
pgsteal_anon 610
pgsteal_file 914
"""


class _Sample:
    """As much of a sample as is looked at."""

    def __init__(self, time_s, text):
        self.time_s = time_s
        self.vmstat = vmstat.parse(text)


def rates(before, after):
    return {
        one.name: (one.scan_pages_per_s, one.steal_pages_per_s) for one in reclaimers(before, after)
    }


def test_each_has_its_own_rate_and_limits_have_what_is_left():
    """By type 510 more were scanned, by reclaimer 460: 50 at limits; 424 freed, 404: 20."""
    assert rates(_Sample(10.0, BEFORE), _Sample(12.0, AFTER)) == {
        "kswapd": (200.0, 180.0),
        "direct": (20.0, 15.0),
        "khugepaged": (6.0, 4.0),
        "proactive": (4.0, 3.0),
        "memcg": (25.0, 10.0),
    }


def test_an_old_kernel_does_not_tell_all_of_them_apart():
    old = [
        "\n".join(line for line in text.split("\n") if "kswapd" in line or "direct" in line)
        for text in (BEFORE, AFTER)
    ]

    found = rates(_Sample(10.0, old[0]), _Sample(12.0, old[1]))

    assert found["kswapd"] == (200.0, 180.0)
    assert {found[name] for name in ("khugepaged", "proactive", "memcg")} == {(None, None)}


@pytest.mark.parametrize("before", [None, _Sample(12.0, BEFORE), _Sample(10.0, AFTER + "\n")])
def test_nothing_is_told_without_an_interval_or_of_a_counter_that_went_back(before):
    after = (
        _Sample(12.0, AFTER) if before is None or before.time_s == 12.0 else _Sample(12.0, BEFORE)
    )

    found = rates(before, after)

    assert set(found.values()) == {(None, None)}
