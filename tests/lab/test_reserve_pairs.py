import random

import pytest

from lab import reserve_pairs
from lab.reserve_pairs import files, nodes, swapped, walk


def wanted_mib(table):
    steps = [step for process in table["process"] for step in process["steps"]]
    return sum(step["mib"] for step in steps if step["do"] in {"anon", "read", "jitter"})


def reserve_mib(settings):
    (kib,) = [
        one["sysctl"]["vm.min_free_kbytes"] for name, one in settings.items() if name != "default"
    ]
    return kib / 1024


@pytest.mark.parametrize("story", [files, swapped, walk, nodes])
@pytest.mark.parametrize("seed", range(20))
def test_the_workload_fits_beside_the_kernels_reserve_but_not_beside_the_other(story, seed):
    table, settings = story(random.Random(seed))
    machine = table["machine"]
    room_mib = (sum(machine.get("nodes_mib", ())) or machine["memory_mib"]) * 0.86 - 24

    held_mib = reserve_mib(settings) * 1.375

    assert settings["default"] == {}
    assert room_mib - held_mib < wanted_mib(table) < room_mib


def test_a_guest_of_this_seed_is_this_one():
    table, settings = reserve_pairs.walk(random.Random("pairs/reserve-walk/31"))

    assert table["machine"] == {"memory_mib": 384, "cpus_count": 2}
    assert [process["steps"][-1]["do"] for process in table["process"]] == [
        "touch",
        "read",
        "jitter",
    ]
    assert settings == {"default": {}, "mfk77M": {"sysctl": {"vm.min_free_kbytes": 78_848}}}
