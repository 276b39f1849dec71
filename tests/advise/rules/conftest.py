"""The quiet host's facts, and how a rule is asked."""

from dataclasses import replace

import pytest

from vmadvisor.advise.finding import HOST
from vmadvisor.advise.rules import _examples
from vmadvisor.model.facts import Facts, VictimOrder
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.kinship import Kinship
from vmadvisor.model.limits import CgroupLimits
from vmadvisor.model.unit_names import unit_of


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


TOTAL_PAGES = 2_000_000


@pytest.fixture
def ranked():
    """``ranked(("sshd", 9_000, -50), ...)``: facts of a kill order, (comm, pages held, adj) each.

    Pids are 200, 201, ... in the order given; ``units`` has cgroup paths, ``parents`` (comm, adj) by comm.
    """

    def build(*processes, units=None, parents=None, others=()):
        victims, kins = [], {}
        for pid, (comm, held, adj) in enumerate(processes, 200):
            killable = adj != -1000
            victims.append(replace(
                _examples.VICTIM, pid_id=pid, comm=comm, rss_pages=held, swap_pages=0,
                page_table_pages=0, oom_score_adj=adj, killable=killable,
                points_pages=held + adj * (TOTAL_PAGES // 1000) if killable else 0,
            ))  # fmt: skip
            path = (units or {}).get(comm)
            parent, parent_adj = (parents or {}).get(comm, (None, None))
            kins[pid] = replace(
                _examples.KIN, pid_id=pid, comm=comm, oom_score_adj=adj, cgroup_path=path,
                unit=unit_of(path), parent_pid_id=None if parent is None else 77,
                parent_comm=parent, parent_adj=parent_adj,
            )  # fmt: skip
        victims.sort(key=lambda one: (not one.killable, -one.points_pages))
        order = VictimOrder(by_scope={HOST: tuple(victims)}, total_pages=TOTAL_PAGES)
        return _examples.facts(order, Kinship(by_pid=kins), *others)

    return build


@pytest.fixture
def short():
    """The facts of a host that runs short: little available, no swap left."""
    return replace(_examples.AVAILABILITY, available_pages=9_000, swap_free_pages=12)
