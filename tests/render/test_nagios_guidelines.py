"""The Monitoring Plugins Development Guidelines, read by a parser of our own making that follows their text.

``'label'=value[UOM];[warn];[crit];[min];[max]``: a label holds neither ``'`` nor ``=`` and its first 19
characters are its own (an RRD's limit); a value, min and max are of the class [-0-9.]; warn and crit are
ranges; the units are s, us, ms, %, B, KB, MB, GB, TB and c. Output starts with the status, is a line of text,
and Nagios reads 4 KiB of it.
"""

import re
from dataclasses import replace

import pytest

from vmadvisor.advise.finding import EXIT_CODES, Severity
from vmadvisor.render.nagios import OUTPUT_MAX_BYTES, render
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Gap

NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")
RANGE = re.compile(r"@?(((~|-?\d+(\.\d+)?)?:)?(-?\d+(\.\d+)?)?)")
UNITS = {"", "s", "us", "ms", "%", "B", "KB", "MB", "GB", "TB", "c"}
LABEL_UNIQUE_CHARS = 19
FIRST_LINE_MAX_BYTES = 1024  # what NRPE carried until its version 3
STATUSES = {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}


def parsed(text):
    """(status, text, performance data) of the first line; ``AssertionError`` where it is none."""
    first = text.split("\n", 1)[0]
    said, bar, data = first.partition("|")
    match = re.fullmatch(r"VMADVISOR (OK|WARNING|CRITICAL|UNKNOWN) - (\S.*) ", said)
    assert match, first
    assert bar
    assert "|" not in data
    return match[1], match[2], dict(performance_data(data.strip()))


def performance_data(text):
    while text:
        match = re.match(r"'((?:[^'=]|'')+)'=|([^'= ]+)=", text)
        assert match, text
        value, _, text = text[match.end() :].partition(" ")
        yield (match[1] or match[2]), fields(value)


def fields(text):
    value, *limits = text.split(";")
    assert len(limits) <= 4
    if value != "U":
        match = NUMBER.match(value)
        assert match, value
        assert value[match.end() :] in UNITS
    for limit in limits[:2]:
        assert RANGE.fullmatch(limit), limit
    for limit in limits[2:]:
        assert limit == "" or NUMBER.fullmatch(limit), limit
    return value


@pytest.mark.parametrize(
    "bad", ["'a'=1e9B", "'a'=1,5", "'a=1", "'a'=1 KiB", "'a'=1xB", "'a'=nan", "'a'=1;x", "a b=1"]
)
def test_the_parser_refuses_what_the_guidelines_do(bad):
    with pytest.raises(AssertionError):
        dict(performance_data(bad))


@pytest.mark.parametrize(
    "good", ["'a b'=1.5%;10:;@5:6;0;100", "a=U", "'it''s'=-3c", "a=1s;~:5 b=.5"]
)
def test_the_parser_takes_what_the_guidelines_do(good):
    assert dict(performance_data(good))


@pytest.mark.parametrize("severity", list(EXIT_CODES), ids=lambda one: one.name)
def test_each_status_has_its_word_and_its_code(report, severity):
    judgement = replace(report.judgement, status=severity)
    status, text, _ = parsed(render(replace(report, judgement=judgement), Style()))

    assert status == severity.name
    assert text
    assert judgement.exit_code == STATUSES[status]


def test_labels_are_short_enough_to_be_told_apart(report):
    _, _, data = parsed(render(report, Style()))

    assert len({label[:LABEL_UNIQUE_CHARS] for label in data}) == len(data) > 8


def test_the_first_line_fits_what_carries_it(report):
    assert len(render(report, Style()).split("\n", 1)[0].encode()) <= FIRST_LINE_MAX_BYTES


def test_bars_and_quotes_in_names_are_inert(named_by_an_enemy, hostile_name):
    text = render(named_by_an_enemy(hostile_name + "|'x'=1;2"), Style())
    _, _, data = parsed(text)

    assert "x" not in data
    assert text.count("|") == 1


@pytest.mark.parametrize("count", [1, 10, 3000])
def test_however_much_there_is_to_say_it_is_read_to_its_end(report, count):
    gaps = tuple(
        Gap(path=f"/sys/fs/cgroup/漢{number}", reason="denied", cost="lost")
        for number in range(count)
    )
    text = render(replace(report, gaps=gaps), Style())
    lines = text.splitlines()

    assert len(text.encode()) <= OUTPUT_MAX_BYTES
    assert text.endswith("\n")
    parsed(text)
    if count == 3000:
        told = int(re.fullmatch(r"\.\.\. (\d+) lines more: vmadvisor check", lines[-1])[1])
        assert told + len(lines) - 1 == 1 + len(report.judgement.findings) + count
    else:
        assert lines[-1].startswith("gap /sys/fs/cgroup/漢")


def test_the_partial_answer_of_a_host_without_time_is_one_too(monkeypatch):
    from vmadvisor import urgent, urgent_answer

    monkeypatch.setattr(urgent, "read", lambda _path: b"")
    partial = urgent_answer.Partial(urgent.Look(), limit_s=5.0, started_s=0.0)
    status, _, data = parsed(urgent_answer.FORMATS["nagios"](partial))

    assert (status, partial.exit_code) == ("UNKNOWN", 3)
    assert data == {"available": "U", "swap_free": "U", "memory_full": "U"}
    assert Severity[status] in EXIT_CODES
