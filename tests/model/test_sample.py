from dataclasses import replace

from vmadvisor.model.sample import _node
from vmadvisor.sources.zoneinfo import parse

TEXT = """Node 0, zone   Normal
  pages free     9000
        min      700
        low      {low}
        high     1300
        managed  50000
        protection: (0, 0)
"""


def test_slack_and_gap_are_what_is_left_above_each_mark():
    found = _node(0, list(parse(TEXT.format(low=1000)).zones))

    assert (found.slack_pages, found.gap_pages, found.above_min_pages) == (8000, 300, 8300)


def test_marks_out_of_order_in_a_damaged_file_leave_no_negative_gap():
    assert _node(0, list(parse(TEXT.format(low=10)).zones)).gap_pages == 0


def test_a_zone_that_never_serves_user_pages_is_left_out():
    zone = parse(TEXT.format(low=1000)).zones[0]
    dma = replace(zone, name="DMA", protection_pages=(0, 49_900), managed_pages=60)
    found = _node(0, [dma, zone])

    assert (found.gap_pages, found.managed_pages) == (300, 50_060)
