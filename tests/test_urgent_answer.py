"""A partial answer says that it is one, in each format of a whole report."""

import json
from importlib.resources import files

import jsonschema
import pytest

from vmadvisor import urgent, urgent_answer
from vmadvisor.advise.report import make_report
from vmadvisor.records import names
from vmadvisor.render import RENDERERS
from vmadvisor.render.json_report import document
from vmadvisor.snapshot import HostFacts, Snapshot
from vmadvisor.urgent import Look
from vmadvisor.urgent_answer import FORMATS, Partial

SCHEMA = json.loads(files("vmadvisor.render").joinpath("check.schema.json").read_text())

FILES = {
    urgent.MEMORY: b"full avg10=74.95 avg60=60.70 avg300=25.04 total=80283341\n",
    "/proc/meminfo": (
        b"MemTotal:         342968 kB\nMemAvailable:      10868 kB\n"
        b"SwapTotal:       1572860 kB\nSwapFree:        1101236 kB\n"
    ),
    "/proc/sys/vm/min_free_kbytes": b"2326\n",
    "/proc/vmstat": b"nr_free_pages 651\noom_kill 3\n",
    "/proc/17/oom_score": b"1105\n",
    "/proc/17/comm": b"b\xc3\xa4t\x1bch\n",
    "/proc/9/oom_score": b"668\n",
}


@pytest.fixture
def partial(monkeypatch):
    """Of a host with two processes."""
    monkeypatch.setattr(urgent, "read", lambda path: FILES.get(path, b""))
    monkeypatch.setattr(urgent_answer.os, "listdir", lambda _path: ["9", "17", "23", "self"])
    first = Look()
    return Partial(first, limit_s=5.0, started_s=first.time_s)


def test_every_format_of_a_whole_report_is_there():
    assert set(FORMATS) == set(RENDERERS)


@pytest.mark.parametrize("name", FORMATS)
def test_it_says_that_it_is_partial_and_why(partial, name):
    text = FORMATS[name](partial)

    assert "partial: a whole check does not end within 5 s here (--deadline)" in text
    assert "CRITICAL" in text
    assert text.isascii()
    assert text.endswith("\n")


def test_the_text_has_the_verdict_first_and_fits_a_terminal(partial):
    lines = FORMATS["text"](partial).splitlines()

    assert lines[0].startswith("CRITICAL  ")
    assert lines[1] == "CRITICAL Tasks stall for want of memory, this program too"
    assert lines[2].strip() == "memory_full 75 %, memory_full_avg10 75 %"
    assert lines[3].strip() == "available 11 MiB, swap_free 1075 MiB, oom_kill 0"
    assert max(map(len, lines[1:])) <= 80


def test_the_json_follows_the_schema_and_has_the_keys_of_a_whole_report(partial):
    nobody = HostFacts(
        hostname=None, arch=None, boot_id=None, page_size_bytes=None, clock_hz=None, is_live=True
    )
    whole = make_report(None, Snapshot(time_s=3.0, host=nobody), time_utc="", tool_version="")
    found = json.loads(FORMATS["json"](partial))

    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert set(found) == set(document(whole))
    assert set(found["host"]) == set(names(whole.host))
    assert (found["status"], found["exit_code"]) == ("CRITICAL", 2)
    assert found["findings"][0]["evidence"][2] == {
        "name": "available", "value": 10868, "unit": "kib", "source": "/proc/meminfo MemAvailable",
    }  # fmt: skip


def test_the_first_victim_is_named_harmlessly(partial):
    assert partial.evidence[-1] == (
        "first_victim", "b\\xc3\\xa4t?ch (pid 17)", "process", "/proc/17/oom_score",
    )  # fmt: skip


def test_a_search_that_was_cut_says_among_how_many(monkeypatch):
    """The clock passes the search's end at the third process."""
    monkeypatch.setattr(urgent, "read", lambda path: FILES.get(path, b""))
    monkeypatch.setattr(urgent_answer.os, "listdir", lambda _path: ["17", "23", "9", "self"])
    times_s = iter([100.0, 100.1, 103.0])
    monkeypatch.setattr(urgent_answer.time, "monotonic", lambda: next(times_s))

    assert urgent_answer._first_victim(102.0) == ("9", ", of 2 looked at")


def test_nobody_is_looked_for_once_time_is_over(monkeypatch):
    monkeypatch.setattr(urgent, "read", lambda path: FILES.get(path, b""))
    monkeypatch.setattr(urgent_answer.os, "listdir", lambda _path: ["9", "17"])
    first = Look()

    late = Partial(first, limit_s=5.0, started_s=first.time_s - 5.0)
    assert "first_victim" not in {item[0] for item in late.evidence}


def test_nagios_gets_one_line_of_status_and_performance_data(partial):
    first, second = FORMATS["nagios"](partial).splitlines()

    assert first.startswith("VMADVISOR CRITICAL - ")
    assert first.count("|") == 1
    assert first.endswith("'available'=11128832B 'swap_free'=1127665664B 'memory_full'=74.95%")
    assert second.startswith("CRITICAL VMA-RECLAIM-001 [host] ")


@pytest.mark.parametrize(("severity", "code"), [("WARNING", 1), ("CRITICAL", 2), ("UNKNOWN", 3)])
def test_exit_codes_are_those_of_a_whole_report(partial, severity, code):
    from vmadvisor.advise.finding import EXIT_CODES, Severity

    partial.severity = severity

    assert partial.exit_code == code == EXIT_CODES[Severity[severity]]


def test_prometheus_gets_metrics_that_a_whole_report_has_by_the_same_help(partial):
    from prometheus_client.parser import text_string_to_metric_families

    from vmadvisor.render.metrics import METRICS

    helps = {metric.name: metric.help for metric in METRICS}
    found = {
        one.name: one for one in text_string_to_metric_families(FORMATS["prometheus"](partial))
    }

    assert {name: one.documentation for name, one in found.items()}.items() <= helps.items()
    assert {one.labels["status"]: one.value for one in found["vmadvisor_verdict"].samples} == {
        "OK": 0.0, "WARNING": 0.0, "CRITICAL": 1.0, "UNKNOWN": 0.0,
    }  # fmt: skip
    assert found["vmadvisor_available_bytes"].samples[0].value == 11_128_832.0
    assert found["vmadvisor_reading_partial"].samples[0].value == 1.0


def test_prometheus_is_not_told_what_could_not_be_read(partial):
    partial.now.meminfo = b""

    assert "_bytes" not in FORMATS["prometheus"](partial)
