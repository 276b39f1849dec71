"""What is a kernel log by its name, and the order of a dump's parts."""

import pytest

from vmadvisor.collect.log_names import dumps, is_log, is_pstore


@pytest.mark.parametrize(
    "path",
    [
        "var/log/messages", "var/log/messages-20240303.gz", "var/log/messages.1", "var/log/kern.log.2.gz",
        "sosreport-db1/sos_commands/kernel/dmesg_-T", "sos/sos_commands/logs/journalctl_--no-pager_--boot_-1",
        "var/log/syslog.3.xz", "var/log/dmesg", "boot.log", "x/console-db1.log.zst", "vmcore-dmesg.txt",
    ],
)  # fmt: skip
def test_logs(path):
    assert is_log(path)


@pytest.mark.parametrize(
    "path",
    ["etc/hosts", "proc/kmsg", "var/log/journal/7/system.journal", "sys/class/dmesg", "var/log/lastlog", "kernel.conf", "a/messages.py"],
)  # fmt: skip
def test_what_is_no_log(path):
    assert not is_log(path)


def test_parts_are_put_together_oldest_first_dump_by_dump():
    files = [
        ("dmesg-ramoops-1", b"Panic#2 Part1\nz\n"),
        ("dmesg-ramoops-0", b"Oops#1 Part1\nd\n"),
        ("sys/fs/pstore/dmesg-efi-170931486501001", b"Panic#1 Part1\nc\n"),
        ("sys/fs/pstore/dmesg-efi-170931486503001", b"Panic#1 Part3\na\n"),
        ("sys/fs/pstore/dmesg-efi-170931486502001", b"Panic#1 Part2\nb\n"),
        ("sys/fs/pstore/dmesg-efi-170999999901001", b"Panic#1 Part1\nlater\n"),
        ("dmesg-erst-7", b"no head\n"),
    ]

    assert all(is_pstore(name) for name, _ in files)
    assert sorted(dumps(files)) == sorted([b"a\nb\nc\n", b"later\n", b"d\n", b"z\n", b"no head\n"])
