"""What a recording is of, read alike from an index and from the lab's own truth."""

import json

import pytest
from transfer import traits, traits_of


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (
            {"kernel": "6.1", "mem_mb": 512, "family": "leak"},
            {"kernel": "6.1", "size": "small", "family": "leak"},
        ),
        (
            {"kernel": "newest", "machine": {"nodes_mib": [400, 300]}, "family": "twin-crowd-sick"},
            {"kernel": "7.2", "size": "large", "family": "twin-crowd"},
        ),
    ],
)
def test_kernel_size_and_family_of_a_scenario(scenario, expected):
    assert traits_of(scenario) == expected


def test_an_index_and_a_truth_beside_the_recording_are_both_read(tmp_path):
    index = tmp_path / "index.json"
    index.write_text(
        json.dumps([{"name": "a", "scenario": {"kernel": "5.10", "mem_mb": 999, "family": "x"}}])
    )
    truth = {"scenario": {"kernel": "6.12", "machine": {"memory_mib": 256}, "family": "y"}}
    (tmp_path / "b.truth.json").write_text(json.dumps(truth))

    found = traits([tmp_path / "b.tar.zst", tmp_path / "untold.tar.zst"], [index])

    assert {name: one["kernel"] for name, one in found.items()} == {"a": "5.10", "b": "6.12"}
