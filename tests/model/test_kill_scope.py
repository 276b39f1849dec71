"""Whose the kills were: only what counters tell."""

import pytest

from vmadvisor.model.kill_scope import was_host_short
from vmadvisor.snapshot import TopKills

BATCH, SYSTEM = "/batch", "/system.slice"


def top(kills, counts, mark="5-a1"):
    return TopKills(kills_total=kills, mark=mark, counts=counts)


BEFORE = top(7, {BATCH: (3, 2), SYSTEM: (0, 4)})


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (top(7, {BATCH: (3, 2), SYSTEM: (0, 4)}), False),
        (top(8, {BATCH: (3, 2), SYSTEM: (0, 5)}), True),  # nobody came to a limit
        (top(8, {BATCH: (3, 2), SYSTEM: (0, 4)}), True),  # of a process of no group's
        (top(11, {BATCH: (3, 4), SYSTEM: (0, 6)}), True),
        (top(8, {BATCH: (4, 3), SYSTEM: (0, 4)}), False),
        (top(8, {BATCH: (9, 3), SYSTEM: (0, 4)}), False),  # it asked more often than it killed
        (top(9, {BATCH: (4, 3), SYSTEM: (1, 5)}), False),
        (top(8, {BATCH: (3, 2), SYSTEM: (0, 4), "/new": (1, 1)}), False),
        (top(9, {BATCH: (4, 3), SYSTEM: (0, 5)}), None),  # one of the two may be the host's
        (
            top(9, {BATCH: (4, 4), SYSTEM: (0, 4)}),
            None,
        ),  # memory.oom.group, or the host's beside it
        (top(8, {BATCH: (4, 2), SYSTEM: (0, 5)}), None),  # it asked, and found nobody to kill
        (top(8, {BATCH: (3, 2), SYSTEM: (0, 5)}, mark="5-b2"), None),  # other groups
        (top(8, {SYSTEM: (0, 5)}), None),
        (top(8, {BATCH: (1, 2), SYSTEM: (0, 5)}), None),  # made anew under its name
        (top(6, {BATCH: (3, 2), SYSTEM: (0, 4)}), None),
        (None, None),
    ],
)
def test_the_host_was_short_where_no_group_came_to_its_limit(after, expected):
    assert was_host_short(BEFORE, after) is expected


def test_without_a_reading_before_nothing_is_told():
    assert was_host_short(None, BEFORE) is None
