import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import buddyinfo
from vmadvisor.sources.buddyinfo import Buddyinfo, BuddyZone

TEXT = """\
Node 0, zone      DMA      1      2      3
Node 0, zone   Normal   4381   1093    185
Node 1, zone   Normal     11     22     33
"""


def test_every_zone_keeps_its_node_name_and_orders():
    assert buddyinfo.parse(TEXT) == Buddyinfo(
        zones=(
            BuddyZone(node_id=0, name="DMA", free_blocks_count=(1, 2, 3)),
            BuddyZone(node_id=0, name="Normal", free_blocks_count=(4381, 1093, 185)),
            BuddyZone(node_id=1, name="Normal", free_blocks_count=(11, 22, 33)),
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing\n",
        "Node 0, zone DMA\n",
        "Node 0\n",
        "Node x, zone DMA 1 2\n",
        "Node 0, zone DMA 1 -2\n",
        "Node 0, zone DMA 1 ²\n",
        "Node 0, zone DMA 1",
        "Node 0, zone DMA" + " 1" * 65 + "\n",
    ],
)
def test_no_zone_and_malformed_zones_are_parse_errors(text):
    with pytest.raises(ParseError):
        buddyinfo.parse(text)
