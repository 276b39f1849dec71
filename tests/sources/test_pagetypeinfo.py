import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import pagetypeinfo
from vmadvisor.sources.pagetypeinfo import FreeBlocks, Pagetypeinfo

TEXT = """\
Page block order: 9
Pages per block:  512

Free pages count per migrate type at order       0      1      2
Node    0, zone      DMA, type    Unmovable      1      2      3
Node    0, zone   Normal, type      Movable     17      4 >100000

Number of blocks type     Unmovable      Movable
Node 0, zone      DMA            5            6
"""


def test_free_blocks_are_read_and_the_block_counts_left_out():
    assert pagetypeinfo.parse(TEXT) == Pagetypeinfo(
        pageblock_nr_pages=512,
        free_blocks=(
            FreeBlocks(
                node_id=0,
                zone="DMA",
                migrate_type="Unmovable",
                free_blocks_count=(1, 2, 3),
                has_lower_bounds=False,
            ),
            FreeBlocks(
                node_id=0,
                zone="Normal",
                migrate_type="Movable",
                free_blocks_count=(17, 4, 100000),
                has_lower_bounds=True,
            ),
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("512", "x"),
        TEXT.replace("Pages per", "Bytes per"),
        TEXT.replace("type      Movable     17", "kind      Movable     17"),
        TEXT.replace(">100000", ">>1"),
        TEXT.replace("     17      4 >100000", ""),
        "Pages per block:  512\n",
    ],
    ids=["empty", "size", "no size", "no type", "count", "no counts", "no zones"],
)
def test_malformed_texts_are_parse_errors(text):
    with pytest.raises(ParseError):
        pagetypeinfo.parse(text)
