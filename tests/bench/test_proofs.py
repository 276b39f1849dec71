"""What counts as the advised value tried, and as an aim that was halved."""

from pathlib import Path

import pytest
from proofs import Proof, _is_near, aim_of, halved, proofs
from whatif import Recording

SETTINGS = {
    "vm.min_free_kbytes": 2048, "vm.watermark_scale_factor": 10, "vm.swappiness": 60,
    "vm.zone_reclaim_mode": 0, "swap": 0, "zram": 0, "ram": 380_000,
}  # fmt: skip


def recording(name, *, full, stalls, place="a", **settings):
    counted = dict.fromkeys(
        ("refaults_anon_per_s", "refaults_file_per_s", "swapin_pages_per_s", "node_reclaim_scan_pages_per_s"), 0.0
    )  # fmt: skip
    return Recording(
        path=Path(place) / f"{name}.tar.zst",
        group=name.rpartition("-")[0].rpartition("-")[0],
        settings=SETTINGS | settings,
        counted={"full_stall_ratio": full, "stalls_per_s": stalls, **counted},
        pace_s=1.0,
        ticks_ratio=1.0,
    )


BASE = recording("w-10-r1", full=0.05, stalls=9.0)
SCALE = "vm.watermark_scale_factor"
TRIED = [
    recording("w-100-r1", full=0.01, stalls=0.5, **{SCALE: 100}),
    recording("w-100-r2", full=0.03, stalls=0.7, **{SCALE: 100}),
    recording("w-400-r1", full=0.07, stalls=0.0, **{SCALE: 400}),
    recording("w-100-r3", full=0.9, stalls=90.0, place="b", **{SCALE: 100}),
    recording("w-100-r4", full=0.9, stalls=90.0, **{SCALE: 100, "swap": 9000}),
]
ADVICE = {
    "key": f"sysctl:{SCALE}", "current": 10, "recommended": 80,
    "predicted": [{"name": "full_stall", "after": 40.0, "after_low": 20.0, "after_high": 90.0}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "wanted", "tried", "current", "is_near"),
    [
        (SCALE, 80, 100, 10, True),
        (SCALE, 80, 161, 10, False),
        (SCALE, 15, 8, 10, False),
        (SCALE, 15, 10, 10, False),
        ("vm.swappiness", 100, 60, 180, True),
        ("vm.swappiness", 100, 0, 180, False),
        ("vm.zone_reclaim_mode", 0, 0, 1, True),
    ],
)
def test_near_is_within_twofold_on_the_same_side_or_forty(key, wanted, tried, current, is_near):
    assert _is_near(key, wanted, tried, current) is is_near


def test_only_repeats_of_the_same_day_that_differ_in_nothing_else_count():
    (proof,) = proofs([BASE, *TRIED], {str(BASE.path): [ADVICE]})

    assert [one.path.name for one in proof.repeats] == ["w-100-r1.tar.zst", "w-100-r2.tar.zst"]
    assert proof.counted("full_stall") == (180.0, [36.0, 108.0])
    assert proof.predicted["full_stall"] == (40.0, 20.0, 90.0)


def test_the_advised_value_itself_is_preferred_to_a_near_one():
    exact = [recording(f"w-advised80-r{n}", full=0.02, stalls=0.4, **{SCALE: 80}) for n in (1, 2)]

    (near,) = proofs([BASE, *TRIED], {str(BASE.path): [ADVICE]})
    (proof,) = proofs([BASE, *TRIED, *exact], {str(BASE.path): [ADVICE]})

    assert (near.tried, near.is_as_advised) == (100, False)
    assert (proof.tried, proof.is_as_advised) == (80, True)
    assert [one.path.name for one in proof.repeats] == [
        "w-advised80-r1.tar.zst",
        "w-advised80-r2.tar.zst",
    ]


def test_a_reserve_that_repeats_of_one_guest_differ_by_counts_as_advised():
    key = "vm.min_free_kbytes"
    wrong = recording("w-mfk96M-r1", full=0.2, stalls=3.0, **{key: 98_304})
    told = ADVICE | {"key": f"sysctl:{key}", "current": 98_304, "recommended": 10_520}
    found = [wrong, *(recording(f"w-min_free_kbytes{kib}-r1", full=0.01, stalls=0.3, **{key: kib})
                      for kib in (10_500, 10_580, 12_000))]  # fmt: skip

    (proof,) = proofs(found, {str(wrong.path): [told]})

    assert proof.is_as_advised
    assert [one.settings[key] for one in proof.repeats] == [10_500, 10_580]


def test_advice_that_nobody_tried_is_said(capsys):
    assert list(proofs([BASE, TRIED[2]], {str(BASE.path): [ADVICE]})) == []
    assert "nobody tried that" in capsys.readouterr().out


def _proof(full, stalls, predicted):
    return Proof(
        name="w", key=SCALE, current=10, recommended=80, tried=100, repeats=tuple(TRIED[:2]),
        before=recording("w-10-r1", full=full, stalls=stalls),
        predicted={name: (value, 0.0, 9e9) for name, value in predicted.items()},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("full", "stalls", "predicted", "aim"),
    [
        (0.05, 9.0, {"full_stall": 170.0, "stalls": 0.9}, "stalls"),
        (0.05, 9.0, {"full_stall": 18.0, "stalls": 8.0}, "full_stall"),
        (0.05, 9.0, {"full_stall": 170.0}, "full_stall"),
        (0.05, 0.1, {"full_stall": 170.0, "stalls": 0.0}, "full_stall"),
        (0.001, 0.1, {"full_stall": 0.0, "stalls": 0.0}, None),
        (0.05, 9.0, {}, None),
    ],
)
def test_the_aim_is_what_was_foretold_to_fall_most_of_what_was_bad(full, stalls, predicted, aim):
    assert aim_of(_proof(full, stalls, predicted)) == aim


def test_halved_is_the_median_at_half_or_less():
    proof = _proof(0.041, 1.3, {"full_stall": 100.0})

    assert halved(proof, "full_stall") is True  # 147.6 -> 72
    assert halved(_proof(0.039, 1.3, {}), "full_stall") is False
    assert halved(proof, "stalls") is True  # 1.3 -> 0.6
    assert halved(_proof(0.001, 1.3, {}), "full_stall") is None
    assert halved(proof, None) is None
