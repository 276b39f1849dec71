import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import swaps
from vmadvisor.sources.swaps import SwapDevice, Swaps

HEADER = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
TEXT = (
    HEADER
    + "/dev/zram0                              partition\t8388604\t\t76\t\t100\n"
    + "/swap\\040file\\134x                       file\t\t131068\t\t177\t\t-2\n"
)


def test_every_field_has_its_own_value():
    assert swaps.parse(TEXT) == Swaps(
        devices=(
            SwapDevice(
                path="/dev/zram0",
                kind="partition",
                size_kib=8388604,
                used_kib=76,
                priority_count=100,
            ),
            SwapDevice(
                path="/swap file\\x", kind="file", size_kib=131068, used_kib=177, priority_count=-2
            ),
        )
    )


@pytest.mark.parametrize("written", ["/gone\\040(deleted)", "/gone (deleted)"])
def test_an_unlinked_file_keeps_its_suffix(written):
    text = HEADER + f"{written}    file\t1024\t512\t-3\n"

    assert swaps.parse(text).devices[0].path == "/gone (deleted)"


def test_the_header_alone_is_a_host_without_swap():
    assert swaps.parse(HEADER) == Swaps(devices=())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Filename",
        "/dev/sda2 partition 1 2 3\n",
        HEADER + "/dev/sda2 partition 1 2\n",
        HEADER + "/dev/sda2 partition 1 -2 3\n",
        HEADER + "/dev/sda2 partition 1 2 x\n",
    ],
    ids=["empty", "torn header", "no header", "four columns", "negative use", "priority"],
)
def test_malformed_texts_are_parse_errors(text):
    with pytest.raises(ParseError):
        swaps.parse(text)
