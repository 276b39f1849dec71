import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import zswap
from vmadvisor.sources.zswap import Zswap


def test_every_field_has_its_own_value():
    files = {"enabled": "Y\n", "max_pool_percent": "35\n", "compressor": "zstd\n"}

    assert zswap.parse(files) == Zswap(enabled=True, max_pool_pct=35, compressor="zstd")


def test_absent_is_unknown_and_not_off():
    assert zswap.parse({"max_pool_percent": "35\n"}).enabled is None
    assert zswap.parse({"enabled": "N\n"}).enabled is False


@pytest.mark.parametrize("files", [{"enabled": "maybe\n"}, {"max_pool_percent": "-1\n"}])
def test_malformed_files_are_parse_errors(files):
    with pytest.raises(ParseError):
        zswap.parse(files)
