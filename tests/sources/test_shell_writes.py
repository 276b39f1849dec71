"""Plain writes to settings are seen in any script; comments and other commands are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.sources.shell_writes import parse


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("0 3 * * * root sync; echo 3 > /proc/sys/vm/drop_caches", [("vm.drop_caches", "3")]),
        ("*/5 * * * * echo 1 >/proc/sys/vm/drop_caches", [("vm.drop_caches", "1")]),
        ('echo "3" | sudo tee /proc/sys/vm/drop_caches', [("vm.drop_caches", "3")]),
        ("/sbin/sysctl -w vm.drop_caches=3", [("vm.drop_caches", "3")]),
        ("sysctl -q vm.swappiness=10 vm/dirty_bytes=7", [("vm.swappiness", "10"), ("vm.dirty_bytes", "7")]),
        ("ExecStart=/bin/sh -c 'echo never > /sys/kernel/mm/ksm/run'", [("/sys/kernel/mm/ksm/run", "never")]),
        ("swapoff -a && swapon -a", [("swapoff -a", None)]),
        ("/sbin/swapoff --all", [("swapoff -a", None)]),
        ("# echo 3 > /proc/sys/vm/drop_caches", []),
        ("sysctl -p /etc/sysctl.conf", []),
        ("echo vm.drop_caches", []),
        ("swapoff /dev/sdb1", []),
        ("cat /proc/sys/vm/drop_caches", []),
    ],
)  # fmt: skip
def test_a_write_is_seen_in_its_plain_forms(line, found):
    assert [(one.key, one.value) for one in parse(line + "\n")] == found


def test_lines_are_counted_from_1():
    assert [one.line for one in parse("\n\nswapoff -a\n")] == [3]


@given(text=st.text())
def test_any_text_gives_writes_or_none(text):
    assert all(one.key for one in parse(text))


def test_a_line_of_a_megabyte_takes_no_time():
    assert parse("sysctl " + "a=" * 500_000) == ()
    assert parse("echo " * 800) == ()
