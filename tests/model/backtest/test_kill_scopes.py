"""Kills told apart: vmstat at every tick, groups at every fifth."""

from vmadvisor.model.backtest.kill_scopes import KillScopes


def totals(*samples):
    scopes = KillScopes()
    for one in samples:
        scopes.add(one)
    return scopes.global_totals()


def test_without_groups_every_kill_is_the_hosts(sample):
    kills = [sample(0.2 * tick, oom_kill_total=count) for tick, count in enumerate((4, 4, 5, 7))]

    assert totals(*kills) == [0, 0, 1, 3]


def test_a_kill_at_a_groups_limit_is_the_groups_though_it_shows_a_second_later(sample, group):
    before, after = (
        group(1.0, oom_total=2, oom_kill_total=0),
        group(2.0, oom_total=3, oom_kill_total=1),
    )

    assert totals(
        sample(1.0, oom_kill_total=0, groups=(before,)),
        sample(1.4, oom_kill_total=1, groups=(before,)),
        sample(2.0, oom_kill_total=1, groups=(after,)),
    ) == [0, 0, 0]  # fmt: skip


def test_a_group_read_after_vmstat_can_show_its_kill_before_vmstat_does(sample, group):
    before, after = (
        group(1.0, oom_total=0, oom_kill_total=0),
        group(2.0, oom_total=1, oom_kill_total=1),
    )
    later = group(3.0, oom_total=1, oom_kill_total=1)

    assert totals(
        sample(1.0, oom_kill_total=0, groups=(before,)),
        sample(2.0, oom_kill_total=0, groups=(after,)),
        sample(2.2, oom_kill_total=1, groups=(after,)),
        sample(3.0, oom_kill_total=1, groups=(later,)),
    ) == [0, 0, 0, 0]  # fmt: skip


def test_a_kill_that_a_group_announced_is_not_owed_for_ever(sample, group):
    def read(time_s, kills):
        return group(time_s, oom_total=kills, oom_kill_total=kills)

    assert totals(
        sample(1.0, oom_kill_total=0, groups=(read(1.0, 0),)),
        sample(2.0, oom_kill_total=0, groups=(read(2.0, 1),)),
        sample(3.0, oom_kill_total=0, groups=(read(3.0, 1),)),
        sample(4.0, oom_kill_total=1, groups=(read(4.0, 1),)),
    ) == [0, 0, 0, 1]  # fmt: skip


def test_a_host_that_kills_within_a_group_without_its_limit_being_met_owns_the_kill(sample, group):
    before, after = (
        group(1.0, oom_total=6, oom_kill_total=0),
        group(2.0, oom_total=6, oom_kill_total=1),
    )

    assert totals(
        sample(1.0, oom_kill_total=0, groups=(before,)),
        sample(2.0, oom_kill_total=1, groups=(after,)),
    ) == [0, 1]  # fmt: skip


def test_a_kill_after_the_groups_were_last_read_cannot_be_told(sample, group):
    only = group(1.0, oom_total=0, oom_kill_total=0)

    assert totals(
        sample(1.0, oom_kill_total=0, groups=(only,)),
        sample(1.2, oom_kill_total=0, groups=(only,)),
        sample(1.4, oom_kill_total=1, groups=(only,)),
        sample(1.6, oom_kill_total=1, groups=(only,)),
    ) == [0, 0, None, None]  # fmt: skip


def test_a_kernel_that_counts_no_kills_tells_none(sample):
    assert totals(sample(1.0), sample(2.0)) == [None, None]
