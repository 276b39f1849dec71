"""Who goes on from the forests in use must know which recordings each of them has never seen."""

import numpy as np
import pytest
from shipped import Shipped, folds_of, groups, provenance, story


@pytest.fixture(scope="module")
def in_use():
    return Shipped(30, ["memory_stall"])


def test_the_fitted_module_names_its_recordings_fit_by_fit(in_use):
    assert len(in_use.groups[0]) == 263
    assert {"000-healthy", "frozen-disk-205", "zonereclaim-6.1-1"} <= in_use.recordings
    assert sum(map(len, in_use.groups)) == len(in_use.recordings)


def test_a_known_recording_keeps_its_fold_whatever_else_is_there(in_use):
    first = np.array(in_use.groups[0])
    alone = dict(zip(first, folds_of(first, 5), strict=True))
    mixed = np.array(["never-seen-1", "007-victims", "leak-101"])

    assert in_use.folds_of(mixed, 5)[1:].tolist() == [alone["007-victims"], alone["leak-101"]]


def test_repeats_and_settings_of_one_story_share_a_fold(in_use):
    mixed = np.array(["pairs-marks-777-wsf100-r1", "pairs-marks-777-default-r2", "x-1", "x-2"])
    folds = in_use.folds_of(mixed, 5)

    assert folds[0] == folds[1]
    assert story(mixed[0]) == story(mixed[1]) == "pairs-marks-777"


def test_only_the_events_asked_for_get_more_trees(in_use):
    assert in_use.more_count("memory_stall") == 30
    assert in_use.more_count("oom_global") == 0
    assert Shipped(7).more_count("oom_global") == 7


def test_what_is_written_is_read_back_with_long_names_broken_over_lines():
    names = [f"a-rather-long-name-of-a-recording-{number:03d}" for number in range(40)]
    told = provenance(names, None)

    assert max(map(len, told.splitlines())) <= 110
    assert groups(f"Fitted.\n\n{told}\n") == [names]
