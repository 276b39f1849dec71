import pytest

from vmadvisor.kernel.lineage import lineage_of
from vmadvisor.sources import sysctl_kernel, sysctl_vm, vmstat


def test_a_release_is_taken_as_it_is(make_snapshot):
    line = lineage_of(make_snapshot(release="5.10.0-32-amd64"))
    assert (line.base, line.is_inferred, line.is_el7) == ((5, 10), False, False)


def test_osrelease_stands_in_for_the_version_file(make_snapshot):
    sysctl = sysctl_kernel.parse({"osrelease": "6.1.0-50-amd64\n"})
    assert lineage_of(make_snapshot(sysctl)).base == (6, 1)


def test_rhel_7_is_told_from_its_release(make_snapshot):
    assert lineage_of(make_snapshot(release="3.10.0-1160.el7.x86_64")).is_el7
    assert not lineage_of(make_snapshot(release="4.18.0-147.el8.x86_64")).is_el7


@pytest.mark.parametrize(
    ("line", "base"),
    [
        ("pgscan_anon 3\n", (5, 8)),
        ("workingset_refault_anon 3\nworkingset_refault_file 4\n", (5, 9)),
        ("oom_kill 3\n", (4, 13)),
        ("pgscan_khugepaged 3\n", (6, 2)),
        ("zone_reclaim_success 3\n", (6, 9)),
        ("nr_mapped 3\n", (2, 6)),
    ],
)
def test_without_a_release_the_newest_line_gives_a_lower_bound(make_snapshot, line, base):
    found = lineage_of(make_snapshot(vmstat.parse(line)))
    assert (found.base, found.is_inferred) == (base, True)


def test_settings_and_zones_prove_versions_too(make_snapshot, make_zone):
    scale = sysctl_vm.parse({"watermark_scale_factor": "10\n"})
    boost = sysctl_vm.parse({"watermark_boost_factor": "15000\n"})
    assert lineage_of(make_snapshot(scale)).base == (4, 6)
    assert lineage_of(make_snapshot(boost)).base == (5, 0)
    assert lineage_of(make_snapshot(zones=[make_zone("DMA", 9, cma=0)])).base == (5, 12)
    assert lineage_of(make_snapshot(zones=[make_zone("DMA", 9, (1, 2, 3, 4))])).base == (6, 9)


def test_an_empty_snapshot_is_undated_and_has_no_change_in(make_snapshot):
    line = lineage_of(make_snapshot())
    assert line.base is None
    assert not line.since(2, 6)
