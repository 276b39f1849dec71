"""The quiet host's facts, and how a rule is asked."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules import _examples
from vmadvisor.model.facts import Facts
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.limits import CgroupLimits


@pytest.fixture
def quiet():
    """The module of examples: ``quiet.facts(...)``, ``quiet.ACTIVITY``, ..."""
    return _examples


@pytest.fixture
def without():
    """``without(facts, Kind)``: the same facts but for those types."""

    def build(facts: Facts, *kinds: type) -> Facts:
        return Facts({kind: fact for kind, fact in facts.by_type.items() if kind not in kinds})

    return build


@pytest.fixture
def said():
    """``said(rule, facts)``: severity names and scopes of all findings."""

    def build(rule, facts):
        assert all(facts.get(need) is not None for need in rule.needs)
        assert rule.lacks(facts) == ()
        return [(finding.severity.name, finding.scope) for finding in rule.check(facts)]

    return build


@pytest.fixture
def psi():
    """Memory pressure with this ``full avg10``."""

    def build(avg10_pct):
        line = _examples._QUIET_LINE
        return _examples.MemoryPressure(some=line, full=replace(line, avg10_pct=avg10_pct))

    return build


@pytest.fixture
def capped():
    """A cgroup that hit its limit in the interval and stalled for this share of it."""

    def build(full_ratio=0.9, **changes):
        fields = {
            "usage_ratio": 0.99,
            "is_at_limit": True,
            "limit_hit_count": 31,
            "memory_full_ratio": full_ratio,
            "full_avg10_ratio": full_ratio,
        }
        group = replace(_examples.CGROUP, **(fields | changes))
        return CgroupLimits(groups=(group,), is_complete=True)

    return build


@pytest.fixture
def nodes():
    """``nodes({...}, {...})``: headroom of nodes 0, 1, ... with these changes."""

    def build(*changes):
        found = tuple(
            replace(_examples.NODE, **({"node_id": number} | change))
            for number, change in enumerate(changes)
        )
        return Headroom(zones=(_examples.ZONE,), nodes=found)

    return build
