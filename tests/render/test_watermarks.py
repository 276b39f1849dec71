"""Computed marks beside the kernel's own, as numbers for programs and as a table for people."""

import json

import pytest

from vmadvisor.kernel.marks import Marks
from vmadvisor.kernel.watermarks import ZoneMarks
from vmadvisor.render.style import Style
from vmadvisor.render.watermarks import FORMATS, MEANINGS
from vmadvisor.snapshot import HostFacts, Snapshot


@pytest.fixture
def snapshot():
    host = HostFacts(hostname=None, arch=None, boot_id=None, page_size_bytes=4096, clock_hz=None,
                     is_live=False)  # fmt: skip
    return Snapshot(time_s=1.0, host=host)


def zone(name, computed, kernel, agreement, boost_pages=None):
    return ZoneMarks(
        node_id=0, zone=name, managed_pages=90_000, free_pages=7_000, computed=computed,
        kernel=kernel, boost_pages=boost_pages, agreement=agreement, is_explained=True,
    )  # fmt: skip


NOW = Marks(min_pages=1_000, low_pages=1_250, high_pages=1_500, promo_pages=1_750)
OLD = Marks(min_pages=990, low_pages=1_237, high_pages=1_484, promo_pages=None)
HIDDEN_PROMO = Marks(min_pages=1_000, low_pages=1_250, high_pages=1_500, promo_pages=None)
TABLE = (
    zone("DMA", NOW, HIDDEN_PROMO, "equal"),
    zone("DMA32", NOW, OLD, "stale", boost_pages=512),
    zone("Normal", None, OLD, "unknown"),
)


def text(snapshot, style=Style()):  # noqa: B008 - a frozen record
    return FORMATS["text"](TABLE, snapshot, style)


def test_json_has_the_fixed_interface(snapshot):
    document = json.loads(FORMATS["json"](TABLE, snapshot, Style()))

    assert document["zones"][1] == {
        "node": 0, "zone": "DMA32",
        "min_pages": 1_000, "low_pages": 1_250, "high_pages": 1_500, "promo_pages": 1_750,
        "boost_pages": 512, "managed_pages": 90_000, "free_pages": 7_000,
        "kernel": {"min_pages": 990, "low_pages": 1_237, "high_pages": 1_484, "promo_pages": None},
        "agreement": "stale",
    }  # fmt: skip
    assert document["zones"][2]["min_pages"] is None


def test_text_shows_the_kernels_marks_where_they_differ_and_only_there(snapshot):
    rows = [line.split() for line in text(snapshot).split("\n") if line.startswith("0 ")]

    assert rows == [
        ["0", "DMA", "7,000", "1,000", "1,250", "1,500", "1,750", "equal"],
        ["0", "DMA32", "7,000", "1,000", "1,250", "1,500", "1,750", "stale"],
        ["0", "DMA32,", "now", "990", "1,237", "1,484", "-"],
        ["0", "Normal", "990", "1,237", "1,484", "-", "unknown"],
    ]


def test_text_explains_each_word_it_uses_and_no_other(snapshot):
    shown = text(snapshot)

    assert [word for word in MEANINGS if f"\n{word}: " in shown] == ["equal", "stale", "unknown"]
    assert "node 0 DMA32: boost of 2.0 MiB taken off" in shown
    assert "pages of 4096 bytes" in shown


def test_text_fits_its_width_and_its_characters(snapshot):
    shown = text(snapshot, Style(is_unicode=False))

    assert max(map(len, shown.split("\n"))) <= 80
    assert shown.isascii()


def test_marks_of_a_much_smaller_size_are_not_asked_to_be_reported(snapshot):
    explained = (zone("DMA32", NOW, OLD, "different"),)

    assert "report" not in FORMATS["text"](explained, snapshot, Style())
    assert "given back later" in FORMATS["text"](explained, snapshot, Style()).replace("\n", " ")
