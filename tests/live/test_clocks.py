"""Suspend and a clock that was set are told apart, and small steps are no news."""

import pytest

from vmadvisor.live.clocks import Clocks, notes_between


@pytest.mark.parametrize(
    ("after", "notes"),
    [
        (Clocks(6.0, 6.0, 1001.0), ()),
        (Clocks(6.0, 6.9, 1001.9), ()),
        (Clocks(6.0, 6.0, 1001.9), ()),
        (Clocks(6.0, 3606.0, 4601.0), ("the host was suspended for 1.0 h",)),
        (Clocks(6.0, 6.0, 1121.0), ("the clock was set forward by 2.0 min",)),
        (Clocks(6.0, 6.0, 881.0), ("the clock was set back by 2.0 min",)),
        (
            Clocks(6.0, 3606.0, 4481.0),
            ("the host was suspended for 1.0 h", "the clock was set back by 2.0 min"),
        ),
    ],
)
def test_what_happened_between_two_moments(after, notes):
    assert notes_between(Clocks(5.0, 5.0, 1000.0), after) == notes
