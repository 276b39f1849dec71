"""Which pictures a past gives, what is in them, and the reason where there is none."""

from dataclasses import replace

from vmadvisor.model.past import NodePoint, Past
from vmadvisor.render.chart import BYTES, NoChart, TimeChart
from vmadvisor.render.past_charts import LINE_MAX_COUNT, NODES_MAX_COUNT, PastCharts

MIB = 2**20


def test_memory_is_drawn_with_its_marks_and_what_happened(report, past):
    chart = PastCharts(report, past).memory()

    assert isinstance(chart, TimeChart)
    (panel,) = chart.panels
    assert panel.unit == BYTES
    assert [line.name for line in panel.lines] == [
        "available", "free", "high mark", "low mark", "min mark",
    ]  # fmt: skip
    assert panel.lines[0].points[3] == (1_770_000_030.0, 3_910.0 * MIB)
    assert [(m.kind, m.time_s - 1_770_000_000) for m in chart.moments] == [
        ("change", 200),
        ("kill", 296),
    ]


def test_rates_are_of_the_time_before_a_reading(report, past):
    chart = PastCharts(report, past).rates("stalls")

    assert isinstance(chart, TimeChart)
    stalls, scans = chart.panels
    assert stalls.lines[0].points[:2] == ((1_770_000_010.0, 0.1), (1_770_000_020.0, 0.3))
    assert [line.name for line in scans.lines] == ["by kswapd", "by stalled tasks"]


def test_a_gauge_that_was_never_known_is_not_drawn_and_its_panel_neither(report, past):
    points = tuple(
        replace(one, counters={k: v for k, v in one.counters.items() if "us_total" not in k})
        for one in past.points
    )
    chart = PastCharts(report, replace(past, points=points)).rates("psi")

    assert isinstance(chart, NoChart)
    assert chart.reason.startswith(
        "not known at 3 or more of the 40 readings from 2026-02-02 02:40"
    )


def test_what_was_zero_all_the_time_is_said_and_not_drawn(report, past):
    flat = dict.fromkeys(past.points[0].counters, 7)
    points = tuple(replace(one, counters=flat) for one in past.points)
    chart = PastCharts(report, replace(past, points=points)).rates("psi")

    assert isinstance(chart, NoChart)
    assert chart.reason == "0 in all 39 readings: memory, some, memory, full, I/O, full"


def test_two_readings_make_no_line(report, past):
    charts = PastCharts(report, replace(past, points=past.points[:2]))
    one = PastCharts(report, replace(past, points=past.points[:1]))

    assert charts.memory().reason == "2 readings in the period: a line takes 3"
    assert one.memory().reason == "1 reading in the period: a line takes 3"
    assert PastCharts(report, Past(hostname=None)).memory().reason.startswith("no readings")


def test_a_gap_and_a_reboot_break_the_line(report, past):
    points = tuple(
        replace(one, boot_id="boot-2") if index >= 30 else one
        for index, one in enumerate(past.points)
        if not 10 <= index < 16
    )
    charts = PastCharts(report, replace(past, points=points))
    chart = charts.memory()

    breaks = [t - 1_770_000_000 for t, value in chart.panels[0].lines[0].points if value is None]
    assert breaks == [160, 300]
    assert charts.gaps() == "Lines are broken where nothing was read for long, at 1 place."
    assert PastCharts(report, past).gaps() is None


def test_nodes_are_cut_near_their_marks_and_the_tightest_shown(report, past):
    points = tuple(
        replace(
            one,
            nodes=tuple(
                NodePoint(node_id=n, free_bytes=(50 + n) * MIB, min_bytes=3, low_bytes=5 * MIB, high_bytes=9 * MIB)
                for n in range(11)
            ),
        )
        for one in past.points
    )  # fmt: skip
    (chart,) = PastCharts(report, replace(past, points=points)).nodes()

    assert isinstance(chart, TimeChart)
    assert [panel.title for panel in chart.panels] == [f"node {n}" for n in range(NODES_MAX_COUNT)]
    assert {panel.top for panel in chart.panels} == {45.0 * MIB}
    assert chart.notes[-1] == "3 more nodes have more room: not drawn"


def test_many_points_are_thinned_and_the_worst_kept(report, past):
    points = tuple(
        replace(
            past.points[0],
            time_utc_s=1_770_000_000.0 + 10 * index,
            gauges={
                **past.points[0].gauges,
                "available_bytes": 1.0 * MIB if index == 4_321 else 900.0 * MIB,
            },
        )
        for index in range(9_000)
    )
    charts = PastCharts(report, replace(past, points=points))
    line = charts.memory().panels[0].lines[0].points

    assert len(line) <= LINE_MAX_COUNT + 4
    assert (1_770_043_210.0, 1.0 * MIB) in line
    stack = charts.use().panels[0].lines
    assert len({line.points[0][0] for line in stack}) == 1
    assert all(any(t == 1_770_043_210.0 for t, _ in line.points) for line in stack)


def test_what_was_said_is_drawn_at_the_nearest_horizon(report, past):
    chart = PastCharts(report, past).said()

    assert isinstance(chart, TimeChart)
    assert "next 10 s" in chart.title
    assert chart.panels[0].lines[0].points[29] == (1_770_000_290.0, 0.83)
    assert isinstance(PastCharts(report, replace(past, said=())).said(), NoChart)
