"""Pictures by matplotlib: the same chart gives the same bytes, text stays text, nothing is markup."""

import sys

import pytest

from vmadvisor.render import draw
from vmadvisor.render.chart import (
    BYTES,
    RATIO,
    Bar,
    BarChart,
    BarGroup,
    Fan,
    Line,
    Moment,
    Pair,
    PairChart,
    Panel,
    Span,
    SpanChart,
    TimeChart,
)
from vmadvisor.render.ink import DARK, LIGHT
from vmadvisor.render.svg_inline import inline

pytest.importorskip("matplotlib")

POINTS = (
    (1_770_000_000.0, 5e6),
    (1_770_000_060.0, 7e6),
    (1_770_000_300.0, None),
    (1_770_000_300.0, 3e6),
)


def time_chart(**more):
    panel = Panel(
        title="memory", unit=BYTES, lines=(Line(name="free", role="free", points=POINTS),)
    )
    return TimeChart(
        **{
            "key": "memory", "title": "Memory", "first_s": 1_770_000_000.0, "last_s": 1_770_000_300.0,
            "panels": (panel, panel), "moments": (Moment(time_s=1_770_000_060.0, kind="kill"),),
        }
        | more
    )  # fmt: skip


def spans(name="OOM kill"):
    return SpanChart(
        key="c", title="C", spans=(Span(name=name, value=0.3, low=0.1, high=0.6, role="full"),)
    )


def bars(name="java 12"):
    bar = Bar(name=name, parts=(("kswapd", 4e6), ("direct", 2e6)))
    group = BarGroup(title="largest", unit=BYTES, bars=(bar,), legend=(("kswapd", "resident"),))
    return BarChart(key="b", title="B", groups=(group,))


PAIRS = PairChart(
    key="p", title="P", pairs=tuple(Pair(title=f"t{n}", unit=RATIO, values=(("x", 0.3, 0.1),)) for n in range(5))
)  # fmt: skip
FAN = Fan(name="until", role="available", start=3e6, level=0.0, p10_s=2.0, p50_s=5.0, p90_s=None)
ALL = (time_chart(), time_chart(fans=(FAN,), ahead_s=10.0), spans(), bars(), PAIRS)


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_the_same_chart_gives_the_same_bytes(chart):
    assert draw.svg(chart) == draw.svg(chart)
    assert draw.png(chart) == draw.png(chart)
    assert draw.png(chart).startswith(b"\x89PNG")


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: type(chart).__name__)
def test_text_is_text_and_every_colour_is_the_pages(chart):
    text = inline(draw.svg(chart), key="k", title="T", text="D")

    assert "<text" in text
    assert not any(shade in text for shade in LIGHT.values())
    assert "#000000" not in text
    assert "<metadata" not in text
    assert "<style" not in text


def test_a_line_is_not_drawn_through_a_gap():
    whole = ((1_770_000_000.0, 5e6), (1_770_000_060.0, 7e6), (1_770_000_300.0, 3e6))

    def strokes(points):
        panel = Panel(
            title="memory", unit=BYTES, lines=(Line(name="free", role="free", points=points),)
        )
        text = draw.svg(time_chart(panels=(panel,), moments=()))
        path = next(
            part for part in text.split("<path ") if LIGHT["teal"] in part and "clip-path" in part
        )
        return path.count("L ")

    assert strokes(whole) == 2
    assert strokes(POINTS) == 1


HOSTILE = "<script>alert(1)</script> $x^2$ \"'&amp; -->"


@pytest.mark.parametrize("chart", [spans(HOSTILE), bars(HOSTILE)], ids=["spans", "bars"])
def test_a_hostile_name_is_text_in_the_picture(chart):
    text = inline(draw.svg(chart), key="k", title=HOSTILE, text=HOSTILE)

    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "$x^2$" in text


def test_letters_that_the_font_lacks_draw_without_a_word(recwarn):
    assert "漢字" in draw.svg(spans("漢字"))
    draw.png(spans("漢字\u0e01"))
    assert not recwarn.list


def test_without_matplotlib_the_reason_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    draw.why_not.cache_clear()
    try:
        assert draw.why_not() == "matplotlib is missing: install vmadvisor[plots] for the plots"
    finally:
        draw.why_not.cache_clear()


def luminance(shade):
    parts = [int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "panel"])
def test_every_ink_has_a_contrast_of_four_and_a_half(shades, ground):
    inks = {name: contrast(shade, shades[ground]) for name, shade in shades.items()}

    assert [n for n, c in inks.items() if c < 4.5 and n not in {"rule", "page", "panel"}] == []
    assert contrast("#767676", "#ffffff") > 4.5 > contrast("#777777", "#ffffff")
