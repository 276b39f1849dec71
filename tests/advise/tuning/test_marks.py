"""The gap's rule: the scale factor first, legal and within the shares, quiet once applied, never oscillating."""

from dataclasses import replace

from vmadvisor.advise.targets import Targets
from vmadvisor.advise.tuning import _examples as ex
from vmadvisor.advise.tuning import marks
from vmadvisor.model.simulate.watched import Watched


def only(facts):
    (advice,) = marks.recommend(facts)
    return advice


def test_bursts_ask_for_a_wider_gap_and_are_quiet_once_it_is_there():
    host = ex.bursting()
    advice = only(ex.facts_of(host))
    wider = replace(host.sysctl, watermark_scale_factor_permyriad=advice.recommended)

    assert advice.key == "sysctl:vm.watermark_scale_factor"
    assert (advice.current, advice.recommended) == (10, 30)
    assert advice.undo == "sysctl -w vm.watermark_scale_factor=10"
    assert list(marks.recommend(ex.facts_of(replace(host, sysctl=wider)))) == []


def test_a_target_that_is_met_leaves_all_as_it_is():
    facts = ex.facts_of(ex.bursting())

    assert list(marks.recommend(facts.joined(Targets(full_stall_s_per_h=60.0)))) == []


def test_before_4_6_there_is_only_min_free_kbytes():
    host = ex.bursting()
    old = replace(
        host, release="4.4.302", sysctl=replace(host.sysctl, watermark_scale_factor_permyriad=None)
    )

    found = list(marks.recommend(ex.facts_of(old)))

    assert {advice.key for advice in found} <= {"sysctl:vm.min_free_kbytes"}


def test_nothing_is_advised_where_hardly_anything_can_be_reclaimed():
    facts = ex.facts_of(ex.bursting())
    last = facts[Watched].moments[-1]
    bare = replace(
        last, nodes=tuple(replace(node, file_pages=10, active_file_pages=5) for node in last.nodes)
    )
    watched = Watched((*facts[Watched].moments[:-1], bare), facts[Watched].snapshot)

    assert marks.is_out_of_reach(facts.joined(watched)) == "hardly anything can be reclaimed"


def test_nothing_is_advised_where_kswapd_is_saturated():
    from vmadvisor.model.headroom import Headroom

    facts = ex.facts_of(ex.bursting())
    headroom = facts[Headroom]
    busy = tuple(replace(node, kswapd_state="saturated") for node in headroom.nodes)

    assert list(marks.recommend(facts.joined(replace(headroom, nodes=busy)))) == []
