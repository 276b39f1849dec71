"""The README's tables of what came of advice."""

from dataclasses import replace

import pytest
from proof_table import README, key_row, row, tables, written
from proofs import Proof
from test_proofs import SCALE, TRIED, recording

PROOF = Proof(
    name="pairs-w-10-r1", key=SCALE, current=10, recommended=100, tried=100, repeats=tuple(TRIED[:2]),
    before=replace(recording("pairs-w-10-r1", full=0.05, stalls=9.0), group="pairs-w"),
    predicted={"stalls": (0.9, 0.55, 2.5)},
)  # fmt: skip


def test_a_row_holds_what_was_what_was_foretold_and_what_came_of_it():
    second = replace(PROOF, before=recording("pairs-w-10-r2", full=0.06, stalls=12.0),
                     predicted={"stalls": (1.3, 0.6, 2.0)})  # fmt: skip

    assert row(SCALE, "pairs-w", [PROOF, second]) == (
        "| `vm.watermark_scale_factor`, w | 10 → 100 | stalls /s | 10 (9.0..12, n = 2) | 1.1 (0.6..2.5) "
        "| 0.6 (0.5..0.7, n = 2) | 2 of 2 |"
    )


def test_a_near_value_is_named():
    near = replace(PROOF, recommended=80)

    assert "| 10 → 80 (100) |" in row(SCALE, "pairs-w", [near])


def test_advice_that_foretells_nothing_of_what_was_bad_says_so():
    idle = replace(PROOF, predicted={"swapin": (0.0, 0.0, 1.0)})

    assert "nothing foretold of what was bad" in row(SCALE, "pairs-w", [idle])


def test_a_workload_aims_at_what_most_of_its_recordings_do():
    both = replace(PROOF, predicted={"stalls": (0.9, 0.55, 2.5), "full_stall": (17.0, 9.0, 40.0)})

    assert "| stalls /s |" in row(SCALE, "pairs-w", [PROOF, both])
    assert "| full_stall s/h | 180 (n = 1) | 17 (9.0..40) | 72 (36..108, n = 2) | 1 of 1 |" in row(
        SCALE, "pairs-w", [both]
    )


def test_the_settings_row_counts_recordings_workloads_and_exact_values():
    near = replace(PROOF, recommended=80)
    worse = replace(PROOF, before=recording("pairs-v-10-r1", full=0.002, stalls=0.9))

    assert key_row(SCALE, [PROOF, near, worse], [True, False, True]) == (
        "| `vm.watermark_scale_factor` | 2 of 3 recordings, 1 of 2 workloads | 1 of 2 | 2 of 2 | 2 of 3 |"
    )


def test_only_what_stands_between_the_marks_is_written_anew():
    text = "a\n<!-- advice in the lab -->\nold\n<!-- /advice in the lab -->\nb\n"

    made = tables({SCALE: [PROOF]}, {SCALE: [True]})

    assert written(text, made) == text.replace("old\n", made)
    assert made.count("\n| `vm.watermark_scale_factor`") == 2


@pytest.mark.parametrize("mark", ["<!-- advice in the lab -->", "<!-- /advice in the lab -->"])
def test_the_readme_has_the_marks(mark):
    assert README.read_text(encoding="utf-8").count(mark) == 1
