"""What a zone keeps from requests, by the types that the kernel was built with."""

import pytest

from vmadvisor.kernel.zone_types import reserve_against_pages


@pytest.mark.parametrize(
    ("names", "reserve", "highest", "pages"),
    [
        ({"DMA", "DMA32", "Normal"}, (0, 11, 22, 33), "Normal", 22),
        ({"DMA", "DMA32", "Normal"}, (0, 11, 22, 33), "Movable", 33),
        ({"DMA", "DMA32", "Normal", "Movable", "Device"}, (0, 11, 22, 33, 44), "Movable", 33),
        ({"DMA", "Normal", "HighMem"}, (0, 11, 22, 33), "Normal", 11),
        ({"Normal", "Movable"}, (0, 55), "Normal", 0),
        ({"DMA32", "Normal"}, (0, 11, 22), "DMA", 0),
        ({"Normal", "Odd"}, (7, 66, 8), "Normal", 66),
        ({"Normal"}, (), "Normal", 0),
    ],
)
def test_the_types_are_told_by_the_names_and_how_many_numbers_there_are(
    names, reserve, highest, pages
):
    assert reserve_against_pages(reserve, names, highest) == pages
