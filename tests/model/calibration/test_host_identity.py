"""Which differences make two hosts of two recordings, and which do not."""

import pytest

from vmadvisor.model.calibration.host_identity import (
    HostIdentity,
    boot_args_of,
    identity_of,
    joined,
)
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources import cmdline, sysctl_kernel, version

HOST = HostIdentity(
    hostname="db1", arch="x86_64", kernel_release="6.12.94+deb13", mem_total_kib=1_000_000
)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"hostname": "db2"}, "its hostname is db1, here db2"),
        ({"arch": "aarch64"}, "its architecture is x86_64, here aarch64"),
        ({"kernel_release": "6.1.0-50"}, "its kernel series is 6.12, here 6.1"),
        ({"mem_total_kib": 1_040_000}, "its MemTotal is 1000000 KiB, here 1040000 KiB"),
    ],
)
def test_a_difference_is_told_in_words(other, words):
    assert HOST.difference(HostIdentity(**other)) == words


def test_what_is_not_told_or_moves_a_little_makes_no_other_host():
    same = HostIdentity(kernel_release="6.12.96+deb13", mem_total_kib=1_020_000)

    assert HOST.difference(same) is None
    assert HOST.difference(HostIdentity()) is None


def test_the_newest_kernel_and_the_first_of_all_else_that_is_told_stand_for_all():
    found = joined([HostIdentity(hostname="db1"), HostIdentity(kernel_release="6.12.1"), HOST])

    assert found == HOST


def test_a_snapshot_tells_its_host_without_the_images_name():
    nobody = HostFacts(
        hostname=None, arch="riscv64", boot_id=None, page_size_bytes=None, clock_hz=None,
        is_live=False,
    )  # fmt: skip
    kernel = sysctl_kernel.KernelSysctl(
        osrelease="6.6.1", hostname="web7", numa_balancing_mode=None, task_delayacct_mode=None,
        boot_id=None,
    )  # fmt: skip
    line = cmdline.parse("BOOT_IMAGE=/vmlinuz-6.6 ro psi=1")
    snapshot = Snapshot(
        time_s=3.0,
        host=nobody,
        records={type(one): Timed(time_s=3.0, record=one) for one in (kernel, line)},
    )

    assert identity_of(snapshot) == HostIdentity(
        hostname="web7", arch="riscv64", kernel_release="6.6.1", mem_total_kib=None
    )
    assert boot_args_of(snapshot) == {"ro", "psi=1"}
    assert boot_args_of(Snapshot(time_s=3.0, host=nobody)) is None
    assert version.SOURCE.path == "proc/version"
