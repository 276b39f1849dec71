import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import pressure
from vmadvisor.sources.pressure import CpuPressure, IoPressure, MemoryPressure, PressureLine

TEXT = """\
some avg10=70.24 avg60=68.52 avg300=69.91 total=3559632828
full avg10=57.59 avg60=58.06 avg300=60.38 total=3300487258
"""
SOME = PressureLine(avg10_pct=70.24, avg60_pct=68.52, avg300_pct=69.91, stall_us_total=3559632828)
FULL = PressureLine(avg10_pct=57.59, avg60_pct=58.06, avg300_pct=60.38, stall_us_total=3300487258)


def test_every_field_has_its_own_value():
    parsed = pressure.parse(TEXT)

    assert (parsed.some, parsed.full) == (SOME, FULL)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (pressure.MEMORY_SOURCE, MemoryPressure),
        (pressure.IO_SOURCE, IoPressure),
        (pressure.CPU_SOURCE, CpuPressure),
    ],
)
def test_each_file_gives_a_type_of_its_own(source, kind):
    assert source.record is kind
    assert source.parse(TEXT) == kind(some=SOME, full=FULL)
    assert type(source.parse(TEXT)) is kind


def test_cpu_has_no_full_line_before_5_13():
    line = "some avg10=2.04 avg60=0.75 avg300=0.42 total=157656722\n"

    parsed = pressure.parse_cpu(line)

    assert parsed.full is None
    assert parsed.some.stall_us_total == 157656722


def test_irq_has_no_some_line():
    parsed = pressure.parse("full avg10=0.11 avg60=0.22 avg300=0.33 total=8494\n")

    assert parsed.some is None
    assert parsed.full.avg300_pct == 0.33


def test_full_may_be_100_percent():
    assert pressure.parse(TEXT.replace("70.24", "100.00")).some.avg10_pct == 100.0


def test_an_unknown_line_is_ignored():
    assert pressure.parse("most avg10=x\n" + TEXT).some == SOME


@pytest.mark.parametrize(
    "text",
    [
        "",
        "some",
        "some avg10=70.24\n",
        TEXT.replace("70.24", "nan"),
        TEXT.replace("70.24", "inf"),
        TEXT.replace("70.24", "-1.00"),
        TEXT.replace("70.24", "7².24"),
        TEXT.replace("70.24", "7٣.24"),
        TEXT.replace("3559632828", "9" * 100_000),
        TEXT.replace("3559632828", "-5"),
        TEXT.replace("total=3559632828", "total="),
        TEXT.replace(" total", "\0total"),
    ],
    ids=range(12),
)
def test_no_line_and_malformed_lines_are_parse_errors(text):
    with pytest.raises(ParseError):
        pressure.parse(text)
