"""Whatever the names are, a scrape takes the text: bounded, unique, one line a sample."""

import shutil
import subprocess
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from vmadvisor.advise.finding import HOST
from vmadvisor.render.metrics import METRICS
from vmadvisor.render.metrics._metric import PREFIX
from vmadvisor.render.prometheus import (
    LEFT_OUT,
    SERIES_MAX_COUNT,
    VALUE_MAX_CHARS,
    label_value,
    render,
)
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Gap


def samples(text):
    """Name and labels -> value, as another reader of the format sees them."""
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def with_forecasts(report, scopes, probability=0.25):
    one = report.outlook.forecasts[0]
    more = tuple(
        replace(one, event="oom", scope=scope, probability_ratio=probability + index / 1000)
        for index, scope in enumerate(scopes)
    )
    return replace(report, outlook=replace(report.outlook, forecasts=(*more, one)))


def test_every_metric_of_a_full_report_is_there_once(report):
    text = render(report, Style())
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]

    assert len(names) == len(set(names))
    assert set(names) <= {metric.name for metric in METRICS}
    assert {metric.name for metric in METRICS} - set(names) == {
        # The canonical report's kernel has no such counter, and nothing is ignored.
        "vmadvisor_oom_kill_total", "vmadvisor_direct_throttle_total", "vmadvisor_compact_stall_total",
        "vmadvisor_kswapd_low_hit_quickly_total", "vmadvisor_rule_ignored",
    }  # fmt: skip


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_name_follows_the_conventions_and_its_help_says_something(metric):
    assert metric.name.startswith(PREFIX)
    assert metric.help.endswith(".")
    assert metric.help.isascii()
    assert "\n" not in metric.help
    assert not metric.name.endswith(("_kib", "_pages", "_pct", "_ms", "_count", "_sum", "_bucket"))
    assert set(metric.labels).isdisjoint({"quantile", "le", "job", "instance"})


def test_counters_and_gauges_are_told_apart_by_their_names(report):
    for family in text_string_to_metric_families(render(report, Style())):
        is_counter = all(sample.name.endswith("_total") for sample in family.samples)
        assert family.type == ("counter" if is_counter else "gauge"), family.name


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_finds_nothing_to_object_to(report):
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=render(report, Style()), text=True,
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_is_missing_is_absent_and_never_0(report):
    blind = replace(
        report, vmstat=None, memory_pressure=None, headroom=None, availability=None, outlook=None,
        own_map=None, reading_s=None, processes_seen_count=None,
    )  # fmt: skip
    names = {name for name, *_ in samples(render(blind, Style()))}

    assert names == {
        "vmadvisor_verdict", "vmadvisor_verdict_exit_code", "vmadvisor_finding_active",
        "vmadvisor_rule_not_judged", "vmadvisor_calibration_own", "vmadvisor_reading_timestamp_seconds",
        "vmadvisor_reading_partial", "vmadvisor_gaps", "vmadvisor_path_gaps", "vmadvisor_build_info",
    }  # fmt: skip


def test_hostile_names_make_no_line_of_their_own(named_by_an_enemy, hostile_name):
    hostile = named_by_an_enemy(hostile_name)
    text = render(with_forecasts(hostile, [hostile_name, "/" + hostile_name]), Style())

    assert text.isascii()
    assert all(line.isprintable() for line in text.split("\n"))
    known = {metric.name for metric in METRICS} | {LEFT_OUT}
    assert {name for name, *_ in samples(text)} <= known
    paths = [
        dict(labels)["path"] for name, *labels in samples(text) if name == "vmadvisor_path_gaps"
    ]
    assert label_value("/" + hostile_name) in paths


def test_quotes_and_backslashes_come_back_as_they_were(report):
    gap = Gap(path='/a"b\\c,d="e"} 9', reason="", cost="")
    found = samples(render(replace(report, gaps=(gap,)), Style()))

    assert found["vmadvisor_path_gaps", ("path", gap.path)] == 1


def test_a_metric_has_a_bounded_number_of_series_and_says_what_was_left_out(report):
    scopes = [f"/g{number}" for number in range(SERIES_MAX_COUNT + 30)]
    found = samples(render(with_forecasts(report, scopes), Style()))
    name = "vmadvisor_forecast_probability_ratio"
    kept = [dict(labels)["scope"] for found_name, *labels in found if found_name == name]

    assert len(kept) == SERIES_MAX_COUNT
    assert HOST in kept
    assert "/g157" in kept  # the likeliest
    assert "/g3" not in kept
    assert found[LEFT_OUT, ("metric", name)] == 31


def test_two_names_that_look_the_same_are_one_series(report):
    """A client that is given a series twice refuses the whole scrape."""
    scopes = ["/a\x1bb", "/a\\x1bb"]
    text = render(with_forecasts(report, scopes), Style())
    lines = [
        line for line in text.splitlines() if line.startswith("vmadvisor_forecast_probability")
    ]

    assert len(lines) == len({line.rsplit(" ", 1)[0] for line in lines}) == 2
    name = "vmadvisor_forecast_probability_ratio"
    assert samples(text)[LEFT_OUT, ("metric", name)] == 1


def test_a_long_name_keeps_its_beginning_and_its_end():
    shown = label_value("/kubepods/" + "x" * 4000 + "/crio-77.scope")

    assert len(shown) == VALUE_MAX_CHARS
    assert shown.startswith("/kubepods/xxx")
    assert shown.endswith("xxx/crio-77.scope")


@pytest.mark.parametrize("columns", [20, 200])
def test_the_style_does_not_change_it(report, columns):
    styled = render(report, Style(width_columns=columns, has_color=True, is_unicode=False))

    assert styled == render(report, Style())
