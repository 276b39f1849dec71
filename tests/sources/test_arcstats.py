import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import arcstats
from vmadvisor.sources.arcstats import Arcstats

TEXT = """\
13 1 0x01 96 26112 8158125441 2041237452
name                            type data
hits                            4    8772612
c                               4    4294967296
c_min                           4    524288000
c_max                           4    8324997120
size                            4    3222822648
memory_available_bytes          3    -922337203
"""


def test_every_field_has_its_own_value():
    assert arcstats.parse(TEXT) == Arcstats(
        size_bytes=3222822648, c_bytes=4294967296, c_min_bytes=524288000, c_max_bytes=8324997120
    )


def test_only_the_size_is_necessary():
    assert arcstats.parse("size 4 7\n") == Arcstats(size_bytes=7)


@pytest.mark.parametrize("text", ["", "c 4 7\n", "size 4 x\n", "size 4 -7\n", "size 4 7"])
def test_malformed_texts_are_parse_errors(text):
    with pytest.raises(ParseError):
        arcstats.parse(text)
