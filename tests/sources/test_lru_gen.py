import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import lru_gen
from vmadvisor.sources.lru_gen import LruGen


def test_every_field_has_its_own_value():
    assert lru_gen.parse({"enabled": "0x0007\n", "min_ttl_ms": "1000\n"}) == LruGen(
        enabled_mode=7, min_ttl_ms=1000
    )


@pytest.mark.parametrize(
    ("mask", "is_enabled"),
    [("0x0007", True), ("0x0001", True), ("0x0000", False), ("0x0006", False)],
)
def test_bit_0_is_the_main_switch(mask, is_enabled):
    assert lru_gen.parse({"enabled": mask}).is_enabled is is_enabled


def test_an_unreadable_switch_is_unknown():
    assert lru_gen.parse({"min_ttl_ms": "1000\n"}).is_enabled is None


@pytest.mark.parametrize(
    "text", ["", "7", "0x", "0xg", "-0x1", "0x" + "f" * 100_000, "0x²"], ids=range(7)
)
def test_what_is_no_mask_is_a_parse_error(text):
    with pytest.raises(ParseError, match="enabled"):
        lru_gen.parse({"enabled": text})
