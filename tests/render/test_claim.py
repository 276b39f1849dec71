"""An answer fits 80 columns, says what holds for this kernel, and escapes what it prints."""

import pytest

from vmadvisor.advise.claims import CLAIMS
from vmadvisor.advise.finding import Quantity
from vmadvisor.render.claim import render


def shown(claim, *numbers, base=(5, 4)):
    return render(claim, numbers, base=base, page_size_bytes=4096, where="this host now")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_every_part_is_there_within_80_columns(claim):
    text = shown(claim)
    flat = " ".join(text.split())

    assert max(map(len, text.splitlines())) <= 80
    for part in (claim.claim, claim.answer, claim.right, claim.harmful, claim.instead):
        assert " ".join(part.split()) in flat
    assert "none could be had" in text


def test_it_says_what_holds_for_the_kernel_looked_at():
    claim = next(one for one in CLAIMS if one.name == "swappiness-0")

    assert "since 3.5 (holds here): " in shown(claim)
    assert "since 5.8 (not here): " in shown(claim)
    assert "since 5.8: " in shown(claim, base=None)


def test_numbers_have_their_source_and_names_are_escaped():
    size = Quantity(name="gap", value=512, unit="pages", source="/proc/zoneinfo")
    name = Quantity(name="first", value="a\x1b[2J", unit="name", source="/proc/7/stat")
    text = shown(CLAIMS[0], size, name)

    assert "  gap = 2.0 MiB  (/proc/zoneinfo)\n" in text
    assert "\x1b" not in text
