"""The present settings are what was measured; others are that, times a ratio of runs."""

import pytest

from vmadvisor.model.simulate.figures import Means, anchored
from vmadvisor.model.simulate.measured import Rate
from vmadvisor.model.simulate.settings import SettingError, parsed
from vmadvisor.model.simulate.whatif import what_if


def means(**changes):
    fields = dict.fromkeys(
        ("stalls", "full", "scan", "anon", "file", "swap_in", "free", "kills"), 0.0
    )
    return Means(**(fields | changes), trajectory=())


def test_a_figure_is_the_measured_one_times_the_ratio_of_two_runs():
    rate = Rate(value=12.0, error=1.0)

    figure = anchored("stalls", rate, [means(stalls=1.99)], [means(stalls=7.99)])

    assert figure.value == pytest.approx(3.0, abs=0.01)
    assert figure.low < 3.0 < figure.high


def test_variations_of_the_physics_widen_the_interval():
    rate = Rate(value=10.0, error=0.0)

    figure = anchored(
        "stalls",
        rate,
        [means(stalls=5.0), means(stalls=9.0)],
        [means(stalls=5.0), means(stalls=1.0)],
    )

    assert figure.value == pytest.approx(10.0)
    assert figure.high > 80


def test_where_nothing_was_measured_the_run_stands_for_itself():
    rate = Rate(value=0.0, error=0.0)

    figure = anchored("scan", rate, [means(scan=3_000.0)], [means(scan=0.0)])

    assert figure.value == pytest.approx(3_000.0)


def test_what_is_as_good_as_nothing_is_nothing():
    figure = anchored(
        "stalls", Rate(value=4.0, error=0.5), [means(stalls=0.0)], [means(stalls=9.0)]
    )

    assert figure.value == 0.0


def test_the_present_comes_first_with_the_measured_figures(recorded):
    snapshot, moments = recorded("4.18-rhel8-direct-reclaim")
    seconds = moments[1].sample.time_s - moments[0].sample.time_s

    found = what_if(moments, snapshot, [parsed("vm.watermark_scale_factor=500")])

    present, changed = found.settings
    assert present.change.pairs == ()
    assert present.figures.stalls_per_s.value == pytest.approx(90 / seconds)
    assert changed.figures.stalls_per_s.value < present.figures.stalls_per_s.value
    assert changed.figures.kept_free_bytes.value > present.figures.kept_free_bytes.value


def test_what_this_kernel_does_not_count_is_null_with_a_reason(recorded):
    snapshot, moments = recorded("6.1-psi-off")

    present = what_if(moments, snapshot, []).settings[0]

    assert present.figures.full_stall_ratio is None
    assert any("full_stall_ratio" in note for note in present.notes)


def test_one_moment_is_no_demand(recorded):
    snapshot, moments = recorded("6.12-cache-full")

    with pytest.raises(SettingError, match="a demand"):
        what_if(moments[:1], snapshot, [])


def test_a_groups_limit_says_what_it_cannot_tell(recorded):
    snapshot, moments = recorded("6.12-memcg-oom-kill")
    path = moments[-1].sample.groups[0].path

    limited = what_if(moments, snapshot, [parsed(f"memory.max:{path}=1M")]).settings[1]

    assert limited.figures.refaults_file_per_s is None
    assert any("OOM killer would strike in it" in note for note in limited.notes)


@pytest.mark.parametrize("text", ["memory.max:/nowhere=1M", "limit:4194303=1M"])
def test_a_limit_on_nobody_is_refused(recorded, text):
    snapshot, moments = recorded("6.12-cache-full")

    with pytest.raises(SettingError, match="no "):
        what_if(moments, snapshot, [parsed(text)])
