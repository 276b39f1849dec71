from vmadvisor.recording.schedule import SETTINGS, SLOW, TICKING, paths_of
from vmadvisor.sources import SOURCES


def test_every_source_is_recorded_in_exactly_one_way():
    parts = (*TICKING, *SETTINGS, *SLOW)

    assert sorted(source.path for source in parts) == sorted(source.path for source in SOURCES)


def test_what_rates_are_made_of_is_read_at_every_tick():
    assert {source.path for source in TICKING} == {
        "proc/meminfo",
        "proc/vmstat",
        "proc/zoneinfo",
        "proc/pressure/memory",
        "proc/pressure/io",
        "proc/pressure/cpu",
        "proc/stat",
    }


def test_a_star_stands_for_what_is_there(tree, host, put):
    put(host, {"sys/block/zram12/mm_stat": "1", "sys/block/sda/size": "2", "sys/block/zra": "3"})

    directories = {path.rpartition("/")[0] for path in paths_of(SLOW, tree) if "block" in path}

    assert directories == {"sys/block/zram0", "sys/block/zram12"}


def test_a_directory_that_is_not_there_has_no_paths(tmp_path):
    from vmadvisor.collect.live_tree import LiveTree

    assert not [p for p in paths_of(SLOW, LiveTree(str(tmp_path))) if p.startswith("sys/block")]
