"""Whether a disk seeks, as its driver says."""

import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources.block_device import BlockDevice, parse


def test_a_disk_that_seeks_one_that_does_not_and_one_that_does_not_say():
    assert parse({"queue/rotational": "1\n"}) == BlockDevice(is_rotational=True)
    assert parse({"queue/rotational": "0\n"}) == BlockDevice(is_rotational=False)
    assert parse({}) == BlockDevice(is_rotational=None)


@pytest.mark.parametrize("text", ["", "yes\n", "-1\n", "1 0\n"])
def test_what_is_no_number_is_an_error(text):
    with pytest.raises(ParseError):
        parse({"queue/rotational": text})
