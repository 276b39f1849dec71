"""The order under other values is what ``kernel.oom`` would compute from the processes themselves."""

from dataclasses import replace

from vmadvisor.advise.rules import _examples
from vmadvisor.kernel.behaviour import behaviour_at
from vmadvisor.model.reorder import footprint_pages, rank_of, with_adj
from vmadvisor.sources.version import parse

NOW = behaviour_at(parse("Linux version 6.1.0 (x)"))
OLD = behaviour_at(parse("Linux version 4.14.0 (x)"))
TOTAL = 2_000_000


def victim(pid, rss, adj=0, **changes):
    points = rss + adj * (TOTAL // 1000)
    return replace(_examples.VICTIM, pid_id=pid, rss_pages=rss, swap_pages=0, page_table_pages=0,
                   oom_score_adj=adj, points_pages=points, **changes)  # fmt: skip


ORDER = (victim(1, 900), victim(2, 700), victim(3, 50_000, -1000, killable=False))


def test_a_lower_value_moves_a_process_back():
    after = with_adj(ORDER, {1: -100}, TOTAL, NOW)

    assert [one.pid_id for one in after] == [2, 1, 3]
    assert after[1].points_pages == 900 - 200_000
    assert (rank_of(after, 1), rank_of(after, 2), rank_of(after, 3)) == (2, 1, None)


def test_an_exempt_process_can_be_chosen_again():
    after = with_adj(ORDER, {3: 0}, TOTAL, NOW)

    assert [one.pid_id for one in after] == [3, 1, 2]
    assert after[0].killable
    assert after[0].points_pages == footprint_pages(after[0]) == 50_000


def test_minus_1000_takes_it_out_of_the_choice():
    after = with_adj(ORDER, {1: -1000}, TOTAL, NOW)

    assert [one.killable for one in after] == [True, False, False]
    assert rank_of(after, 1) is None


def test_init_stays_out_whatever_its_value():
    init = victim(1, 600, 0, killable=False)

    assert not with_adj((init,), {1: 300}, TOTAL, NOW)[0].killable


def test_a_privileged_process_of_an_old_kernel_keeps_its_bonus():
    root = replace(victim(1, 10_000), points_pages=9_700)  # less 3 %
    after = with_adj((root,), {1: 10}, TOTAL, OLD)

    assert after[0].points_pages == 9_700 + 20_000


def test_nothing_changed_is_the_same_order():
    assert with_adj(ORDER, {1: 0}, TOTAL, NOW) == ORDER
