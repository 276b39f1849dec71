"""A set ttl is said; a missing one only where a host freezes for want of it."""

from dataclasses import replace

from vmadvisor.advise.rules.mglru_ttl import RULE
from vmadvisor.sources.lru_gen import LruGen


def lru(ttl_ms, enabled=7):
    return LruGen(enabled_mode=enabled, min_ttl_ms=ttl_ms)


def frozen(quiet, **changes):
    return replace(
        quiet.ACTIVITY, **({"refault_pages_per_s": 900.0, "allocstall_per_s": 40.0} | changes)
    )


def test_kills_with_free_swap_are_by_design_where_a_ttl_is_set(quiet, said):
    assert said(RULE, quiet.facts(lru(5_000))) == [("INFO", "host")]


def test_a_frozen_host_is_offered_one(quiet, said, psi):
    facts = quiet.facts(
        lru(0), frozen(quiet), replace(quiet.STALL, memory_full_ratio=0.8), psi(70.0)
    )
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", "host")]
    assert finding.remedy.command == "echo 1000 > /sys/kernel/mm/lru_gen/min_ttl_ms"
    assert finding.remedy.undo == "echo 0 > /sys/kernel/mm/lru_gen/min_ttl_ms"


def test_without_a_freeze_or_refaults_or_the_lru_it_is_quiet(quiet, said, psi):
    stalled = (replace(quiet.STALL, memory_full_ratio=0.8), psi(70.0))

    assert said(RULE, quiet.facts(lru(0), frozen(quiet))) == []
    assert said(RULE, quiet.facts(lru(0), frozen(quiet, refault_pages_per_s=0.0), *stalled)) == []
    assert said(RULE, quiet.facts(lru(5_000, enabled=0))) == []
    assert said(RULE, quiet.facts(lru(None), frozen(quiet), *stalled)) == []


def test_a_kernel_without_it_is_not_asked():
    assert RULE.applies_to == (LruGen,)
