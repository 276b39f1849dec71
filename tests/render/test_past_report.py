"""The report with its past in every form: the same order, names that do nothing, the same bytes again.

To write the golden files anew after a change that was meant, and then to read the difference:

    VMADVISOR_WRITE_GOLDEN=1 python -m pytest tests/render/test_past_report.py; git diff tests/render/golden_past
"""

import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from vmadvisor.advise.finding import Severity
from vmadvisor.model.past import Past
from vmadvisor.render.escape import terminal
from vmadvisor.render.page_of import page_of
from vmadvisor.render.past_report import FORMATS, format_for, renderer
from vmadvisor.render.style import Style

GOLDEN = Path(__file__).parent / "golden_past"
TITLES = (
    "Now", "What changed", "Where the memory went", "What is ahead", "How it went",
    "Findings and advice", "What could not be told",
)  # fmt: skip
HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2060\ufeff\ud800-\udfff]"
)


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_a_form_gives_its_golden_text(report, past, name):
    path = GOLDEN / f"{name}.txt"
    text = renderer(name)(report, past, Style())
    if os.environ.get("VMADVISOR_WRITE_GOLDEN"):
        path.write_bytes(text.encode())

    assert text.encode() == path.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_every_form_has_the_sections_in_their_order_and_comes_out_the_same_twice(
    report, past, name
):
    text = renderer(name)(report, past, Style())
    body = text[text.find("<main>") + 1 :].lower()
    heads = {"html": ">{}</h2>", "markdown": "\n## {}\n", "text": "\n{}\n══"}
    places = [body.index(heads[name].format(title.lower())) for title in TITLES]

    assert places == sorted(places)
    assert renderer(name)(report, past, Style()) == text


def test_the_verdict_comes_first_and_its_reason(report, past):
    page = page_of(report, past, Style())

    assert (page.status, page.host) == ("WARNING", "db1")
    assert page.headline == report.loud[0].title


@pytest.mark.parametrize("name", FORMATS)
def test_changes_kills_and_reliability_are_told(report, past, name):
    text = re.sub(r"[`\s]+", " ", renderer(name)(report, past, Style()))

    for told in (
        "vm.swappiness", "java", "83 % within 10 s, said 6 s before", "CRITICAL",
        "The OOM killer struck once: after an alarm 1,", "the outcome is not known",
    ):  # fmt: skip
        assert told in text, told


def test_every_kill_is_counted_and_the_readings_that_showed_them(report, past):
    more = replace(past, kills=(replace(past.kills[0], count=5),))
    text = re.sub(r"\s+", " ", renderer("text")(report, more, Style()))

    assert "The OOM killer struck 5 times, seen at 1 reading: after an alarm 1," in text


def test_dates_say_whose_time_they_are_and_a_recordings_seconds_are_no_dates(report, past):
    dated = " ".join(page_of(report, past, Style()).facts)
    first_s = past.points[0].time_utc_s
    recorded = replace(
        past,
        points=tuple(replace(one, time_utc_s=one.time_utc_s - first_s) for one in past.points),
    )

    assert ", UTC as all times here" in dated
    assert "UTC" not in " ".join(page_of(report, recorded, Style()).facts)


def test_text_keeps_to_eighty_columns(report, past):
    lines = renderer("text")(report, past, Style()).splitlines()

    assert max(map(len, lines)) <= 80
    assert "Available memory against the marks" in lines


def test_text_can_be_ascii(report, past):
    assert renderer("text")(report, past, Style(is_unicode=False)).isascii()


@pytest.mark.parametrize("name", FORMATS)
def test_without_a_past_it_says_so(report, name):
    text = re.sub(r"[`\s]+", " ", renderer(name)(report, Past(hostname=None), Style()))

    assert "what changed before this reading cannot be told" in text
    assert "no readings in the period: a line takes 3" in text
    assert "is not known yet: none has an outcome so far" in text


def test_all_quiet_needs_no_change(report, past):
    quiet = replace(report, judgement=replace(report.judgement, findings=(), status=report.status))
    page = page_of(quiet, replace(past, kills=(), verdicts=()), Style())

    assert page.headline == "No change needed."
    assert "No change needed." in page.sections[5].blocks


def test_calm_now_does_not_wave_away_what_the_period_held(report, past):
    """Two kills a quarter of an hour ago and "No change needed" in large letters: who reads on?"""
    quiet = replace(report, judgement=replace(report.judgement, findings=(), status=report.status))
    count = sum(kill.count for kill in past.kills)
    page = page_of(quiet, past, Style())

    assert count > 0
    assert page.headline.startswith(f"Calm now; in this period: {count} OOM kill")
    assert "a verdict of CRITICAL" in page.headline
    assert "No change needed." not in page.sections[5].blocks


@pytest.mark.parametrize(
    "severity", [Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN], ids=lambda one: one.name
)
def test_where_something_is_wrong_no_page_says_that_nothing_need_change(report, past, severity):
    found = replace(report.judgement.findings[0], severity=severity, remedy=None)
    bad = replace(
        report,
        judgement=replace(report.judgement, findings=(found,), status=severity, recommendations=()),
        relief=None,
    )
    blocks = page_of(bad, past, Style()).sections[5].blocks

    assert "No change needed." not in blocks
    assert "Nothing to change that the model says would help." in blocks


@pytest.mark.usefixtures("without_matplotlib")
@pytest.mark.parametrize("name", FORMATS)
def test_no_name_reaches_a_terminal_or_a_reader_unescaped(
    named_by_an_enemy, past_by_an_enemy, hostile_name, name
):
    text = renderer(name)(named_by_an_enemy(hostile_name), past_by_an_enemy(hostile_name), Style())

    assert HIDDEN.search(text) is None
    text.encode()
    if name == "text":
        assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("name", FORMATS)
def test_a_line_end_in_a_name_starts_no_line(named_by_an_enemy, past_by_an_enemy, name):
    text = renderer(name)(
        named_by_an_enemy("x\n# head\n- item\r\n===="), past_by_an_enemy("x\n# head"), Style()
    )

    assert not re.search(r"^(# head|- item|====$)", text, re.MULTILINE)
    assert terminal("x\n# head") in text or "x\\n#" in text


@pytest.mark.usefixtures("without_matplotlib")
def test_html_without_matplotlib_has_the_numbers_and_names_the_extra(report, past):
    text = renderer("html")(report, past, Style())

    assert "<svg" not in text
    assert "Plots are left out: matplotlib is missing: install vmadvisor[plots]" in text
    assert "▁" in text
    assert "Available memory against the marks" in text


def test_html_loads_and_runs_nothing(report, past):
    text = renderer("html")(report, past, Style())

    assert not re.search(r"<(script|link|iframe|object|embed|form|base|img)\b", text)
    assert not re.search(r"\son\w+=", text)
    assert re.search(
        r'http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;', text
    )
    sources = re.findall(r"""(?:src|href|action|url\()=?["'(]?([^"')\s>]+)""", text)
    assert {source[:1] for source in sources} == {"#"}


def test_html_is_built_for_readers_that_do_not_see(report, past):
    pytest.importorskip("matplotlib")
    text = renderer("html")(report, past, Style())

    assert '<html lang="en">' in text
    assert all(f"<{name}" in text for name in ("main", "header", "nav", "footer"))
    pictures = re.findall(r"<svg [^>]*>", text)
    assert len(pictures) >= 7
    assert all('role="img"' in one and "aria-labelledby" in one for one in pictures)
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    referred = re.findall(r'(?:href="#|url\(#)([^")]+)', text)
    assert set(referred) <= set(ids)
    assert text.count("<details>") >= 5
    levels = [int(level) for level in re.findall(r"<h(\d)", text)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_commands_are_selected_whole_and_have_their_undo(report, past):
    text = renderer("html")(report, past, Style())

    assert "user-select: all" in text
    assert "<pre><code>echo -500 &gt; /proc/4194303/oom_score_adj</code></pre>" in text
    assert "<pre><code>echo 0 &gt; /proc/4194303/oom_score_adj</code></pre>" in text


def test_the_ending_of_a_file_tells_its_form():
    assert [format_for(f"/x/y{end}") for end in (".html", ".HTM", ".md", ".txt", "")] == [
        "html", "html", "markdown", "text", "text",
    ]  # fmt: skip
