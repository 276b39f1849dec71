import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import sysctl_kernel
from vmadvisor.sources.sysctl_kernel import KernelSysctl

FILES = {
    "osrelease": "6.12.94+deb13-amd64\n",
    "hostname": "db1\n",
    "numa_balancing": "2\n",
    "task_delayacct": "1\n",
    "random/boot_id": "0c8dd4d0-3e65-4f2c-9a0e-51a9c2f4a7b1\n",
    "panic": "-1\n",
}


def test_every_field_has_its_own_value():
    assert sysctl_kernel.parse(FILES) == KernelSysctl(
        osrelease="6.12.94+deb13-amd64",
        hostname="db1",
        numa_balancing_mode=2,
        task_delayacct_mode=1,
        boot_id="0c8dd4d0-3e65-4f2c-9a0e-51a9c2f4a7b1",
        panic_s=-1,
    )
    assert set(FILES) == set(sysctl_kernel.SOURCE.names)


def test_absent_and_empty_are_none():
    parsed = sysctl_kernel.parse({"hostname": "\n"})

    assert parsed.hostname is None
    assert parsed.numa_balancing_mode is None


def test_a_malformed_switch_is_a_parse_error():
    with pytest.raises(ParseError, match="task_delayacct"):
        sysctl_kernel.parse({"task_delayacct": "on\n"})
