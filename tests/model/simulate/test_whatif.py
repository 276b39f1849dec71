"""The present settings are what was measured; others are that, times a ratio of runs."""

import pytest

from vmadvisor.model.simulate.figures import Means, Pair, anchored
from vmadvisor.model.simulate.measured import Rate
from vmadvisor.model.simulate.settings import SettingError, parsed
from vmadvisor.model.simulate.whatif import what_if

SECONDS = 40.0


def means(**changes):
    fields = dict.fromkeys(
        ("stalls", "full", "scan", "anon", "file", "swap_in", "swap_out", "free", "kills"), 0.0
    )
    return Means(**(fields | changes), trajectory=())


def told(name, rate, *pairs):
    weight = 1 / len(pairs)
    return anchored(
        name,
        rate,
        [Pair(weight_ratio=weight, base=base, run=run) for base, run in pairs],
        SECONDS,
    )


def test_where_the_present_was_met_a_figure_is_the_measured_one_times_the_ratio_of_two_runs():
    rate = Rate(value=12.0, error=1.0)

    figure = told("stalls", rate, (means(stalls=12.0), means(stalls=3.0)))

    assert figure.value == pytest.approx(3.0, abs=0.01)
    assert figure.low < 3.0 < figure.high


def test_a_setting_that_changes_nothing_leaves_the_measured_figure():
    rate = Rate(value=12.0, error=1.0)

    figure = told("file", rate, (means(file=900.0), means(file=900.0)))

    assert figure.value == pytest.approx(12.0)


def test_what_a_run_has_wrong_about_the_present_is_carried_over_in_part():
    rate = Rate(value=12.0, error=0.0)

    figure = told("stalls", rate, (means(stalls=6.0), means(stalls=0.5)))

    assert 0.5 < figure.value < 1.0


def test_hosts_that_differ_widen_the_interval():
    rate = Rate(value=10.0, error=0.0)
    one = means(stalls=10.0), means(stalls=4.0)

    narrow = told("stalls", rate, one)
    wide = told("stalls", rate, one, (means(stalls=10.0), means(stalls=0.2)))

    assert narrow.low > 2 * wide.low
    assert narrow.high / narrow.value < wide.high / wide.value


def test_few_stalls_say_less_than_many():
    few = told(
        "stalls", Rate(value=2 / SECONDS, error=0.0), (means(stalls=0.05), means(stalls=2.0))
    )
    many = told("stalls", Rate(value=5.0, error=0.0), (means(stalls=5.0), means(stalls=200.0)))

    assert few.high / few.value > many.high / many.value


def test_where_nothing_was_measured_the_run_stands_for_itself():
    rate = Rate(value=0.0, error=0.0)

    figure = told("scan", rate, (means(scan=0.0), means(scan=3_000.0)))

    assert figure.value == pytest.approx(3_000.0)


def test_what_is_as_good_as_nothing_is_nothing():
    figure = told("stalls", Rate(value=4.0, error=0.5), (means(stalls=4.0), means(stalls=0.0)))

    assert figure.value == 0.0
    assert figure.low == 0.0 < figure.high


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


def test_memory_high_slows_and_does_not_kill(recorded):
    snapshot, moments = recorded("6.12-memcg-oom-kill")
    path = moments[-1].sample.groups[0].path

    limited = what_if(moments, snapshot, [parsed(f"memory.high:{path}=1M")]).settings[1]

    assert any("slowed until they fit, none killed" in note for note in limited.notes)
    assert not any("OOM killer would strike in it" in note for note in limited.notes)


@pytest.mark.parametrize(
    "text", ["memory.max:/nowhere=1M", "memory.high:/nowhere=1M", "limit:4194303=1M"]
)
def test_a_limit_on_nobody_is_refused(recorded, text):
    snapshot, moments = recorded("6.12-cache-full")

    with pytest.raises(SettingError, match="no "):
        what_if(moments, snapshot, [parsed(text)])
