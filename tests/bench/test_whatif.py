"""The bench of what-if: which pairs differ clearly, and how far repeats are apart by chance alone."""

from pathlib import Path

import pytest
from whatif import LEAST, Recording, is_clear, of_repeats


def recording(value: int, stalls_per_s: float) -> Recording:
    settings = dict.fromkeys(
        ("vm.min_free_kbytes", "vm.zone_reclaim_mode", "swap", "zram", "ram"), 0
    )
    return Recording(
        path=Path("any"), group="one", settings=settings | {"vm.swappiness": value},
        counted=dict.fromkeys(LEAST, 7.0) | {"stalls_per_s": stalls_per_s}, pace_s=3.0, ticks_ratio=1.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        ([10.0, 12.0], [30.0, 40.0], True),
        ([10.0, 12.0], [15.0, 16.0], False),
        ([10.0, 50.0, 12.0], [30.0, 40.0, 45.0], False),
    ],
    ids=["all apart", "apart by too little", "one repeat disagrees"],
)
def test_a_pair_is_clear_where_all_repeats_agree_and_the_medians_are_twofold(
    before, after, is_told
):
    assert is_clear(before, after, 0.05) is is_told


def test_chance_is_what_one_repeat_of_each_setting_is_off_the_others():
    """5 to 40 against 10 to 80, 5 to 80 against 10 to 40, and so on: 0, 2, 2 and 0 doublings, both ways."""
    groups = {
        "one": {
            "a": [recording(10, 4.95), recording(10, 9.95)],
            "b": [recording(60, 39.95), recording(60, 79.95)],
        }
    }

    found = of_repeats(groups)

    assert [figure for figure, off in found.items() if off] == ["stalls_per_s"]
    assert sorted(found["stalls_per_s"]) == pytest.approx([0, 0, 0, 0, 2, 2, 2, 2])
