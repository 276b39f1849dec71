"""What oomctl prints, of systemd 252, and without a group that is watched."""

import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources.oomctl import Oomctl, parse

TEXT = """\
Dry Run: no
Swap Used Limit: 90.00%
Default Memory Pressure Limit: 60.00%
Default Memory Pressure Duration: 20s
System Context:
        Memory: Used: 1.2G Total: 7.5G
        Swap: Used: 0B Total: 7.5G
Swap Monitored CGroups:
        Path: /
                Swap Usage: (see System Context)
Memory Pressure Monitored CGroups:
        Path: /user.slice/user-1000.slice/user@1000.service
                Memory Pressure Limit: 50.00%
                Pressure: Avg10: 0.00 Avg60: 0.00 Avg300: 0.00 Total: 3s
        Path: /system.slice
"""


def test_groups_are_told_by_what_is_watched():
    assert parse(TEXT) == Oomctl(
        swap_paths=("/",),
        pressure_paths=("/user.slice/user-1000.slice/user@1000.service", "/system.slice"),
    )


def test_no_group_at_all_is_an_answer():
    text = "Swap Monitored CGroups:\nMemory Pressure Monitored CGroups:\n"

    assert parse(text) == Oomctl(swap_paths=(), pressure_paths=())


@pytest.mark.parametrize("text", ["", "Failed to connect", TEXT.partition("Memory Pressure M")[0]])
def test_anything_else_is_refused(text):
    with pytest.raises(ParseError):
        parse(text)
