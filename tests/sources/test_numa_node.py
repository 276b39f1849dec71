import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import numa_node
from vmadvisor.sources.numa_node import NumaNode

FILES = {
    "meminfo": (
        "\n"  # kernels up to 4.x begin with an empty line
        "Node 1 MemTotal:       16388340 kB\n"
        "Node 1 MemFree:         1466528 kB\n"
        "Node 1 MemUsed:        14921812 kB\n"
        "Node 1 Active(anon):      31031 kB\n"
        "Node 1 Inactive(anon):    42042 kB\n"
        "Node 1 Active(file):      53053 kB\n"
        "Node 1 Inactive(file):    64064 kB\n"
    ),
    "numastat": (
        "numa_hit 2947\nnuma_miss 301\nnuma_foreign 302\ninterleave_hit 303\nlocal_node 304\nother_node 305\n"
    ),
    "distance": "10 21 31\n",
    "cpulist": "0-3,8,10-11\n",
}


def test_every_field_has_its_own_value():
    assert numa_node.parse(FILES) == NumaNode(
        distance_by_node=(10, 21, 31),
        cpus_count=7,
        mem_total_kib=16388340,
        mem_free_kib=1466528,
        active_anon_kib=31031,
        inactive_anon_kib=42042,
        active_file_kib=53053,
        inactive_file_kib=64064,
        numa_hit_pages_total=2947,
        numa_miss_pages_total=301,
        numa_foreign_pages_total=302,
        other_node_pages_total=305,
    )
    assert set(FILES) == set(numa_node.SOURCE.names)


def test_a_node_of_memory_only_has_no_cpus_and_an_absent_list_is_unknown():
    assert numa_node.parse({"cpulist": "\n"}).cpus_count == 0
    assert numa_node.parse({"distance": "10\n"}).cpus_count is None


def test_a_range_is_counted_and_not_walked():
    assert (
        numa_node.parse({"cpulist": "0-18446744073709551614\n"}).cpus_count == 18446744073709551615
    )


@pytest.mark.parametrize(
    "files",
    [
        {"cpulist": "0-\n"},
        {"cpulist": "x\n"},
        {"cpulist": "5-3\n"},
        {"cpulist": "0,,1\n"},
        {"cpulist": "0-1-2\n"},
        {"distance": "10 -1\n"},
        {"numastat": "numa_hit x\n"},
        {"meminfo": "Node 1 MemTotal: x kB\n"},
    ],
    ids=str,
)
def test_malformed_files_are_parse_errors_that_name_the_file(files):
    with pytest.raises(ParseError, match=next(iter(files))):
        numa_node.parse(files)
