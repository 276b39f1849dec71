"""What a recording does not hold is null with a reason, not a number."""

from dataclasses import replace

from vmadvisor.model.simulate.figures import Means
from vmadvisor.model.simulate.machine import machine_of
from vmadvisor.model.simulate.settings import parsed
from vmadvisor.model.simulate.unsaid import killed_pages, unsaid_for, unsaid_for_all
from vmadvisor.model.simulate.whatif import what_if


def with_vmstat(moment, **changes):
    vmstat = replace(moment.sample.vmstat, **changes)
    return replace(moment, sample=replace(moment.sample, vmstat=vmstat))


def swapping(pages_per_s):
    return Means(
        stalls=1.0, full=0.02, scan=3.0, anon=4.0, file=5.0, swap_in=6.0, swap_out=pages_per_s,
        free=8.0, kills=0.0, trajectory=(),
    )  # fmt: skip


def test_after_a_large_kill_no_rate_is_told_for_another_setting(recorded):
    snapshot, moments = recorded("6.1-oom-kill")
    before, after = moments[0], moments[-1]
    large = [
        with_vmstat(
            replace(before, nodes=tuple(replace(n, anon_pages=60_000) for n in before.nodes)),
            oom_kill_total=0,
        ),
        with_vmstat(
            replace(after, nodes=tuple(replace(n, anon_pages=500) for n in after.nodes)),
            oom_kill_total=1,
        ),
    ]

    found = what_if(large, snapshot, [parsed("vm.watermark_scale_factor=200")])

    present, changed = found.settings
    assert killed_pages(large) == 59_500
    assert present.figures.kept_free_bytes is not None
    assert changed.figures.stalls_per_s is None
    assert changed.figures.refaults_file_per_s is None
    assert sum("killed processes" in note for note in changed.notes) == 1


def test_a_small_victim_leaves_the_load_as_it_was(recorded):
    snapshot, moments = recorded("6.12-cache-full")
    small = [
        with_vmstat(moments[0], oom_kill_total=3),
        with_vmstat(
            replace(
                moments[1],
                nodes=tuple(replace(n, anon_pages=n.anon_pages - 90) for n in moments[0].nodes),
            ),
            oom_kill_total=4,
        ),
    ]

    assert killed_pages(small) == 90
    assert "stalls_per_s" not in unsaid_for_all(small, machine_of(snapshot))


def test_stalls_in_compaction_leave_the_full_time_untold(recorded):
    snapshot, moments = recorded("6.12-cache-full")
    compacting = [
        with_vmstat(moments[0], compact_stall_total=700),
        with_vmstat(moments[1], compact_stall_total=764),
    ]

    found = unsaid_for_all(compacting, machine_of(snapshot))

    assert list(found) == ["full_stall_ratio"]
    assert found["full_stall_ratio"].startswith("64 stalls in direct compaction")


def test_nobody_knows_how_fast_a_swap_would_be_that_is_not_there(machine):
    without = machine()
    swap = machine(swap_total_pages=60_000, swap_kind="disk")

    assert set(unsaid_for(without, swap, swapping(900.0))) == {"stalls_per_s", "full_stall_ratio"}
    assert unsaid_for(without, swap, swapping(2.0)) == {}
    assert unsaid_for(swap, swap, swapping(900.0)) == {}
