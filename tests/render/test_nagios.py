"""The form of the Monitoring Plugins Development Guidelines, whatever the names are."""

import re
from dataclasses import replace

import pytest

from vmadvisor.render.nagios import render
from vmadvisor.render.style import Style

VALUE = r"(U|-?\d+(\.\d+)?)"
PERFDATA = rf"'[a-z0-9_]+'={VALUE}(B|%|c|s)?(;[^;| ]*){{0,4}}"
FIRST_LINE = re.compile(
    rf"VMADVISOR (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+ \| {PERFDATA}( {PERFDATA})*"
)


def perfdata(text):
    first = text.split("\n", 1)[0]
    return dict(re.findall(r"'([a-z0-9_]+)'=(\S+)", first.split(" | ", 1)[1]))


def test_the_first_line_has_status_text_and_performance_data(report):
    first = render(report, Style()).split("\n", 1)[0]

    assert FIRST_LINE.fullmatch(first)
    assert first.startswith("VMADVISOR WARNING - Tasks are likely to stall")


def test_performance_data_are_in_base_units_without_exponents(report):
    assert report.availability is not None
    huge = replace(report.availability, available_pages=3 * 2**30)
    values = perfdata(render(replace(report, availability=huge), Style()))

    assert values["available"] == "13194139533312B"
    assert values["swap_free"] == "2048000000B"
    assert values["memory_full"] == "22%"
    assert values["scan_direct_pages_per_s"] == "900"


def test_what_is_unknown_is_u_and_never_0(report):
    blind = replace(report, activity=None, stall=None, availability=None, outlook=None)
    values = perfdata(render(blind, Style()))

    assert {name: value for name, value in values.items() if value != "U"} == {
        "total": "8192000000B"
    }


def test_the_nearest_horizons_probabilities_of_the_host_are_there_or_u(report):
    values = perfdata(render(report, Style()))
    unsaid = tuple(replace(one, probability_ratio=None) for one in report.outlook.forecasts)
    unknown = perfdata(
        render(replace(report, outlook=replace(report.outlook, forecasts=unsaid)), Style())
    )

    assert values["p_memory_stall_10s"] == "64%"
    assert values["p_oom_10s"] == "13%"
    assert "p_oom_global_30s" not in values
    assert unknown["p_oom_10s"] == "U"


def test_averages_since_boot_are_not_passed_off_as_rates_of_now(report):
    assert report.activity is not None
    boot = replace(report.activity, is_since_boot=True)
    values = perfdata(render(replace(report, activity=boot), Style()))

    assert values["allocstall_per_s"] == "U"


def test_a_quiet_host_is_fine(report):
    from vmadvisor.advise.finding import Severity

    quiet = replace(report.judgement, status=Severity.OK, findings=())
    text = render(replace(report, judgement=quiet, gaps=()), Style())

    assert FIRST_LINE.fullmatch(text.rstrip("\n"))
    assert text.startswith("VMADVISOR OK - memory is fine | ")


def test_several_loud_findings_are_counted(report):
    first = report.judgement.findings[0]
    both = replace(report.judgement, findings=(first, first))
    text = render(replace(report, judgement=both), Style())

    assert " (and 1 more) | " in text.split("\n", 1)[0]


def test_hostile_names_stay_in_their_line(named_by_an_enemy, hostile_name):
    text = render(named_by_an_enemy(hostile_name), Style())
    lines = text.split("\n")

    assert FIRST_LINE.fullmatch(lines[0])
    assert text.count("|") == 1
    assert len(text.splitlines()) == len(lines) - 1 == 1 + 3 + 4
    assert "\x1b" not in text
    assert text.encode("utf-8")


@pytest.mark.parametrize("columns", [20, 200])
def test_the_style_does_not_change_it(report, columns):
    plain = render(report, Style())

    assert render(report, Style(width_columns=columns, has_color=True, is_unicode=False)) == plain
