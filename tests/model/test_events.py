import pytest

from vmadvisor.model.events import cgroup_kills_count, happened


def test_direct_reclaim_is_a_rise_of_allocstall(sample):
    before, after = sample(5.0, allocstall_total=17), sample(15.0, allocstall_total=18)

    assert happened("direct_reclaim", before, after) is True
    assert happened("direct_reclaim", after, sample(16.0, allocstall_total=18)) is False


@pytest.mark.parametrize(("us", "came"), [(499_999, False), (500_000, True)])
def test_a_stall_is_harm_from_five_percent_of_the_time_on(sample, us, came):
    before = sample(5.0, memory_full_us_total=0)

    assert happened("memory_stall", before, sample(15.0, memory_full_us_total=us)) is came


@pytest.mark.parametrize("event", ["direct_reclaim", "memory_stall", "oom", "oom_global"])
def test_what_the_kernel_does_not_count_is_not_told(sample, event):
    assert happened(event, sample(5.0), sample(15.0)) is None


def test_a_kill_at_a_groups_own_limit_is_not_the_hosts(sample, group):
    before = sample(5.0, oom_kill_total=3, groups=(group(4.9, oom_total=1, oom_kill_total=1),))
    after = sample(15.0, oom_kill_total=4, groups=(group(14.8, oom_total=2, oom_kill_total=2),))

    assert happened("oom", before, after) is True
    assert happened("oom_global", before, after) is False


def test_a_kill_of_the_hosts_inside_a_group_is_the_hosts(sample, group):
    before = sample(5.0, oom_kill_total=3, groups=(group(4.9, oom_total=1, oom_kill_total=1),))
    after = sample(15.0, oom_kill_total=4, groups=(group(14.8, oom_total=1, oom_kill_total=2),))

    assert happened("oom_global", before, after) is True


def test_nested_groups_count_a_kill_once(sample, group):
    before = sample(5.0)
    after = sample(
        15.0,
        groups=(
            group(14.8, path="/a", oom_total=2, oom_kill_total=2),
            group(14.8, path="/a/b", oom_total=2, oom_kill_total=2),
            group(14.8, path="/ab", oom_total=1, oom_kill_total=5),
        ),
    )

    assert cgroup_kills_count(before, after) == 7
