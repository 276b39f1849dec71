"""A few writes are somebody's curiosity; once a day or more is a job."""

import pytest

from vmadvisor.advise.rules.drop_caches import RULE
from vmadvisor.sources.uptime import Uptime
from vmadvisor.sources.vmstat import parse


def facts(quiet, pagecache, slab, days=7):
    vmstat = parse(f"oom_kill 0\ndrop_pagecache {pagecache}\ndrop_slab {slab}\n")
    return quiet.facts(vmstat, Uptime(uptime_s=days * 86_400.0))


def test_a_daily_job_is_said(quiet, said):
    found = facts(quiet, 9, 8)
    (finding,) = RULE.check(found)

    assert said(RULE, found) == [("INFO", "host")]
    assert [item.value for item in finding.evidence] == [9, 8, 604_800]
    assert finding.confidence == "high"


def test_a_young_host_is_less_certain(quiet):
    assert next(iter(RULE.check(facts(quiet, 9, 0, days=0.2)))).confidence == "medium"


@pytest.mark.parametrize(("pagecache", "slab", "days"), [(0, 0, 7), (2, 2, 0.2), (5, 6, 7)])
def test_now_and_then_is_quiet(quiet, said, pagecache, slab, days):
    assert said(RULE, facts(quiet, pagecache, slab, days)) == []


def test_a_kernel_that_does_not_count_is_a_named_lack(quiet):
    assert RULE.lacks(quiet.facts(parse("oom_kill 0\n")))
